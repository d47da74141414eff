"""Looking names up: within the time, for every thread, and giving up early where there is no network."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import pytest

from notebot.fetch.addresses import Guard, SocketAddress
from notebot.fetch.failures import Refused, Stopped, Unreachable
from notebot.fetch.names import Names


def names(answers: dict[str, str | Exception], stopped: threading.Event | None = None) -> tuple[Names, list[str]]:
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[SocketAddress]:
        asked.append(host)
        answer = answers.get(host, socket.gaierror(socket.EAI_AGAIN, "try again"))
        if isinstance(answer, Exception):
            raise answer
        return [(answer, port)] if answer else []

    return Names(Guard(resolve=resolve), stopped or threading.Event()), asked


def soon() -> float:
    return time.monotonic() + 1


def test_an_address_is_checked_each_time() -> None:
    answers: dict[str, str | Exception] = {"a.example": "1.1.1.1"}
    found, _ = names(answers)
    assert found.addresses("a.example", 443, soon()) == [("1.1.1.1", 443)]
    answers["a.example"] = "127.0.0.1"
    with pytest.raises(Refused, match="not a public address"):
        found.addresses("a.example", 443, soon())


@pytest.mark.parametrize("answer", [socket.gaierror(socket.EAI_NONAME, ""), UnicodeError(), OSError(), ""])
def test_a_name_that_is_none(answer: str | Exception) -> None:
    found, _ = names({"a.example": answer})
    with pytest.raises(Unreachable, match=r"no address is known for a\.example"):
        found.addresses("a.example", 443, soon())


def test_without_a_network_all_fails_after_three_names() -> None:
    found, asked = names({})
    for host in ("a.example", "www.a.example", "b.example", "c.example"):
        with pytest.raises(Unreachable, match="could not be looked up"):
            found.addresses(host, 443, soon())
    with pytest.raises(Unreachable, match="no network"):
        found.addresses("d.example", 443, soon())
    assert "d.example" not in asked


@pytest.mark.parametrize("answer", ["1.1.1.1", socket.gaierror(socket.EAI_NONAME, "")])
def test_one_answer_shows_that_there_is_a_network(answer: str | Exception) -> None:
    found, asked = names({"a.example": answer})
    for host in ("a.example", "b.example", "c.example", "d.example", "e.example"):
        with suppress(Unreachable):
            found.addresses(host, 443, soon())
    assert asked[-1] == "e.example"


def test_a_look_up_that_hangs_ends_at_its_deadline_or_when_stopped() -> None:
    released, stopped = threading.Event(), threading.Event()

    def resolve(_host: str, _port: int) -> Sequence[SocketAddress]:
        released.wait(10)
        return []

    found = Names(Guard(resolve=resolve), stopped)
    started = time.monotonic()
    with pytest.raises(Unreachable, match="could not be looked up"):
        found.addresses("a.example", 443, started + 0.2)
    stopped.set()
    with pytest.raises(Stopped):
        found.addresses("a.example", 443, started + 60)
    assert time.monotonic() - started < 2
    released.set()
