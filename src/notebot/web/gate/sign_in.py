"""Signing in and out: who stands behind a cookie or a token, and for how long."""

from __future__ import annotations

import json
import math
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.datastructures import Headers

from notebot.web.gate.limits import ADDRESS_PATIENCE, NAME_PATIENCE, Delays
from notebot.web.gate.users import Users, digest

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "notebot"
SECURE_COOKIE = "__Host-notebot"  # a name that browsers take over https only, and from this very host
IDLE_SECONDS = 12 * 3600.0  # without a request
LONGEST_SECONDS = 7 * 86_400.0
MOST_SESSIONS = 5_000
GUESSES_AT_ONCE = 4  # each takes 64 MB
WRONG = "That name and password do not belong together."
VIEW = re.compile(r"/(?:notes/?|settings/?|review)?(?:\?[\w%=&+.~-]*)?", re.ASCII)  # where a person may go on after signing in
UNREADABLE = "Send a name and a password, as a form or as JSON."


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has shown who they are. `proof` is the digest of their session or token."""

    user: str
    proof: str
    by_token: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that signed in, while it lasts. Times are the clock's. `password` is the hash it was opened with."""

    user: str
    password: str
    began: float
    seen: float


class TooManyGuesses(Exception):
    """Wrong guesses came before this one: `seconds` are left to wait."""

    def __init__(self, seconds: float) -> None:
        wait = math.ceil(seconds)
        super().__init__(f"Too many wrong guesses. Try again in {wait} second{'' if wait == 1 else 's'}.")
        self.seconds = seconds


