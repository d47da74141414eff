"""All doors in the app that serves the page: beside it, and with its guard around them."""

from __future__ import annotations

from typing import Any

import httpx

CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
SPEAKS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}


def test_every_door_is_open_beside_the_page(served: Any) -> None:
    assert httpx.get(served.address).status_code == 200
    for path in ("/api/status", "/api/sources", "/v1/models", "/openapi.json"):
        answer = httpx.get(served.address + path)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert httpx.post(f"{served.address}/api/ask", json={"question": "What?"}).json()["schema"] == 1
    assert "search_notes" in httpx.post(f"{served.address}/mcp", json=CALL, headers=SPEAKS).text


def test_the_guard_is_around_all_of_them(served: Any) -> None:
    for method, path in (
        ("GET", "/api/status"),
        ("POST", "/api/ask"),
        ("GET", "/v1/models"),
        ("POST", "/mcp"),
        ("GET", "/openapi.json"),
    ):
        assert httpx.request(method, served.address + path, headers={"Host": "evil.example"}).status_code == 400
        answer = httpx.request(method, served.address + path, headers={"Origin": "http://evil.example"})
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
