"""What the server says of itself on standard error: one JSON object a line, and never what anybody asked or wrote."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO

from starlette.types import Scope

from notebot.web.gate.who import user_of

NAME = "notebot"
LEVELS = {"warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}
# First parts of paths that end in a name or an id: what follows them is not written down.
ENDING_IN_A_NAME = (
    "/assets/", "/static/", "/svelte/", "/page/", "/gradio_api/heartbeat/", "/api/sources/", "/api/conversations/", "/v1/models/"
)  # fmt: skip
OWN_ROUTES = frozenset(
    "/ /notes /settings /review /login /logout /healthz /metrics /openapi.json /mcp /config /theme.css /favicon.ico "
    "/manifest.json /gradio_api/queue/join /gradio_api/queue/data /gradio_api/cancel /gradio_api/reset /gradio_api/info "
    "/gradio_api/app_id /gradio_api/startup-events /gradio_api/theme.css /api/ask /api/search /api/status "
    "/v1/chat/completions /v1/models".split()
)
OTHER = "(other)"
METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())


class Access:
    """Writes one line for each request: method, route, status, milliseconds, and a name for the user that only this run has."""

    def __init__(self) -> None:
        self._log = logging.getLogger(f"{NAME}.web.access")
        self._salt = secrets.token_bytes(16)

    def told(self, scope: Scope, status: int, seconds: float) -> None:
        """A request is over. `status` 0: it was cut before it was answered."""
        if not self._log.isEnabledFor(logging.INFO):
            return
        user = user_of(scope)
        facts = {
            "method": scope["method"]
            if scope["method"] in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
            else OTHER,
            "route": route(scope["path"]),
            "status": status,
            "ms": round(seconds * 1000, 1),
            "user": hashlib.blake2b(user.encode(), key=self._salt, digest_size=4).hexdigest() if user else "",
        }
        self._log.info("request", extra={"facts": facts})


def route(path: str) -> str:
    """A path without what people or notes put into it."""
    bare = path.rstrip("/") or "/"
    if bare in OWN_ROUTES:
        return bare
    return next((f"{first}*" for first in ENDING_IN_A_NAME if path.startswith(first)), OTHER)


@contextmanager
def logging_to(stream: IO[str], level: str) -> Iterator[None]:
    """Inside the block, notebot's loggers write to `stream`. `level` is a value of the setting `log`; off changes nothing."""
    if level not in LEVELS:
        yield
        return
    logger = logging.getLogger(NAME)
    before = logger.level, logger.propagate
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    logger.setLevel(LEVELS[level])
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before


class JsonLines(logging.Formatter):
    """A record as one line of JSON. Of an exception its kind and its place, not what it says: that may be text of a note."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"at": when, "level": record.levelname.lower(), "logger": record.name}
        line["event"] = record.getMessage()
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            line["exception"] = record.exc_info[0].__name__
            line["where"] = [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno}" for frame in frames][-8:]
        return json.dumps(line, ensure_ascii=False)
