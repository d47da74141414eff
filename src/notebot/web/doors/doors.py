"""Every door for programs, put into the app: /api, /v1, /openapi.json and /mcp."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from starlette.routing import Route

from notebot.web.desk import Desk
from notebot.web.doors.mcp import McpOverHttp
from notebot.web.doors.openapi import doors

if TYPE_CHECKING:
    from fastapi import FastAPI


def open_doors(desk: Desk, app: FastAPI, *, hosts: Collection[str]) -> FastAPI:
    """The app, with the doors. `hosts` are the names that this server answers to, as its guard has them."""
    for router in doors(desk):
        app.include_router(router)
    mcp = McpOverHttp(desk, hosts=hosts)
    app.router.routes.append(Route("/mcp", endpoint=mcp))
    app.router.lifespan_context = mcp.lifespan
    return app
