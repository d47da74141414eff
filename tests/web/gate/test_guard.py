"""Who may talk to the page, against a real server: hosts, origins, paths, sizes, headers."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from notebot.web.gate import limits
from notebot.web.gate.guard import refusal

PARAMETER = re.compile(r"\{[^}]*\}")
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
    ("POST", "/logout"),
    ("GET", "/login"),
    ("GET", "/docs"),
]
JOIN = {"data": [], "fn_index": 999, "session_hash": "abc"}


def all_routes(app: Any) -> list[tuple[str, str]]:
    """Method and path of every route that the app has, Gradio's among them, with something put in for each parameter."""
    found: dict[tuple[str, str], None] = {}
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop(0)
        if hasattr(route, "effective_route_contexts"):  # a router as FastAPI keeps one that was included
            waiting += route.effective_route_contexts()
        elif below := getattr(getattr(route, "app", None), "routes", None):
            waiting += below
        elif path := PARAMETER.sub("abc", getattr(route, "path", None) or ""):
            methods = set(getattr(route, "methods", None) or {"GET", "POST"})
            found |= dict.fromkeys((method, path) for method in methods - {"HEAD"})
    return [*found, ("GET", "/no/such/path")]


@pytest.fixture(scope="module")
def routes(served: Any) -> list[tuple[str, str]]:
    found = all_routes(served.app)
    known = {"/", "/healthz", "/login", "/metrics", "/api/ask", "/v1/models", "/gradio_api/upload", "/gradio_api/queue/data"}
    assert known <= {path for _, path in found}
    assert len(found) > 80
    return found


