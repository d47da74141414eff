"""One question to one web server: its turn, its time, and an answer or the reason, in words, why there is none.

httpcore speaks HTTP and nothing besides: no cookies, no passwords, no redirects, no decompression.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urljoin

import certifi
import httpcore

from notebot.fetch.addresses import Guard
from notebot.fetch.failures import Broken, Refused, Stopped, Unreachable
from notebot.fetch.limits import Limits
from notebot.fetch.network import Lines, Network
from notebot.fetch.turns import Turns
from notebot.urls import Place, read_place


@dataclass(slots=True)
class Budget:
    """The seconds that are left for one page. Only time at work counts, not waiting for a turn."""

    left: float


@dataclass(frozen=True, slots=True)
class Reply:
    """The head of an answer; `body` gives the rest as it comes, still compressed, and need not be read."""

    status: int
    headers: Mapping[str, str]  # lower-case names, the first of each
    body: Iterable[bytes] = field(repr=False)


def trusted() -> ssl.SSLContext:
    """The authorities that the system trusts, and those of Mozilla's list."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def followed(place: Place, location: str) -> Place:
    """Where a redirect of `place` leads. Raises Refused for what is no web address, and for a step from https to http."""
    try:
        if any(character in location for character in "\\\t\r\n"):
            raise ValueError("the address holds a backslash or a control character")
        target = read_place(urljoin(place.url, location.strip()))
    except ValueError as error:
        raise Refused(f"it redirects to what is never fetched: {error}") from error
    if place.scheme == "https" and target.scheme == "http":
        raise Refused("it redirects from https to http")
    return target


class Wire:
    """Asks, for all threads of a run. `close` ends what is under way."""

    def __init__(self, guard: Guard, limits: Limits, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._limits = limits
        self._tls = tls
        self._lines = Lines(guard, limits)
        self.turns = Turns()

    @contextmanager
    def asking(self, place: Place, headers: Mapping[str, str], budget: Budget) -> Iterator[Reply]:
        """Raises Refused, Unreachable, Broken, Stopped: here, or while the body is read. What is not read is not waited for."""
        self._guard.check(place)
        host = place.host.removeprefix("www.")
        with self.turns.turn(host):
            started = time.monotonic()
            network = Network(self._lines, started + budget.left)
            try:
                with self._translated(started + budget.left), self._connection(place, network) as connection:
                    yield from self._exchange(connection, place, headers)
            finally:
                budget.left -= time.monotonic() - started
                if network.connected:
                    self.turns.hold(host, self._limits.pause)

    def close(self) -> None:
        self._lines.close()
        self.turns.close()

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return self._tls or trusted()

    def _connection(self, place: Place, network: Network) -> httpcore.HTTPConnection:
        origin = httpcore.Origin(place.scheme.encode(), place.host.encode(), place.port)
        return httpcore.HTTPConnection(origin, ssl_context=self._trusted, network_backend=network)

    def _exchange(self, connection: httpcore.HTTPConnection, place: Place, headers: Mapping[str, str]) -> Iterator[Reply]:
        url = httpcore.URL(scheme=place.scheme.encode(), host=place.host.encode(), port=place.port, target=place.target.encode())
        sent = {"Host": place.site.partition("://")[2], **headers, "Connection": "close"}
        encoded = [(name.encode("ascii"), value.encode("utf-8", "ignore")) for name, value in sent.items()]
        times = {"connect": self._limits.connect, "read": self._limits.idle, "write": self._limits.idle}
        with connection.stream("GET", url, headers=encoded, extensions={"timeout": times}) as response:
            yield Reply(response.status, _first_of_each(response.headers), response.iter_stream())

    @contextmanager
    def _translated(self, deadline: float) -> Iterator[None]:
        """httpcore's errors in our words."""
        try:
            yield
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
            if self._lines.stopped.is_set():
                raise Stopped from error
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise Unreachable(f"its certificate is not valid: {error.__cause__.verify_message}", untrusted=True) from error
            if time.monotonic() >= deadline:
                raise Broken(f"it took longer than {self._limits.total:g} s") from error
            if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout):
                raise Unreachable("the site does not answer") from error
            if isinstance(error, httpcore.TimeoutException):
                raise Broken(f"the site was silent for {self._limits.idle:g} s") from error
            raise Broken("the connection broke off") from error


def _first_of_each(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        found.setdefault(name.decode("latin-1").lower(), _text(value))
    return found


def _text(value: bytes) -> str:
    """A header's value: servers write UTF-8 into addresses, though they should not."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
