"""Who may talk to the server: host, origin, path, size and sender of every request, before anything else looks at it.

A page on 127.0.0.1 can be reached by any web site that is open in the same browser. So a request counts only if it
names this machine as its host, comes from our own page or from no page at all, asks for a path that the page needs,
and is small. What is not on the lists is refused: a new Gradio version opens no new door. Where there are users, it
must also come from one of them, and is cut off as soon as it no longer does.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notebot.web.gate.limits import BodyRefused, Rates, address_of, read_body
from notebot.web.gate.policy import Protected
from notebot.web.gate.refusals import Refusal, response, too_many, unknown
from notebot.web.gate.sign_in import Entrance, TooManyGuesses, Visitor
from notebot.web.gate.tabs import Tabs, tabs_named
from notebot.web.gate.who import ADDRESS, KEY

HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?")
OPEN_PATHS = re.compile(
    r"/|/notes/?|/settings/?|/review|/healthz|/login|/logout|/metrics|/page/[a-z.]+|/config/?|/theme\.css|/favicon\.ico|/manifest\.json|/(?:assets|static|svelte)/(?!.*\.\.).+"
    r"|/api(?:/.*)?|/v1(?:/.*)?|/mcp|/openapi\.json"
    r"|/gradio_api/(?:queue/(?:join|data)|cancel|reset|info|app_id|startup-events|theme\.css|heartbeat/[A-Za-z0-9_-]+)"
)
# What asks for no user: signing in, what that page is made of, and whether the server is alive.
FREE_PATHS = frozenset({"/login", "/logout", "/healthz", "/page/signin.css", "/page/icon.svg"})
UNCOUNTED = re.compile(
    r"/(?:assets|static|svelte)/.*|/page/[a-z]+\.[a-z]+|/theme\.css|/favicon\.ico"
)  # a view asks for a hundred of these
# `..` as a part of a path, a drive of Windows, and characters that no path of ours has.
ODD_PATHS = re.compile(r"(?:.*/)?(?:\.\.|[A-Za-z]:[^/]*)(?:/.*)?|.*[\\\x00-\x1f\x7f].*", re.DOTALL)
FORWARDED = (b"forwarded", b"x-forwarded")
FORM_PATHS = frozenset({"/login", "/logout"})  # forms of our own; everything else that is posted is JSON
FORM = "application/x-www-form-urlencoded"
CHECK_SECONDS = 1.0  # between two looks at whether somebody who is being answered is still let in

Told = Callable[[Scope, int, float], None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the guard goes by. `hosts` are the names a request may use for this machine, without port.

    Without an `entrance`, everybody who reaches the server is its one user, and requests are not counted: whoever can send
    too many of them to a server that only this machine reaches could as well stop it.
    """

    hosts: frozenset[str]
    entrance: Entrance | None = None
    proxies: frozenset[str] = frozenset()
    requests_per_minute: int = 0


