"""Asking for pages with the limits scaled down, and TLS as the tests need it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from notebot.fetch.addresses import Guard
from notebot.fetch.client import Fetching, Request, Response
from notebot.fetch.limits import Limits

CERTIFICATES = Path(__file__).parent / "certificates"
QUICK = Limits(connect=1, idle=0.4, total=1.0, pause=0, patience=2)

NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusted; the usual list takes its time to load

Ask = Callable[..., list[Response]]


@pytest.fixture
def ask() -> Ask:
    """Ask for pages, by address or as Requests, and wait for all of them. The responses come in the order of the requests."""

    def all_of(
        *pages: str | Request, guard: Guard, limits: Limits = QUICK, tls: ssl.SSLContext | None = NOBODY
    ) -> list[Response]:
        requests = [Request(page) if isinstance(page, str) else page for page in pages]
        responses: list[Response] = []
        with Fetching(requests, guard=guard, limits=limits, tls=tls) as fetching:
            while fetching.left:
                responses += fetching.results(5)
        return sorted(responses, key=lambda response: [request.page for request in requests].index(response.page))

    return all_of


@pytest.fixture
def trusting() -> Callable[[str], ssl.SSLContext]:
    """A client's context that trusts one certificate of the tests, and no other."""
    return lambda name: ssl.create_default_context(cafile=CERTIFICATES / f"{name}.pem")


@pytest.fixture
def serving() -> Callable[[str], ssl.SSLContext]:
    """A server's context with one of those certificates."""

    def context_of(name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{name}.pem", CERTIFICATES / "key.pem")
        return context

    return context_of
