"""Connections that say nothing, or never come to an end of it, are cut; others are not."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from notebot.web.gate import connections


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)


def connected(served: Any) -> socket.socket:
    where = urlsplit(served.address)
    return socket.create_connection((where.hostname, where.port), timeout=15)


@pytest.mark.parametrize("said", [b"", b"GET /healthz HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n"])
def test_input_100_headers_that_do_not_end(served: Any, said: bytes) -> None:
    begin = time.monotonic()
    with connected(served) as raw:
        raw.sendall(said)
        assert raw.recv(100) == b""
    assert 0.3 < time.monotonic() - begin < 5


def test_input_100_headers_that_trickle(served: Any) -> None:
    begin = time.monotonic()
    with connected(served) as raw, suppress(OSError):  # a pipe that is broken, or a connection that is reset
        raw.sendall(b"GET /healthz HTTP/1.1\r\n")
        while time.monotonic() - begin < 10:
            raw.sendall(b"X-A: 1\r\n")
            time.sleep(0.1)
    assert time.monotonic() - begin < 5


def test_a_second_request_that_does_not_end_is_cut_as_well(served: Any) -> None:
    with connected(served) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in raw.recv(65_536)
        raw.sendall(b"GET /healthz HTTP/1.1\r\n")
        rest = b"".join(iter(lambda: raw.recv(65_536), b""))
        assert b"HTTP/1.1" not in rest


def test_a_stream_stays_open_and_a_connection_is_used_again(served: Any) -> None:
    with httpx.stream("GET", f"{served.address}/gradio_api/heartbeat/patient", timeout=30) as stream:
        pieces = stream.iter_raw()
        next(pieces)
        with httpx.Client(base_url=served.address) as client:
            for _ in range(6):  # altogether more than twice what headers may take
                assert client.get("/healthz").status_code == 200
                time.sleep(0.2)
        assert next(pieces)  # the next beat of its heart
