"""Headers on a response as it passes; against a real server they are looked at in test_guard.py."""

from __future__ import annotations

import asyncio
from typing import Any

from notebot.web.gate.policy import EVAL, Protected, script_policy


def passed(path: str, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        answer = Protected(send, path)
        for message in messages:
            await answer.send(message)

    asyncio.run(run())
    return sent


def start(kind: bytes, *more: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind), *more]}


def test_only_inline_scripts_get_a_digest() -> None:
    page = b'<script src="/x.js"></script><script>one()</script><script>one()</script><script type=m>two()</script>'
    policy = script_policy(page)
    assert policy.count("'sha256-") == 2
    assert EVAL in policy
    assert EVAL not in script_policy(b"", extra="")


def test_a_page_is_held_back_until_it_is_whole() -> None:
    pieces = [{"type": "http.response.body", "body": b"<script>on", "more_body": True}]
    held = passed("/", start(b"text/html"), *pieces)
    assert held == []
    whole = passed("/", start(b"text/html"), *pieces, {"type": "http.response.body", "body": b"e()</script>"})
    headers = dict(whole[0]["headers"])
    assert b"'sha256-" in headers[b"content-security-policy"]
    assert headers[b"content-length"] == b"22"


def test_a_stream_passes_at_once_and_is_protected() -> None:
    begun = passed("/api/ask", start(b"text/event-stream", (b"Access-Control-Allow-Origin", b"*")))
    headers = dict(begun[0]["headers"])
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert headers[b"cache-control"] == b"no-store"
    assert not [name for name in headers if name.lower().startswith(b"access-control")]


def test_the_sign_in_page_runs_nothing_and_keeps_its_origin() -> None:
    (begun, _) = passed("/login", start(b"text/html"), {"type": "http.response.body", "body": b"<p>"})
    headers = dict(begun["headers"])
    assert b"unsafe-eval" not in headers[b"content-security-policy"]
    assert headers[b"referrer-policy"] == b"same-origin"
