"""Connections: the next address where one is deaf, and an end for all of them at once."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpcore
import pytest

from notebot.fetch.addresses import Guard, SocketAddress
from notebot.fetch.client import Fetching, Request
from notebot.fetch.failures import Refused, Stopped
from notebot.fetch.limits import Limits
from notebot.fetch.network import Lines, Network
from page_server import page_server


@contextmanager
def deaf() -> Iterator[SocketAddress]:
    """Takes connections, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield ("127.0.0.1", server.getsockname()[1])


def nobody_s() -> SocketAddress:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return ("127.0.0.1", server.getsockname()[1])


def lines_to(*addresses: SocketAddress, limits: Limits = Limits(connect=1)) -> Lines:  # noqa: B008 - frozen
    def resolve(_host: str, _port: int) -> Sequence[SocketAddress]:
        return addresses

    return Lines(Guard(resolve=resolve, loopback=frozenset(addresses)), limits)


def soon() -> float:
    return time.monotonic() + 5


def test_the_next_address_is_tried(ask: Callable) -> None:
    with page_server() as site:
        site.pages["/a"] = "words"
        dead = nobody_s()

        def resolve(_host: str, _port: int) -> Sequence[SocketAddress]:
            return [dead, site.address]

        guard = Guard(resolve=resolve, loopback=frozenset([dead, site.address]))
        assert ask("https://two.example/a", guard=guard)[0].outcome == "fetched"
    with pytest.raises(httpcore.ConnectError):
        lines_to(dead, nobody_s()).connect("a.example", 443, soon())


def test_no_more_bytes_than_allowed() -> None:
    with page_server() as site:
        site.pages["/"] = b"x" * 1000
        stream = Network(lines_to(site.address, limits=Limits(body=500, headers=100)), soon()).connect_tcp("a.example", 80)
        stream.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        with pytest.raises(Refused, match="larger than"):
            list(iter(lambda: stream.read(100), b""))
        stream.close()


def test_a_connection_ends_at_its_deadline() -> None:
    with deaf() as address:
        started = time.monotonic()
        stream = Network(lines_to(address), started + 0.2).connect_tcp("a.example", 80)
        with pytest.raises(httpcore.ReadTimeout):
            stream.read(1, timeout=60)
        with pytest.raises(httpcore.ReadTimeout):
            stream.write(b"too late")
        assert 0.15 < time.monotonic() - started < 2
        stream.close()


def test_closing_ends_what_is_open_and_lets_nothing_begin() -> None:
    with deaf() as address:
        lines = lines_to(address)
        network = Network(lines, soon())
        assert not network.connected
        stream = network.connect_tcp("a.example", 80)
        assert network.connected
        threading.Timer(0.1, lines.close).start()
        assert stream.read(1, timeout=60) == b""
        stream.close()
        with pytest.raises(Stopped):
            network.connect_tcp("a.example", 80)


def test_closing_frees_those_who_wait_for_a_handshake(trusting: Callable) -> None:
    with deaf() as address:
        request = Request(f"https://127.0.0.1:{address[1]}/a", secure=True)
        fetching = Fetching([request], guard=Guard(loopback=frozenset([address])), tls=trusting("valid"))
        time.sleep(0.3)
        started = time.monotonic()
        fetching.close()
        assert time.monotonic() - started < 1
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("notebot-fetch")]