@pytest.fixture(scope="module")
def client(served: Any) -> Iterator[httpx.Client]:
    # A connection for each request: one that the server has dropped after an error must not be met again by another test.
    with httpx.Client(base_url=served.address, timeout=15, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        yield client


def call(client: httpx.Client, method: str, path: str, **headers: str) -> httpx.Response:
    """One request; of a stream only the head is read."""
    body = {"json": JOIN} if method == "POST" else {}
    with client.stream(method, path, headers=headers, **body) as response:
        if "event-stream" not in response.headers.get("content-type", ""):
            response.read()
        return response


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_input_99_foreign_host_is_refused_on_every_route(client: httpx.Client, host: str, routes: list[tuple[str, str]]) -> None:
    named = host.format(port=urlsplit(str(client.base_url)).port)
    answers = {route: call(client, *route, Host=named).status_code for route in routes}
    assert answers == dict.fromkeys(routes, 400)


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
def test_input_99_other_sites_reach_nothing(client: httpx.Client, headers: dict[str, str], routes: list[tuple[str, str]]) -> None:
    answers = {route: call(client, *route, **headers).status_code for route in routes}
    assert answers == dict.fromkeys(routes, 403)


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


ODD = [
    "/page/..%2f..%2fetc%2fpasswd",
    "/page/%2e%2e/style.css",
    "/page/style.css%00.svg",
    "/page/C:foo",
    "/page/%5c%5cserver%5cshare",
    "/windows/win.ini",
    "/static/..%2f..%2fetc/passwd",
    "/static/C:foo",
    "/assets/a/..%5c..%5cb",
    "/assets/%00",
    "/assets/C:%5cwindows%5cwin.ini",
    "/svelte/../../x",
    "/api/sources/..%2f..%2fetc%2fpasswd",
    "/api/sources/notes.md%00",
    "/api/sources/C:foo",
    "/api/sources/%5c%5cserver%5cshare",
    "/api/sources/..",
    "/v1/models/..%2f..",
    "/gradio_api/heartbeat/..%2fx",
]


@pytest.mark.parametrize("path", ODD)
def test_input_104_paths_that_lead_elsewhere(served: Any, path: str) -> None:
    where = urlsplit(served.address)
    with socket.create_connection((where.hostname, where.port), timeout=15) as raw:  # httpx would tidy the path
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"root:" not in answer


@pytest.mark.parametrize("path", ["/assets/C:foo", "/assets/a\\b", "/assets/a\x00b", "/static/c:\\windows", "/assets/a\nb"])
def test_input_104_the_guard_itself_refuses_them_before_any_route_is_asked(path: str) -> None:
    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"localhost")]}
    refused = refusal(scope, {"localhost"})
    assert refused is not None
    assert refused.status == 404
    assert refusal({**scope, "path": "/assets/index.js"}, {"localhost"}) is None


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/api/ask", "/v1/chat/completions", "/mcp"])
def test_only_json_is_read(client: httpx.Client, path: str, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    assert client.post(path, content=b'{"question": "x"}', headers=headers).status_code == 415


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions", "/mcp"])
def test_input_96_big_bodies_are_refused_at_every_door(client: httpx.Client, path: str) -> None:
    answer = client.post(path, content=b"[" * 1_000_001, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_no_answer_allows_another_origin(client: httpx.Client, routes: list[tuple[str, str]]) -> None:
    own = str(client.base_url).rstrip("/")
    for route in routes:
        answer = call(client, *route, Origin=own)
        assert not [name for name in answer.headers if name.startswith("access-control-")], route
        assert answer.headers["content-security-policy"].startswith("default-src 'self'"), route
        assert answer.headers["x-frame-options"] == "DENY", route


def test_input_100_a_slow_body_is_cut(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IDLE_SECONDS", 0.3)
    where = urlsplit(served.address)
    head = f"POST /api/ask HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    with socket.create_connection((where.hostname, where.port), timeout=15) as raw:
        raw.sendall(head.encode() + b'{"q')
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))  # to its end: the connection is closed as well
    assert answer.startswith(b"HTTP/1.1 408")


def test_headers_without_end_are_refused(served: Any) -> None:
    where = urlsplit(served.address)
    with socket.create_connection((where.hostname, where.port), timeout=15) as raw:
        raw.sendall(f"GET /healthz HTTP/1.1\r\nHost: {where.netloc}\r\nX-Long: {'x' * 70_000}".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 400")


# --- where people sign in ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served_team(scripted: ModuleType, team_module: ModuleType) -> Iterator[Any]:
    with team_module.team(scripted.ScriptedBot(scripted.story()), requests_per_minute=0) as found:
        yield found


FREE = {"/login", "/logout", "/healthz"}


def test_nothing_is_told_to_somebody_who_has_not_signed_in(served_team: Any, routes: list[tuple[str, str]]) -> None:
    with served_team.client() as client:
        answers = {route: call(client, *route).status_code for route in routes if route[1] not in FREE}
    views = {("GET", path) for path in ("/", "/notes", "/notes/", "/settings", "/settings/", "/review")}
    assert {route: status for route, status in answers.items() if status not in (401, 404)} == {
        route: 303 for route in answers if route in views
    }


def test_a_tab_belongs_to_one_user(served_team: Any, team_module: ModuleType) -> None:
    ada, bob = served_team.client("ada"), served_team.client("bob")
    assert team_module.ask_on_page(ada, "What is data mining?", "tabada").status_code == 200
    assert team_module.ask_on_page(bob, "What did she ask?", "tabada").status_code == 404
    assert call(bob, "GET", "/gradio_api/queue/data?session_hash=tabada").status_code == 404
    assert call(bob, "GET", "/gradio_api/heartbeat/tabada").status_code == 404
    cancel = {"session_hash": "tabada", "fn_index": 0, "event_id": "x"}
    assert bob.post("/gradio_api/cancel", json=cancel).status_code == 404
    with ada.stream("GET", "/gradio_api/queue/data?session_hash=tabada") as stream:
        heard = [message["msg"] for message in team_module.messages(stream.iter_lines())]
    assert heard[-2:] == ["process_completed", "close_stream"]


def test_what_is_asked_is_kept_for_the_user_who_asked(served_team: Any, team_module: ModuleType) -> None:
    for name in ("ada", "bob"):
        client, tab = served_team.client(name), f"own{name}"
        assert team_module.ask_on_page(client, f"A question of {name}?", tab).status_code == 200
        with client.stream("GET", f"/gradio_api/queue/data?session_hash={tab}") as stream:
            list(team_module.messages(stream.iter_lines()))
        listed = client.get("/page/conversations").text
        assert f"A question of {name}?" in listed
        assert f"A question of {'bob' if name == 'ada' else 'ada'}?" not in listed


def test_too_many_requests_are_told_to_wait(scripted: ModuleType, team_module: ModuleType) -> None:
    with team_module.team(scripted.ScriptedBot([]), requests_per_minute=40) as found:
        ada = found.client(Authorization=f"Bearer {found.token}")
        answers = [ada.get("/api/status") for _ in range(14)]
        assert [answer.status_code for answer in answers[:10]] == [200] * 10
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert ada.get("/page/icon.svg").status_code == 200  # what a view is made of is not counted
        assert found.client().get("/healthz").status_code == 200  # nobody else is held up
