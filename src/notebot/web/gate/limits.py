"""How much of the server anybody gets: guesses of passwords, requests a minute, and bytes and seconds of one request."""

from __future__ import annotations

import asyncio
import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

BODY_LIMIT = 1_000_000  # bytes; a question is at most 8,000 characters
READ_LIMIT = 4 * BODY_LIMIT
BODY_SECONDS = 20.0  # that a body may take to arrive
IDLE_SECONDS = 5.0  # that may pass between two pieces of it
REMEMBERED = 10_000  # whom we keep count of; beyond that, who was seen longest ago is forgotten

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Patience:
    """Wrong guesses that are free, and the longest wait that the others lead to: 1 s, 2 s, 4 s and so on."""

    free: int
    longest: float


# A name can be known to a stranger, who must not be able to lock its owner out for long.
NAME_PATIENCE = Patience(free=8, longest=60.0)
ADDRESS_PATIENCE = Patience(free=20, longest=900.0)


class Delays:
    """Growing waits after wrong guesses, per key. Safe to share between threads."""

    def __init__(self, patience: Patience, *, clock: Clock = time.monotonic) -> None:
        self._patience = patience
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[int, float]] = OrderedDict()  # wrong guesses, and when the last was made

    def wait(self, key: str) -> float:
        """Seconds until `key` may guess again; 0 for now."""
        with self._lock:
            count, last = self._kept.get(key, (0, 0.0))
            return max(0.0, last + self._pause(count) - self._clock())

    def guess(self, key: str) -> float:
        """Count one guess as wrong before it is looked at, so that many at the same time win nothing. Seconds to wait, or 0.

        One that has to wait is not counted.
        """
        with self._lock:
            count, last = self._kept.pop(key, (0, 0.0))
            now = self._clock()
            if count and now - last > 4 * self._patience.longest:
                count = 0
            left = last + self._pause(count) - now
            self._kept[key] = (count, last) if left > 0 else (count + 1, now)
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
            return max(0.0, left)

    def forgive(self, key: str, *, all_of_it: bool = False) -> None:
        """The guess was right: take it back, or everything that was counted."""
        with self._lock:
            count, last = self._kept.pop(key, (0, 0.0))
            if count > 1 and not all_of_it:
                self._kept[key] = (count - 1, last)

    def _pause(self, count: int) -> float:
        over = count - self._patience.free
        return min(self._patience.longest, float(2 ** min(over, 30))) if over >= 0 and count else 0.0


class Rates:
    """Requests of each key: `per_minute` in the long run, and a quarter of that at once. 0 sets no limit."""

    def __init__(self, per_minute: int, *, clock: Clock = time.monotonic) -> None:
        self._most = max(1.0, per_minute / 4)
        self._per_second = per_minute / 60
        self._clock = clock
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Count one request; seconds to wait if it is too much, else 0."""
        if not self._per_second:
            return 0.0
        with self._lock:
            now = self._clock()
            left, then = self._left.pop(key, (self._most, now))
            left = min(self._most, left + (now - then) * self._per_second)
            allowed = left >= 1
            self._left[key] = (left - 1 if allowed else left, now)
            while len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
            return 0.0 if allowed else (1 - left) / self._per_second


class BodyRefused(Exception):
    """A body is too big (413), too slow (408), or not what its headers say (400)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole request body. Read before anything else happens, so that no route can be fed without end.

    A body that is a little over the limit is read to its end all the same, for its sender to hear the answer. Raises BodyRefused.
    """
    declared = Headers(scope=scope).get("content-length", "0")
    if not (declared.isascii() and declared.isdecimal()):
        raise BodyRefused(400, "This Content-Length is no number.")
    if len(declared) > 12 or int(declared) > READ_LIMIT:
        raise _too_big()
    body = bytearray()
    until = time.monotonic() + BODY_SECONDS
    while len(body) <= READ_LIMIT:
        try:
            message = await asyncio.wait_for(receive(), min(IDLE_SECONDS, max(0.0, until - time.monotonic())))
        except TimeoutError:
            raise BodyRefused(408, "The request took too long to arrive.") from None
        body += message.get("body", b"")
        if message["type"] != "http.request":
            raise BodyRefused(400, "The request broke off.")
        if not message.get("more_body", False):
            if len(body) > BODY_LIMIT:
                raise _too_big()
            return bytes(body)
    raise _too_big()


def address_of(scope: Scope, proxies: frozenset[str] = frozenset()) -> str:
    """Whose address a request is counted under: what a proxy that is believed says, else who connected.

    Of IPv6 the first half, since a household has the whole other half to choose from.
    """
    found = str((scope.get("client") or ("",))[0])
    forwarded = Headers(scope=scope).getlist("x-forwarded-for")
    if found in proxies and forwarded:
        found = forwarded[-1].rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _too_big() -> BodyRefused:
    return BodyRefused(413, f"A request may be at most {BODY_LIMIT:,} bytes.")
