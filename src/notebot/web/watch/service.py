"""What the server says of itself: who may come in, whether it is well, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response

from notebot.errors import NotebotError
from notebot.web.gate import refusals, sign_in
from notebot.web.gate.who import address_key, user_of
from notebot.web.watch.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from notebot.web.desk import Desk
    from notebot.web.gate.sign_in import Entrance
    from notebot.web.watch.metrics import Metrics

NOTHING = refusals.Refusal(404, "There is nothing here.")


def service(desk: Desk, *, entrance: Entrance | None = None, metrics: Metrics | None = None) -> APIRouter:
    """/login, /logout, /healthz and /metrics. Where there is nothing to sign in to, or nothing is counted, they are not there.

    They must be added before the page: Gradio has a /login of its own.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    @router.get("/logout")
    def form(request: Request) -> Response:
        if entrance is None:
            return refusals.response(NOTHING, request.scope)
        return HTMLResponse(sign_in.page(user_of(request.scope), to=request.query_params.get("to", "")))

    @router.post("/login")
    async def login(request: Request) -> Response:
        if entrance is None:
            return refusals.response(NOTHING, request.scope)
        return await sign_in.signing_in(entrance, request, address_key(request.scope))

    @router.post("/logout")
    def logout(request: Request) -> Response:
        if entrance is None:
            return refusals.response(NOTHING, request.scope)
        return sign_in.signing_out(entrance, request)

    @router.get("/healthz")
    async def healthz(request: Request, deep: bool = False) -> Response:
        if not deep:
            return JSONResponse({"status": "ok"})
        if entrance and not user_of(request.scope):
            return refusals.response(refusals.unknown(), request.scope)
        found, well = await run_in_threadpool(health, desk)
        return JSONResponse(found, 200 if well else 503)

    @router.get("/metrics")
    def figures(request: Request) -> Response:
        if metrics is None:
            return refusals.response(NOTHING, request.scope)
        return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    return router


def health(desk: Desk) -> tuple[dict[str, object], bool]:
    """Index and model, each with its state, and whether questions can be answered."""
    found: dict[str, object] = {}
    well = True
    try:
        state = desk.bot.state()
        kinds = [source.kind for source in state.sources if source.chunks]
        found["index"] = {
            "status": "ok", "notes": kinds.count("note"), "pages": kinds.count("page"), "passages": state.chunks,
            "generation": state.generation, "ingested_at": state.ingested_at,
        }  # fmt: skip
    except NotebotError as error:
        found["index"], well = {"status": "unusable", "kind": type(error).__name__}, False
    try:
        found["model"] = {"status": "ok", "name": desk.bot.model_name()}
    except NotebotError as error:
        found["model"], well = {"status": "unusable", "kind": type(error).__name__}, False
    making, waiting = desk.counts()
    return {"status": "ok" if well else "unusable", **found, "answers": {"in_progress": making, "waiting": waiting}}, well