class Entrance:
    """Lets `users` in, and knows who is in. Sessions are kept in memory, as digests. Safe to share between threads."""

    def __init__(self, users: Users, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.users = users
        self._clock = clock
        self._lock = threading.Lock()
        self._at_once = threading.BoundedSemaphore(GUESSES_AT_ONCE)
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._names = Delays(NAME_PATIENCE, clock=clock)
        self._addresses = Delays(ADDRESS_PATIENCE, clock=clock)

    def sign_in(self, name: str, password: str, address: str) -> str:
        """A new session's secret, or an empty text if the password is wrong. Raises TooManyGuesses, for any name the same."""
        name = name.strip().lower()[:64]
        if seconds := max(self._names.wait(name), self._addresses.wait(address)):
            raise TooManyGuesses(seconds)
        if seconds := max(self._names.guess(name), self._addresses.guess(address)):
            raise TooManyGuesses(seconds)
        with self._at_once:
            right = self.users.knows(name, password)
        user = self.users.user(name)
        if not right or user is None:
            return ""
        self._names.forgive(name, all_of_it=True)
        self._addresses.forgive(address)
        return self._begin(name, user.password)

    def sign_out(self, headers: Headers) -> None:
        """End the session that this request came with; what is open on it is cut off within seconds."""
        with self._lock:
            for secret in _cookies(headers):
                self._sessions.pop(digest(secret), None)

    def visitor(self, headers: Headers, address: str) -> Visitor | None:
        """Who this request is from, or None. Raises TooManyGuesses where many wrong tokens came from `address`.

        A token counts before a cookie: whoever sends one means it.
        """
        given = headers.getlist("authorization")
        if given:
            if seconds := self._addresses.wait(address):
                raise TooManyGuesses(seconds)
            kind, _, token = given[0].partition(" ")
            owner = self.users.owner(token.strip()) if kind.lower() == "bearer" and len(given) == 1 else None
            if owner is None:
                self._addresses.guess(address)
                return None
            return Visitor(owner.name, owner.token, by_token=True)
        for secret in _cookies(headers):
            found = Visitor("", digest(secret))
            if session := self._session(found.proof, seen=True):
                return replace(found, user=session.user)
        return None

    def holds(self, visitor: Visitor) -> bool:
        """Whether somebody who was let in still may be: not signed out, not expired, not removed."""
        if visitor.by_token:
            owner = self.users.owner_of_digest(visitor.proof)
            return owner is not None and owner.name == visitor.user
        return self._session(visitor.proof, seen=False) is not None

    def _begin(self, name: str, password: str) -> str:
        secret = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            self._sessions[digest(secret)] = Session(name, password, now, now)
            while len(self._sessions) > MOST_SESSIONS:
                self._sessions.popitem(last=False)
        return secret

    def _session(self, proof: str, *, seen: bool) -> Session | None:
        with self._lock:
            session = self._sessions.get(proof)
            if session is None:
                return None
            user = self.users.user(session.user)
            now = self._clock()
            over = now - session.seen > IDLE_SECONDS or now - session.began > LONGEST_SECONDS
            if over or user is None or user.password != session.password:
                del self._sessions[proof]
                return None
            if seen:
                self._sessions[proof] = replace(session, seen=now)
            return session


async def signing_in(entrance: Entrance, request: Request, address: str) -> Response:
    """Answer POST /login: a form leads to the page, JSON gets an object."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, RedirectResponse

    form = _type(request) != "application/json"
    name, password, to = _given(await request.body(), form=form)
    if not name or not password:
        return _refused(UNREADABLE, 400, form=form, tried=(name, to))
    try:
        secret = await run_in_threadpool(entrance.sign_in, name, password, address)
    except TooManyGuesses as error:
        answer = _refused(str(error), 429, form=form, tried=(name, to))
        answer.headers["Retry-After"] = f"{error.seconds + 1:.0f}"
        return answer
    if not secret:
        return _refused(WRONG, 401, form=form, tried=(name, to))
    answer = RedirectResponse(view(to), 303) if form else JSONResponse({"user": name.strip().lower()})
    secure = request.scope["scheme"] == "https" or request.headers.get("origin", "").lower().startswith("https://")
    answer.set_cookie(
        SECURE_COOKIE if secure else COOKIE, secret, max_age=int(LONGEST_SECONDS), httponly=True, samesite="strict", secure=secure
    )
    return answer


def signing_out(entrance: Entrance, request: Request) -> Response:
    """Answer POST /logout: the session is over."""
    from starlette.responses import RedirectResponse

    entrance.sign_out(request.headers)
    answer = RedirectResponse("/login", 303)
    for name, secure in ((COOKIE, False), (SECURE_COOKIE, True)):
        answer.delete_cookie(name, httponly=True, samesite="strict", secure=secure)
    return answer


def view(address: str) -> str:
    """`address` if it is one of the page's own views, else the first: nobody is led elsewhere by a link to /login."""
    return address if VIEW.fullmatch(address) else "/"


def page(user: str = "", *, trouble: str = "", name: str = "", to: str = "") -> str:
    """The page at /login: a form, or who is signed in and the way out. After signing in, it leads on to the view `to`."""
    if user:
        inner = (
            f'<p>You are signed in as <b>{escape(user)}</b>.</p><p><a href="/">Back to your notes</a></p>'
            '<form method="post" action="/logout"><button>Sign out</button></form>'
        )
    else:
        said = f'<p class="trouble" role="alert" id="trouble">{escape(trouble)}</p>' if trouble else ""
        marked = ' aria-invalid="true" aria-describedby="trouble"' if trouble else ""
        inner = (
            f'<form method="post" action="/login">{said}<input type="hidden" name="to" value="{escape(view(to))}">'
            f'<label for="name">Name</label><input id="name" name="name" value="{escape(name[:64])}" required '
            f'autocomplete="username" autocapitalize="none" spellcheck="false"{"" if name else " autofocus"}{marked}>'
            '<label for="password">Password</label><input id="password" name="password" type="password" required '
            f'autocomplete="current-password"{" autofocus" if name else ""}{marked}><button>Sign in</button></form>'
        )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>notebot: sign in</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        '<link rel="icon" href="/page/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/page/signin.css"></head>'
        f"<body><main><h1>notebot</h1>{inner}</main></body></html>"
    )


def _refused(reason: str, status: int, *, form: bool, tried: tuple[str, str]) -> Response:
    from starlette.responses import HTMLResponse, JSONResponse

    if form:
        name, to = tried
        return HTMLResponse(page(trouble=reason, name=name, to=to), status)
    return JSONResponse({"error": {"kind": "sign_in", "message": reason}}, status)


def _given(body: bytes, *, form: bool) -> tuple[str, str, str]:
    """Name, password and where to go on; empty texts for what is missing."""
    try:
        text = body.decode("utf-8")
        given = {key: values[0] for key, values in parse_qs(text, max_num_fields=10).items()} if form else json.loads(text)
        name, password, to = given.get("name", ""), given.get("password", ""), given.get("to", "")
    except (ValueError, AttributeError, RecursionError):
        return "", "", ""
    if not isinstance(name, str) or not isinstance(password, str):
        return "", "", ""
    return name, password, to if isinstance(to, str) else ""


def _type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _cookies(headers: Headers) -> list[str]:
    """The secrets that a request carries, the safer first. Cookies of other programs on this host are passed over."""
    found: dict[str, str] = {}
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            key, _, value = part.strip().partition("=")
            if key in {COOKIE, SECURE_COOKIE}:
                found.setdefault(key, value)
    return [found[key] for key in (SECURE_COOKIE, COOKIE) if found.get(key)]
