"""What the documentation promises of the limits."""

from __future__ import annotations

from notebot.fetch.limits import Limits


def test_the_usual_limits() -> None:
    usual = Limits()
    assert (usual.body, usual.total, usual.idle, usual.redirects, usual.hosts) == (5_000_000, 20, 10, 5, 6)
