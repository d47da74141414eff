"""One page: the ways to reach it, its redirects, and how it ended."""

from __future__ import annotations

import email.utils
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from notebot.fetch.body import decompressed, expect, settle
from notebot.fetch.client import Request, Response
from notebot.fetch.failures import Broken, Refused, Unreachable
from notebot.fetch.limits import Limits
from notebot.fetch.robots import Robots
from notebot.fetch.wire import Budget, Reply, Wire, followed
from notebot.urls import DEFAULT_PORTS, Place, read_place, read_url

_ACCEPT = "text/html,application/xhtml+xml,text/markdown,text/plain;q=0.9,application/pdf;q=0.8"
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_GONE = frozenset((404, 410))
_UNWELCOME = frozenset((401, 402, 403, 407, 451))
_LATER = frozenset((429, 503))
_LONGEST_WAIT = 7 * 24 * 3600
_UNNAMED_WAIT = 60  # seconds, where a site says 429 and not for how long
_TRIES = 2  # pages of a host that are asked for although it does not answer


class Asking:
    """Asks for pages one by one, and learns on the way how each site is reached. Shared by the threads of a run."""

    def __init__(self, wire: Wire, limits: Limits, agent: str) -> None:
        self._wire = wire
        self._limits = limits
        self._agent = agent
        self._robots = Robots(wire, limits, agent)
        self._lock = threading.Lock()
        self._reached: dict[str, Place] = {}  # by the site of a canonical address
        self._silent: dict[str, int] = {}

    def ask(self, request: Request) -> Response:
        """How it ended. Raises only Stopped."""
        try:
            page = read_place(read_url(request.page).page)
            return self._follow(request, page, Budget(self._limits.total))
        except (ValueError, Refused) as error:
            return Response(request.page, "refused", reason=str(error))
        except (Unreachable, Broken) as error:
            return Response(request.page, "failed", reason=str(error))

    def _follow(self, request: Request, page: Place, budget: Budget) -> Response:
        answer = self._first(request, page, budget)
        for _ in range(self._limits.redirects):
            if isinstance(answer, Response):
                return answer
            answer = self._step(request, answer, budget)
        if isinstance(answer, Response):
            return answer
        raise Refused(f"it redirects more than {self._limits.redirects} times")

    def _first(self, request: Request, page: Place, budget: Budget) -> Response | Place:
        """The answer over the first way that leads to a server."""
        if self._silent.get(page.site, 0) >= _TRIES:
            raise Unreachable("the site does not answer")
        problem: Unreachable | None = None
        for way in self._ways(page, secure=request.secure):
            if problem and problem.untrusted and way.scheme == "http":
                continue  # a server with a bad certificate is no reason to do without one
            try:
                answer = self._step(request, way, budget)
            except Unreachable as error:
                problem = error if problem is None or error.untrusted > problem.untrusted else problem
                continue
            self._learn(page, way)
            return answer
        self._learn(page, None)
        raise problem or Unreachable("the site does not answer")

    def _ways(self, page: Place, *, secure: bool) -> Iterator[Place]:
        """A canonical address stands for http and https, with www and without: the way that worked before, then each in turn."""
        known = self._reached.get(page.site)
        if known and (known.scheme == "https" or not secure):
            yield replace(known, target=page.target)
        hosts = [page.host, f"www.{page.host}"] if re.search(r"\.[a-z]", page.host) else [page.host]
        for scheme in ("https",) if secure else ("https", "http"):
            port = DEFAULT_PORTS[scheme] if page.port == DEFAULT_PORTS["https"] else page.port
            for host in hosts:
                way = Place(scheme, host, port, page.target)
                if not known or way.site != known.site:
                    yield way

    def _learn(self, page: Place, way: Place | None) -> None:
        with self._lock:
            if way:
                self._reached[page.site] = way
                self._silent.pop(page.site, None)
            else:
                self._silent[page.site] = self._silent.get(page.site, 0) + 1

    def _step(self, request: Request, place: Place, budget: Budget) -> Response | Place:
        """What `place` answers, or where it sends us on."""
        self._robots.check(place, budget)
        with self._wire.asking(place, self._headers(request), budget) as reply:
            location = reply.headers.get("location", "")
            if reply.status in _REDIRECTS and location:
                return followed(place, location)
            found = Response(request.page, "failed", place.url, reason=f"the site answered {reply.status}")
            if reply.status == 200:
                return self._read(found, reply)
            if reply.status == 304 and (request.etag or request.last_modified):
                return replace(found, outcome="unchanged", reason="")
            if reply.status in _GONE:
                return replace(found, outcome="gone")
            if reply.status in _UNWELCOME:
                return replace(found, outcome="refused")
            return replace(found, retry_after=_retry_after(reply) if reply.status in _LATER else 0)

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"User-Agent": self._agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        return headers

    def _read(self, found: Response, reply: Reply) -> Response:
        kind = reply.headers.get("content-type", "")
        expect(kind)
        length = reply.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self._limits.body:
            raise Refused(f"larger than {self._limits.body / 1e6:g} MB")
        body = b"".join(decompressed(reply.body, reply.headers.get("content-encoding", ""), self._limits.body))
        return replace(
            found,
            outcome="fetched",
            reason="",
            body=body,
            content_type=settle(kind, body),
            etag=reply.headers.get("etag", ""),
            last_modified=reply.headers.get("last-modified", ""),
        )


def _retry_after(reply: Reply) -> int:
    """Seconds, from seconds or from a date; a minute if a site says 429 and nothing else."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), _LONGEST_WAIT)
    try:
        seconds = email.utils.parsedate_to_datetime(value).timestamp() - _server_time(reply)
    except (ValueError, TypeError, OverflowError, IndexError):
        return _UNNAMED_WAIT if reply.status == 429 else 0
    return min(max(int(seconds), 0), _LONGEST_WAIT)


def _server_time(reply: Reply) -> float:
    """Its own clock, if it tells: then it does not matter whether ours is right."""
    try:
        return email.utils.parsedate_to_datetime(reply.headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return time.time()
