"""Who may talk to the web page: host, origin, path and size of every request, and the headers of every response.

A page on 127.0.0.1 can be reached by any web site that is open in the same browser. So a request counts only if it
names this machine as its host, comes from our own page or from no page at all, asks for a path that the page needs,
and is small. What is not on the lists is refused: a new Gradio version opens no new door.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 1_000_000  # bytes; a question is at most 8,000 characters
READ_LIMIT = 4 * BODY_LIMIT
HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?")
OPEN_PATHS = re.compile(
    r"/|/notes/?|/settings/?|/healthz|/page/[a-z.]+|/config/?|/theme\.css|/favicon\.ico|/manifest\.json|/(?:assets|static|svelte)/(?!.*\.\.).+"
    r"|/gradio_api/(?:queue/(?:join|data)|cancel|reset|info|app_id|startup-events|theme\.css|heartbeat/[A-Za-z0-9_-]+)"
)
CACHED_PATHS = ("/assets/", "/static/")  # Gradio's own files, which hold nothing of the user's
INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
BASE = re.compile(rb"<base\s[^>]*>")  # Gradio's `./`; under it, links to a place on the page would lose the query
FORWARDED = (b"forwarded", b"x-forwarded")

POLICY = (
    "default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
EVAL = "'unsafe-eval'"  # gr.HTML builds the function that fills its template at run time
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware around the whole app. `hosts` are the names a request may use for this machine, without port."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = _Response(send, scope["path"])
        refused = refusal(scope, self.hosts)
        body = await _body(scope, receive)  # also when refused: an answer sent before the body has arrived may be lost
        if refused is None and body is None:
            refused = 413, f"A request may be at most {BODY_LIMIT:,} bytes."
        if refused or body is None:
            status, reason = refused or (400, "")
            await PlainTextResponse(f"{reason}\n", status)(scope, receive, answer.send)
            return
        await self.app(_direct(scope), _replayed(body, receive), answer.send)


def refusal(scope: Scope, hosts: Iterable[str]) -> tuple[int, str] | None:
    """Status and reason why this request is refused, or None. Host comes first: nothing else is said to a stranger."""
    headers = Headers(scope=scope)
    named = headers.getlist("host")
    match = HOST.fullmatch(named[0]) if len(named) == 1 else None
    if match is None or match["name"].lower() not in hosts:
        return 400, "This is not a name of this server."
    origins = headers.getlist("origin")
    if any(origin.lower() not in (f"http://{named[0]}".lower(), f"https://{named[0]}".lower()) for origin in origins):
        return 403, "Other sites may not use notebot."
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not _follows_link(scope, headers):
        return 403, "Other sites may not use notebot."
    if not OPEN_PATHS.fullmatch(scope["path"]):
        return 404, "There is nothing here."
    return None


def script_policy(page: bytes) -> str:
    """The content security policy for `page`: of inline scripts, only those it was built with may run.

    So text that slips through as HTML still cannot run: neither as a script nor as an event handler.
    """
    digests = (hashlib.sha256(script).digest() for script in INLINE_SCRIPT.findall(page))
    allowed = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    return POLICY.format(scripts=" ".join([EVAL, *dict.fromkeys(allowed)]))


def _follows_link(scope: Scope, headers: Headers) -> bool:
    """A person followed a link on another site to our front page, in a tab of its own."""
    navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return bool(scope["method"] == "GET" and scope["path"] == "/" and navigates)


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole request body, or None when it is over the limit. Read here so that no route can be fed without end.

    A body that is a little over is read to its end all the same, for its sender to hear the answer.
    """
    declared = Headers(scope=scope).get("content-length", "0")
    if not declared.isdecimal() or int(declared) > READ_LIMIT:
        return None
    body = bytearray()
    while len(body) <= READ_LIMIT:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body", False):
            return bytes(body) if len(body) <= BODY_LIMIT else None
    return None


def _replayed(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


def _direct(scope: Scope) -> Scope:
    """The request without what a proxy would add: Gradio would build the page's addresses from it."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if not name.startswith(FORWARDED)]}


class _Response:
    """Puts our headers on one response. A page is held back until it is whole, because its policy names its scripts."""

    def __init__(self, send: Send, path: str) -> None:
        self._send = send
        self._path = path
        self._start: Message | None = None
        self._page = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = self._protected(message)
            if headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        elif self._start is not None:
            self._page += message.get("body", b"")
            if message.get("more_body", False):
                return
            page = BASE.sub(b"", bytes(self._page))
            headers = MutableHeaders(scope=self._start)
            headers.update({"Content-Security-Policy": script_policy(page), "Content-Length": str(len(page))})
            await self._send(self._start)
            message = {"type": "http.response.body", "body": page}
        await self._send(message)

    def _protected(self, message: Message) -> MutableHeaders:
        message["headers"] = [pair for pair in message.get("headers", ()) if not pair[0].lower().startswith(b"access-control-")]
        headers = MutableHeaders(scope=message)
        headers.update(HEADERS)
        headers["Content-Security-Policy"] = POLICY.format(scripts=EVAL)
        if not self._path.startswith(CACHED_PATHS):
            headers["Cache-Control"] = "no-store"
        return headers
