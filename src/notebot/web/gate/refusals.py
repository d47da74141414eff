"""How a refusal is told: in the shape that each door's clients read."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Scope

VIEWS = frozenset({"/", "/notes", "/notes/", "/settings", "/settings/", "/review"})  # what a person opens
SIGN_IN = "Sign in at /login, or send a token: Authorization: Bearer TOKEN"
LONGEST = 2_000  # characters of a query that is come back to
KINDS = {400: "usage", 401: "sign_in", 403: "forbidden", 404: "not_found", 408: "timeout", 413: "too_big", 429: "too_many"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not answered: the status and the reason, and headers beside ours."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()


def too_many(seconds: float, reason: str = "") -> Refusal:
    """Somebody asks too often; `seconds` are left to wait."""
    wait = max(1, round(seconds + 0.5))
    return Refusal(429, reason or f"Too many requests. Try again in {wait} s.", (("Retry-After", str(wait)),))


def unknown() -> Refusal:
    """Nobody known asks."""
    return Refusal(401, SIGN_IN, (("WWW-Authenticate", 'Bearer realm="notebot"'),))


def response(refusal: Refusal, scope: Scope) -> Response:
    """The refusal as an answer to this request. A person who must sign in first is led there."""
    path, status = scope["path"], refusal.status
    if status == 401 and scope["method"] in {"GET", "HEAD"} and path in VIEWS:
        return RedirectResponse(_sign_in(scope), 303)
    headers = dict(refusal.headers)
    kind = KINDS.get(status, "refused")
    if path.startswith("/v1/"):
        sort = {401: "authentication_error", 429: "rate_limit_error"}.get(status, "invalid_request_error")
        code = "invalid_api_key" if status == 401 else kind
        error = {"message": refusal.reason, "type": sort, "param": None, "code": code}
        return JSONResponse({"error": error}, status, headers)
    if path == "/mcp" or path.startswith("/mcp/"):
        fault = {"code": -32001 if status == 401 else -32600, "message": refusal.reason}
        return JSONResponse({"jsonrpc": "2.0", "id": None, "error": fault}, status, headers)
    if path.startswith("/api/"):
        return JSONResponse({"schema": 1, "error": {"kind": kind, "message": refusal.reason}}, status, headers)
    if path.startswith("/gradio_api/"):
        return JSONResponse({"detail": refusal.reason}, status, headers)
    return PlainTextResponse(f"{refusal.reason}\n", status, headers)


def _sign_in(scope: Scope) -> str:
    """Where to sign in, and from there back to what was wanted; /login itself looks at where that leads."""
    query = scope.get("query_string", b"")[:LONGEST].decode("latin-1")
    wanted = f"{scope['path']}?{query}" if query else scope["path"]
    return "/login" if wanted == "/" else f"/login?to={quote(wanted, safe='')}"