class Guard:
    """ASGI middleware around the whole app. Each request is `told` when it is over, with its status (0: cut) and its seconds."""

    def __init__(self, app: ASGIApp, *, rules: Rules, told: Sequence[Told] = ()) -> None:
        self.app = app
        self.rules = rules
        self._told = told
        self._tabs = Tabs()
        self._rates = Rates(rules.requests_per_minute if rules.entrance else 0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        begun = time.monotonic()
        answer = Protected(send, scope["path"])
        inner = _direct(scope)
        inner[ADDRESS] = address_of(scope, self.rules.proxies)
        try:
            await self._answered(inner, receive, answer)
        finally:
            for tell in self._told:
                tell(inner, answer.status, time.monotonic() - begun)

    async def _answered(self, scope: Scope, receive: Receive, answer: Protected) -> None:
        refused = refusal(scope, self.rules.hosts)
        try:  # also when refused: an answer sent before the body has arrived may be lost
            body = await read_body(scope, receive)
        except BodyRefused as error:
            refused, body = refused or Refusal(error.status, str(error), (("Connection", "close"),)), b""
        refused = refused or _wrong_type(scope, body)
        visitor = None
        if refused is None and self.rules.entrance:
            visitor, refused = self._admitted(self.rules.entrance, scope, body)
        if refused:
            await response(refused, scope)(scope, receive, answer.send)
        elif visitor and self.rules.entrance:
            await _while_let_in(self.app, (scope, _replayed(body, receive), answer), self.rules.entrance, visitor)
        else:
            await self.app(scope, _replayed(body, receive), answer.send)

    def _admitted(self, entrance: Entrance, scope: Scope, body: bytes) -> tuple[Visitor | None, Refusal | None]:
        """Who asks, put into the scope; or why they may not."""
        path, address = scope["path"], scope[ADDRESS]
        try:
            visitor = entrance.visitor(Headers(scope=scope), address)
        except TooManyGuesses as error:
            return None, too_many(error.seconds, str(error))
        if not UNCOUNTED.fullmatch(path) and (seconds := self._rates.take(visitor.user if visitor else f"address {address}")):
            return None, too_many(seconds)
        if visitor is None:
            return None, None if path in FREE_PATHS else unknown()
        scope[KEY] = visitor.user
        try:
            foreign = [tab for tab in tabs_named(path, scope["query_string"], body) if not self._tabs.belongs(tab, visitor.user)]
        except ValueError:
            return None, Refusal(400, "This is not JSON.")
        return (None, Refusal(404, "There is nothing here.")) if foreign else (visitor, None)


def refusal(scope: Scope, hosts: Iterable[str]) -> Refusal | None:
    """Why this request is refused, whoever sends it, or None. Host comes first: nothing else is said to a stranger."""
    headers = Headers(scope=scope)
    named = headers.getlist("host")
    match = HOST.fullmatch(named[0]) if len(named) == 1 else None
    if match is None or match["name"].lower() not in hosts:
        return Refusal(400, "This is not a name of this server.")
    origins = headers.getlist("origin")
    if any(origin.lower() not in (f"http://{named[0]}".lower(), f"https://{named[0]}".lower()) for origin in origins):
        return Refusal(403, "Other sites may not use notebot.")
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not _follows_link(scope, headers):
        return Refusal(403, "Other sites may not use notebot.")
    if not OPEN_PATHS.fullmatch(scope["path"]) or ODD_PATHS.fullmatch(scope["path"]):
        return Refusal(404, "There is nothing here.")
    return None


def _wrong_type(scope: Scope, body: bytes) -> Refusal | None:
    """JSON alone is read: other types can be sent by a form on any web site, without a question asked first."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    if not body or kind == "application/json" or (kind == FORM and scope["path"] in FORM_PATHS):
        return None
    return Refusal(415, "Send JSON: Content-Type: application/json")


async def _while_let_in(app: ASGIApp, request: tuple[Scope, Receive, Protected], entrance: Entrance, visitor: Visitor) -> None:
    """Run the app for as long as the visitor is let in. After that it hears that the client is gone, and is heard no more."""
    scope, receive, answer = request
    out = asyncio.Event()

    async def hear() -> Message:
        waiting = [asyncio.ensure_future(receive()), asyncio.ensure_future(out.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return {"type": "http.disconnect"} if out.is_set() else await waiting[0]  # type: ignore[return-value]  # not the other
        finally:
            for task in waiting:
                task.cancel()

    async def tell(message: Message) -> None:
        if out.is_set():
            raise OSError("signed out")
        await answer.send(message)

    work = asyncio.ensure_future(app(scope, hear, tell))
    try:
        while not (await asyncio.wait({work}, timeout=CHECK_SECONDS))[0]:
            if not entrance.holds(visitor):
                out.set()
                await asyncio.wait({work}, timeout=CHECK_SECONDS)
                break
        if not out.is_set():
            work.result()
        elif not answer.status:
            await response(unknown(), scope)(scope, receive, answer.send)
    finally:
        if not work.done():
            work.cancel()
            await asyncio.wait({work}, timeout=CHECK_SECONDS)
        if work.done() and not work.cancelled():
            work.exception()  # looked at, or asyncio complains that nobody did


def _follows_link(scope: Scope, headers: Headers) -> bool:
    """A person followed a link on another site to our front page, in a tab of its own."""
    navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return bool(scope["method"] == "GET" and scope["path"] in ("/", "/login") and navigates)


def _replayed(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


def _direct(scope: Scope) -> Scope:
    """The request without what a proxy would add: Gradio would build the page's addresses from it."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if not name.startswith(FORWARDED)]}
