"""Ask web servers for pages: safely, politely, in the background."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

from notebot.fetch.addresses import Guard
from notebot.fetch.failures import Stopped
from notebot.fetch.limits import Limits
from notebot.urls import host_of

_CLOSING = 0.9  # seconds to wait for threads that were told to stop

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """A page to ask for, by its canonical address, with the validators of the copy that is here.

    `secure`: a note says https itself, so that plain http is never tried.
    """

    page: str
    etag: str = ""
    last_modified: str = ""
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """How a request ended.

    fetched: `body` is there, decoded from any compression. unchanged: the copy that is here is good. gone: the server says that
    there is no such page (404, 410). refused: we do not ask, or the server does not want us to (an address that is not public,
    robots, 401, 403, a type or size that is not read). failed: it may work later. `reason` says why, in words, where there is
    no body. `url` is where it ended after redirects. `retry_after` is in seconds, 0 if the server named none.
    """

    page: str
    outcome: Literal["fetched", "unchanged", "gone", "refused", "failed"]
    url: str = ""
    reason: str = ""
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    retry_after: int = 0


class Fetching:
    """Requests at work in threads of their own, begun when it is made, stopped by `close`. A context manager.

    Each request ends in exactly one response, unless it is dropped by `close`. Hosts are asked side by side, the pages of
    one host one after another. `guard` says what may be asked; `tls` whom to trust, by default whom the system and Mozilla do.
    """

    def __init__(
        self,
        requests: Sequence[Request],
        *,
        guard: Guard = Guard(),  # noqa: B008 - frozen
        limits: Limits = Limits(),  # noqa: B008 - frozen
        tls: ssl.SSLContext | None = None,
    ) -> None:
        # Imported here, because whoever only names a Request need not wait for what speaks HTTP.
        from notebot.fetch.asking import Asking
        from notebot.fetch.wire import Wire

        self._limits = limits
        self._left = len(requests)
        self._changed = threading.Condition()
        self._ended: list[Response] = []
        self._waiting: dict[str, deque[Request]] = {}
        self._claimed: set[str] = set()
        self._asked_to_wait: set[str] = set()  # pages that get one more try
        self._closed = False
        for request in requests:
            self._waiting.setdefault(_host(request), deque()).append(request)
        self._wire = Wire(guard, limits, tls)
        self._asking = Asking(self._wire, limits, agent())
        count = min(limits.hosts, len(self._waiting))
        self._threads = [threading.Thread(target=self._work, name=f"notebot-fetch-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Fetching:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def left(self) -> int:
        """How many have not been handed out by `results` yet."""
        return self._left

    def results(self, wait: float) -> list[Response]:
        """Those that ended since the last call; waits up to `wait` seconds if there are none and some are left."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or not self._left, wait)
            ended, self._ended = self._ended, []
            self._left -= len(ended)
            self._changed.notify_all()
            return ended

    def close(self) -> None:
        """Stop within a second; what was not handed out is dropped. Idempotent."""
        with self._changed:
            self._closed = True
            self._left = 0
            self._waiting.clear()
            self._ended.clear()
            self._changed.notify_all()
        self._wire.close()
        end = time.monotonic() + _CLOSING
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _work(self) -> None:
        with suppress(Stopped):
            while request := self._next():
                host = _host(request)
                try:
                    response = self._asking.ask(request)
                except Stopped:
                    raise
                except Exception as error:
                    # One page must never end a run, and never be lost without a word.
                    log.debug("Unexpected while fetching from %s", host, exc_info=True)
                    response = Response(request.page, "failed", reason=f"something unexpected happened: {type(error).__name__}")
                log.info("%s, %s: %s", host, response.outcome, response.reason or f"{len(response.body)} bytes")
                self._end(host, request, response)

    def _next(self) -> Request | None:
        """A page of a host that nobody asks now and that may be asked now, or None when none is left."""
        with self._changed:
            while self._waiting and not self._closed:
                soonest: float | None = None
                for host in self._waiting if len(self._ended) < self._limits.ready else ():
                    if host in self._claimed:
                        continue
                    wait = self._wire.turns.wait(host)
                    if wait == 0:
                        self._claimed.add(host)
                        return self._waiting[host].popleft()
                    soonest = wait if soonest is None else min(wait, soonest)
                self._changed.wait(soonest)
            return None

    def _end(self, host: str, request: Request, response: Response) -> None:
        with self._changed:
            if self._closed:
                raise Stopped
            if response.retry_after:
                self._leave_alone(host, request, response)
            else:
                self._ended.append(response)
            if not self._waiting.get(host):
                self._waiting.pop(host, None)
            self._claimed.discard(host)
            self._changed.notify_all()

    def _leave_alone(self, host: str, request: Request, response: Response) -> None:
        """Once more after a wait that is short enough; otherwise nothing of this host is asked for any more."""
        queue = self._waiting[host]
        if response.retry_after <= self._limits.patience and request.page not in self._asked_to_wait:
            self._asked_to_wait.add(request.page)
            self._wire.turns.hold(host, response.retry_after)
            queue.appendleft(request)
            return
        self._ended.append(response)
        for other in queue:
            reason = f"the site asked not to be asked for {response.retry_after} s"
            self._ended.append(Response(other.page, "failed", reason=reason, retry_after=response.retry_after))
        queue.clear()


def agent() -> str:
    """What web servers are told of who asks: the program, and nothing about the person."""
    from importlib.metadata import version

    return f"notebot/{version('notebot')} (reads the pages that a person's notes link to)"


def _host(request: Request) -> str:
    try:
        return host_of(request.page)
    except ValueError:
        return ""
