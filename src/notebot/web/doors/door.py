"""A route for programs: what is asked of every request, and every error in the shape of its door."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute, APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match

from notebot.web.doors.faults import NOTHING_HERE, WANTS_JSON, fault

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
GONE = 499  # nobody reads it: the client has closed the connection
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Door(APIRoute):
    """One route of our own API."""

    openai = False

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                if self.include_in_schema and request.method == "POST" and not _is_json(request):
                    raise HTTPException(415, WANTS_JSON)
                return await inner(request)
            except ClientDisconnect:
                return Response(status_code=GONE)
            except Exception as error:  # the rim of the program: whatever it is, a program gets one JSON object
                return fault(error, openai=self.openai)

        return handle


class OpenAIDoor(Door):
    """One route of the API that is shaped like OpenAI's."""

    openai = True


def close(router: APIRouter) -> None:
    """Answer for everything else under the router's prefix: 405 for a path that has other methods, 404 for what is not there."""
    known = list(router.routes)

    async def nothing_here(request: Request) -> Response:
        allowed = {method for route in known if _fits(route, request) for method in getattr(route, "methods", ())}
        if not allowed:
            raise HTTPException(404, NOTHING_HERE)
        wanted = ", ".join(sorted(allowed))
        raise HTTPException(405, f"{request.method} cannot be used here: use {wanted}.", {"Allow": wanted})

    for path in ("", "/{rest:path}"):
        router.add_api_route(path, nothing_here, methods=METHODS, include_in_schema=False)


def _fits(route: Any, request: Request) -> bool:
    return bool(route.matches(request.scope)[0] is not Match.NONE)


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
