"""What a site lets programs read: its robots.txt, asked for once a run, over the same guarded wire as its pages (RFC 9309)."""

from __future__ import annotations

from protego import Protego

from notebot.fetch.body import decompressed
from notebot.fetch.failures import Broken, Forbidden, Refused
from notebot.fetch.limits import Limits
from notebot.fetch.wire import Budget, Reply, Wire, followed
from notebot.urls import Place

NAME = "notebot"  # as a robots.txt would call us


class Robots:
    """The rules of each site that was met in this run. Safe to share between threads."""

    def __init__(self, wire: Wire, limits: Limits, agent: str) -> None:
        self._wire = wire
        self._limits = limits
        self._headers = {"User-Agent": agent, "Accept": "text/plain,*/*;q=0.5", "Accept-Encoding": "gzip, deflate"}
        self._known: dict[str, Protego | str] = {}

    def check(self, place: Place, budget: Budget) -> None:
        """Raises Refused if the site does not want `place` read, Broken while it cannot say so, and what asking raises."""
        if place.site not in self._known:
            self._known[place.site] = self._rules(place, budget)
        rules = self._known[place.site]
        if isinstance(rules, str):
            raise Broken(rules)
        if not rules.can_fetch(place.url, NAME):
            raise Refused("the site's robots.txt asks not to read it")

    def _rules(self, place: Place, budget: Budget) -> Protego | str:
        try:
            text = self._text(Place(place.scheme, place.host, place.port, "/robots.txt"), budget)
        except Forbidden:
            raise
        except (Broken, Refused) as error:
            return f"its robots.txt could not be read: {error}"
        return Protego.parse(text)

    def _text(self, place: Place, budget: Budget) -> str:
        """Empty, and so everything is allowed, where there is none."""
        for _ in range(self._limits.redirects + 1):
            with self._wire.asking(place, self._headers, budget) as reply:
                location = reply.headers.get("location", "")
                if 300 <= reply.status < 400 and location:
                    place = followed(place, location)
                    continue
                if reply.status == 429 or reply.status >= 500:
                    raise Broken(f"the site answered {reply.status}")
                return _start(reply, self._limits.robots) if reply.status == 200 else ""
        return ""


def _start(reply: Reply, most: int) -> str:
    """The first `most` bytes and a little more: rules beyond that do not count."""
    text = bytearray()
    for piece in decompressed(reply.body, reply.headers.get("content-encoding", ""), most * 10):
        text += piece
        if len(text) >= most:
            break
    return text.decode("utf-8-sig", "replace")
