"""Bounds on processor time that mean the same on a slow or busy machine: they catch work that grows faster than its input."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

USUAL = 0.15  # seconds the work below takes on the machine the bounds were set on


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is done here takes less processor time than `seconds`, or than they are on this machine as it is now."""
    began = time.process_time()
    yield
    check(time.process_time() - began, seconds)


def check(took: float, seconds: float) -> None:
    if took >= seconds:  # only then is it worth asking how fast this machine is
        slower = max(1.0, _work() / USUAL)
        assert took < seconds * slower, f"{took:.2f} s, with {seconds} s allowed on a machine {slower:.1f} times slower"


def _work() -> float:
    """Seconds of processor time that a fixed piece of work takes, of the kind that parsers do: tokens, dictionaries, objects."""
    began, seen = time.process_time(), dict[str, list[tuple[int, str]]]()
    for number in range(20_000):
        for token in re.findall(r"\w+|#+", f"## heading {number} and what follows it"):
            seen.setdefault(token, []).append((number, token.upper()))
    return time.process_time() - began
