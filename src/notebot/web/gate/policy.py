"""What a browser may do with our responses: the headers on each of them, and the content security policy of a page."""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

CACHED_PATHS = ("/assets/", "/static/")  # Gradio's own files, which hold nothing of the user's
PLAIN_PATHS = ("/login", "/logout")  # ours alone, without a script
INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
BASE = re.compile(rb"<base\s[^>]*>")  # Gradio's `./`; under it, links to a place on the page would lose the query

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


def script_policy(page: bytes, *, extra: str = EVAL) -> str:
    """The content security policy for `page`: of inline scripts, only those it was built with may run.

    So text that slips through as HTML still cannot run: neither as a script nor as an event handler.
    """
    digests = (hashlib.sha256(script).digest() for script in INLINE_SCRIPT.findall(page))
    allowed = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    return POLICY.format(scripts=" ".join([*filter(None, [extra]), *dict.fromkeys(allowed)]))


class Protected:
    """Puts our headers on one response, and knows its `status` (0 before it has begun).

    A page is held back until it is whole, because its policy names its scripts.
    """

    def __init__(self, send: Send, path: str) -> None:
        self._send = send
        self._path = path
        self._start: Message | None = None
        self._page = bytearray()
        self._extra = "" if path in PLAIN_PATHS else EVAL
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
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
            headers.update({"Content-Security-Policy": script_policy(page, extra=self._extra), "Content-Length": str(len(page))})
            await self._send(self._start)
            message = {"type": "http.response.body", "body": page}
        await self._send(message)

    def _protected(self, message: Message) -> MutableHeaders:
        message["headers"] = [pair for pair in message.get("headers", ()) if not pair[0].lower().startswith(b"access-control-")]
        headers = MutableHeaders(scope=message)
        headers.update(HEADERS)
        headers["Content-Security-Policy"] = POLICY.format(scripts=self._extra)
        if self._path in PLAIN_PATHS:
            headers["Referrer-Policy"] = "same-origin"  # under no-referrer, a browser sends a form with `Origin: null`
        if not self._path.startswith(CACHED_PATHS):
            headers["Cache-Control"] = "no-store"
        return headers
