"""How much, how long and how often web servers are asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Times are in seconds, sizes in bytes.

    `total` is what one page may take in all, its redirects and its site's robots.txt included, but not waiting for a turn.
    `body` is counted after decompression. `patience` is the longest Retry-After that is waited for within one run. While
    `ready` pages wait to be taken, no other is asked for.
    """

    connect: float = 5.0
    idle: float = 10.0
    total: float = 20.0
    body: int = 5_000_000
    headers: int = 100_000
    robots: int = 500_000
    redirects: int = 5
    hosts: int = 6
    pause: float = 0.5
    patience: float = 30.0
    ready: int = 20
