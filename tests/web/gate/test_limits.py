"""What is counted and cut: guesses, requests, bytes, seconds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from notebot.web.gate import limits
from notebot.web.gate.limits import BODY_LIMIT, BodyRefused, Delays, Patience, Rates, address_of, read_body


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_some_guesses_are_free_then_waits_double_up_to_the_longest() -> None:
    clock = Clock()
    delays = Delays(Patience(free=3, longest=10.0), clock=clock)
    waits = []
    for _ in range(8):
        while left := delays.guess("ada"):
            clock.now += left
            waits.append(left)
    assert waits == [1, 2, 4, 8, 10]
    assert delays.wait("ada") == 10
    assert delays.wait("bob") == 0


def test_a_guess_that_has_to_wait_is_not_counted() -> None:
    clock = Clock()
    delays = Delays(Patience(free=1, longest=10.0), clock=clock)
    assert delays.guess("a") == 0
    for _ in range(50):
        assert delays.guess("a") == 1
    clock.now += 1
    assert delays.guess("a") == 0
    assert delays.wait("a") == 2


def test_what_was_right_is_forgiven() -> None:
    delays = Delays(Patience(free=2, longest=10.0), clock=Clock())
    delays.guess("a")
    delays.guess("a")
    assert delays.wait("a")
    delays.forgive("a")
    assert not delays.wait("a")
    delays.guess("a")
    assert delays.wait("a")
    delays.forgive("a", all_of_it=True)
    delays.guess("a")
    assert not delays.wait("a")


def test_old_guesses_are_forgotten() -> None:
    clock = Clock()
    delays = Delays(Patience(free=1, longest=10.0), clock=clock)
    delays.guess("a")
    clock.now += 41
    delays.guess("a")
    assert delays.wait("a") == 1


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 10)
    delays, rates = Delays(Patience(1, 10.0)), Rates(60)
    for number in range(1000):
        delays.guess(str(number))
        rates.take(str(number))
    assert len(delays._kept) == len(rates._left) == 10


def test_rates_allow_a_burst_and_then_a_steady_stream() -> None:
    clock = Clock()
    rates = Rates(60, clock=clock)
    assert [rates.take("ada") for _ in range(15)] == [0.0] * 15
    assert rates.take("ada") == pytest.approx(1.0)
    assert rates.take("bob") == 0
    clock.now += 1
    assert rates.take("ada") == 0
    assert rates.take("ada") > 0


def test_no_limit_is_no_limit() -> None:
    rates = Rates(0)
    assert not any(rates.take("a") for _ in range(10_000))


def body(*pieces: bytes, declared: str | None = None, wait: float = 0.0) -> bytes:
    """What is read of a body that comes in these pieces."""
    pending = list(pieces)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(wait)
        piece = pending.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pending)}

    headers = [(b"content-length", declared.encode())] if declared is not None else []
    return asyncio.run(read_body({"type": "http", "headers": headers}, receive))


def test_a_body_is_read_whole() -> None:
    assert body(b"ab", b"", b"c", declared="3") == b"abc"
    assert len(body(b"x" * BODY_LIMIT)) == BODY_LIMIT


@pytest.mark.parametrize(
    ("pieces", "declared", "status"),
    [
        ((b"x" * BODY_LIMIT, b"x"), None, 413),
        ((b"x",), "4000001", 413),
        ((b"x",), "9" * 5000, 413),
        ((b"x",), "-1", 400),
        ((b"x",), "1e3", 400),
        ((b"x",), "²", 400),
    ],
)
def test_input_96_bodies_that_are_refused(pieces: tuple[bytes, ...], declared: str | None, status: int) -> None:
    with pytest.raises(BodyRefused) as refused:
        body(*pieces, declared=declared)
    assert refused.value.status == status


def test_input_100_a_body_that_stands_still_or_trickles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.05)
    with pytest.raises(BodyRefused) as still:
        body(b"x", wait=1.0)
    assert still.value.status == 408
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.2)
    with pytest.raises(BodyRefused) as trickling:
        body(*[b"x"] * 100, wait=0.02)
    assert trickling.value.status == 408


@pytest.mark.parametrize(
    ("client", "forwarded", "proxies", "counted"),
    [
        ("10.0.0.7", None, (), "10.0.0.7"),
        ("10.0.0.7", "1.2.3.4", (), "10.0.0.7"),
        ("127.0.0.1", "9.9.9.9, 1.2.3.4", ("127.0.0.1",), "1.2.3.4"),
        ("127.0.0.1", None, ("127.0.0.1",), "127.0.0.1"),
        ("127.0.0.1", "not an address", ("127.0.0.1",), "unknown"),
        ("2001:db8:1:2:3:4:5:6", None, (), "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.7", None, (), "10.0.0.7"),
    ],
)
def test_whose_address_counts(client: str, forwarded: str | None, proxies: tuple[str, ...], counted: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    assert address_of({"client": (client, 1), "headers": headers}, frozenset(proxies)) == counted
