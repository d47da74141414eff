"""Who may talk to the page, against a real server: hosts, origins, paths, sizes, headers."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

ROUTES = [
    ("GET", "/"),
    ("GET", "/healthz"),
    ("GET", "/config"),
    ("GET", "/theme.css"),
    ("GET", "/page/style.css"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/heartbeat/abc"),
    ("GET", "/gradio_api/queue/data?session_hash=abc"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/upload"),
    ("GET", "/monitoring"),
    ("GET", "/no/such/path"),
]
FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:{port}",
    "127.0.0.1.evil.example:{port}",
    "localhost.evil.example",
    "evil.example#127.0.0.1",
    "user@127.0.0.1:{port}",
    "0.0.0.0:{port}",
    "10.0.0.5:{port}",
    "[::]:{port}",
    "[::1",
    "localhost:{port}:80",
    "localhost.",
    "",
]
STREAMS = ["/gradio_api/heartbeat/abc", "/gradio_api/queue/data?session_hash=abc"]
CLOSED = [
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api//upload"),
    ("POST", "/gradio_api/%75pload"),
    ("GET", "/gradio_api/upload_progress?upload_id=1"),
    ("GET", "/monitoring"),
    ("GET", "/monitoring/summary"),
    ("GET", "/gradio_api/file=/etc/passwd"),
    ("GET", "/gradio_api/file=https://evil.example/"),
    ("GET", "/gradio_api/file/etc/passwd"),
    ("GET", "/file=/etc/passwd"),
    ("GET", "/gradio_api/proxy=https://evil.example/"),
    ("GET", "/static/../../../../etc/passwd"),
    ("GET", "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd"),
    ("GET", "/page/host.py"),
    ("GET", "/page/..%2fhost.py"),
    ("POST", "/gradio_api/call/answering"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/gradio_api/component_server"),
    ("GET", "/gradio_api/runs"),
    ("GET", "/gradio_api/openapi.json"),
    ("GET", "/gradio_api/mcp/sse"),
    ("POST", "/login"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
]
JOIN = {"data": [], "fn_index": 999, "session_hash": "abc"}


@pytest.fixture(scope="module")
def client(served: Any) -> Iterator[httpx.Client]:
    # A connection for each request: one that the server has dropped after an error must not be met again by another test.
    with httpx.Client(base_url=served.address, timeout=5, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        yield client


def call(client: httpx.Client, method: str, path: str, **headers: str) -> httpx.Response:
    """One request; of a stream only the head is read."""
    body = {"json": JOIN} if method == "POST" else {}
    with client.stream(method, path, headers=headers, **body) as response:
        if "event-stream" not in response.headers.get("content-type", ""):
            response.read()
        return response


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_foreign_host_is_refused_on_every_route(client: httpx.Client, host: str) -> None:
    named = host.format(port=urlsplit(str(client.base_url)).port)
    answers = {path: call(client, method, path, Host=named).status_code for method, path in ROUTES}
    assert answers == {path: 400 for _, path in ROUTES}


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost:{port}", "[::1]:{port}", "localhost", "127.0.0.1:9"]
)
def test_own_host_is_served(client: httpx.Client, host: str) -> None:
    named = host.format(port=urlsplit(str(client.base_url)).port)
    for path in ("/", "/healthz", "/config", "/theme.css", "/page/style.css"):
        assert call(client, "GET", path, Host=named).status_code == 200


def test_two_hosts_in_one_request_are_refused(client: httpx.Client) -> None:
    where = urlsplit(str(client.base_url))
    with socket.create_connection((where.hostname, where.port), timeout=5) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "https://127.0.0.1.evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
)
def test_other_sites_reach_nothing(client: httpx.Client, headers: dict[str, str]) -> None:
    answers = {path: call(client, method, path, **headers).status_code for method, path in ROUTES}
    assert answers == {path: 403 for _, path in ROUTES}


@pytest.mark.parametrize("path", STREAMS)
def test_own_page_may_open_streams(client: httpx.Client, path: str) -> None:
    assert (
        call(client, "GET", path, Origin=str(client.base_url).rstrip("/"), **{"Sec-Fetch-Site": "same-origin"}).status_code == 200
    )


def test_link_on_another_site_opens_the_front_page_only(client: httpx.Client) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert call(client, "GET", "/", **followed).status_code == 200
    assert call(client, "GET", "/config", **followed).status_code == 403
    assert call(client, "POST", "/", **followed).status_code == 403


def test_own_page_may_post(client: httpx.Client) -> None:
    answer = call(client, "POST", "/gradio_api/queue/join", Origin=str(client.base_url).rstrip("/"))
    assert answer.status_code not in (400, 403, 404, 413)  # Gradio's own answer to an event that does not exist


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_closed_path(client: httpx.Client, method: str, path: str) -> None:
    answer = call(client, method, path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_big_body_is_refused(client: httpx.Client) -> None:
    declared = client.post("/gradio_api/queue/join", content=b"x" * 1_000_001)
    chunked = client.post("/gradio_api/queue/join", content=(b"x" * 100_000 for _ in range(11)))
    assert (declared.status_code, chunked.status_code) == (413, 413)
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/config", "/page/script.js", "/no/such/path"])
def test_every_response_is_protected(client: httpx.Client, path: str) -> None:
    headers = call(client, "GET", path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
    assert policy["img-src"] == "'self' data:"
    assert "'unsafe-inline'" not in policy["script-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_only_the_inline_scripts_of_the_page_may_run(client: httpx.Client) -> None:
    page = call(client, "GET", "/")
    inline = re.findall(r"<script(?![^>]* src=)", page.text)
    assert page.headers["content-security-policy"].count("'sha256-") == len(inline) > 0
    assert "<base " not in page.text


def test_cors_headers_of_gradio_are_dropped(client: httpx.Client) -> None:
    headers = call(client, "GET", "/config", Origin=str(client.base_url).rstrip("/")).headers
    assert not [name for name in headers if name.startswith("access-control-")]


def test_proxy_headers_do_not_move_the_page(client: httpx.Client) -> None:
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
    assert "evil.example" not in call(client, "GET", "/", **forwarded).text
    assert "evil.example" not in call(client, "GET", "/config", **forwarded).text
