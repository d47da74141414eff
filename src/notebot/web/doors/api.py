"""The API for programs: ask, search, and look at what is indexed, as JSON."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from notebot import render
from notebot.errors import NotThere
from notebot.events import Event
from notebot.render.events import event_json, event_name
from notebot.retrieve.filters import narrowed
from notebot.states import SourceState
from notebot.types import Chunk, Passage
from notebot.web.desk import Asking, Desk
from notebot.web.doors import schemas
from notebot.web.doors.door import Door, close
from notebot.web.doors.faults import fault_json
from notebot.web.doors.opaque import found, name_of, opaque
from notebot.web.doors.relay import EventStream, answer_of, batches, begun, relayed, unless_gone
from notebot.web.gate.who import user_of

STREAM = "text/event-stream"
ALIVE = ": \n\n"  # a comment: nothing has happened, and the connection is wanted
EVENTS = ("stage", "found", "draft", "checked", "settled", "beyond", "done", "error")
NO_PASSAGE = "The index has no such passage. It may have changed since: search again."


def sent_events(*names: str) -> dict[str, Any]:
    """The schema of one server-sent event, as OpenAPI has them: its name, if it has one, and JSON in a text."""
    data = {"type": "string", "contentMediaType": "application/json"}
    if not names:
        return {"type": "object", "properties": {"data": data}, "required": ["data"]}
    return {"type": "object", "properties": {"event": {"enum": list(names)}, "data": data}, "required": ["event", "data"]}


NOT_USABLE: dict[int | str, dict[str, Any]] = {
    422: {"model": schemas.FaultOut, "description": "The request cannot be used; the message names the field."}
}
NO_INDEX: dict[int | str, dict[str, Any]] = {
    503: {"model": schemas.FaultOut, "description": "There is no index, no model, or another process holds it. Says what to do."}
}
NOT_THERE: dict[int | str, dict[str, Any]] = {404: {"model": schemas.FaultOut, "description": "The index does not have it."}}
REFUSED = {
    401: "This server has users, and the request names none: send Authorization: Bearer TOKEN.",
    403: "The request comes from another site.",
    413: "The request is too large.",
    429: "Too much is asked at once: see Retry-After.",
}
GUARDED: dict[int | str, dict[str, Any]] = {
    status: {"model": schemas.FaultOut, "description": about} for status, about in REFUSED.items()
}
ASKED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer. With `stream`, the events that lead to it, each with `event: NAME` and `data: JSON`: any "
        "number of `stage` {name, detail}; `found` {passages}; `draft` {text}, unchecked, and `checked` "
        "{sentence}, which replaces the drafts before it; with --open `settled` (an answer) and `beyond` {text}; "
        "and at the end `done`, an answer, which replaces everything before it, or `error`. Lines that begin with "
        "a colon are signs of life.",
        "content": {STREAM: {"schema": sent_events(*EVENTS)}},
    },
    400: {"model": schemas.FaultOut, "description": "The body is not JSON."},
    415: {"model": schemas.FaultOut, "description": "The body is not said to be JSON."},
}


def api(desk: Desk) -> APIRouter:
    """The routes under /api."""
    router = APIRouter(prefix="/api", route_class=Door, tags=["notes"], responses=GUARDED)

    @router.post("/ask", response_model=schemas.AnswerOut, responses={**ASKED, **NOT_USABLE, **NO_INDEX})
    async def ask(request: Request, question: schemas.Question) -> Response:
        """Answer one question from the notes. Every sentence is checked against them, and says where it stands."""
        asking = Asking(question.question, question.turns(), question.filters.filters(), user_of(request.scope))
        if question.stream or STREAM in request.headers.get("accept", ""):
            return EventStream(_sent(await begun(request, batches(desk, asking))))
        return JSONResponse(render.answer_json(await unless_gone(request, answer_of(relayed(desk, asking)))))

    @router.get("/search", response_model=schemas.PassagesOut, responses={**NOT_USABLE, **NO_INDEX})
    def search(query: Annotated[schemas.Search, Query()]) -> Response:
        """The passages nearest to `q`, best first, without a model. With filters alone, all that pass, the newest first."""
        plain, filters = narrowed(query.q, query.filters())
        asked = desk.bot.rewritten(plain) if plain else ""
        passages = desk.bot.search(asked, query.limit, filters=filters)
        return JSONResponse(render.passages_json(query.q, passages, asked=asked, filters=filters))

    _add_looking(router, desk)
    close(router)
    return router


def _add_looking(router: APIRouter, desk: Desk) -> None:
    """The routes that show what is indexed."""

    @router.get("/status", response_model=schemas.StatusOut, responses=NO_INDEX)
    def status() -> Response:
        """What the index holds."""
        return JSONResponse(render.state_json(desk.bot.state()))

    @router.get("/sources", response_model=schemas.SourcesOut, responses=NO_INDEX)
    def sources() -> Response:
        """Every note and page, with the id to ask for it by."""
        listed = [source_json(source) for source in desk.bot.state().sources]
        return JSONResponse({"schema": render.SCHEMA, "sources": listed})

    @router.get("/sources/{token}", response_model=schemas.OneSourceOut, responses={**NOT_THERE, **NO_INDEX})
    def source(token: str) -> Response:
        """One note or page, with its passages in order. `token` is the id that /api/sources gives."""
        state, chunks = found(desk.bot, name_of(token))
        return JSONResponse({"schema": render.SCHEMA, "source": source_json(state), "passages": list(map(chunk_json, chunks))})

    @router.get("/passages/{token}", response_model=schemas.OnePassageOut, responses={**NOT_THERE, **NO_INDEX})
    def passage(token: str) -> Response:
        """One passage, by the id that answers and searches give."""
        chunk = desk.bot.read(lambda catalog: catalog.chunks([token]).get(token))
        if chunk is None:
            raise NotThere(NO_PASSAGE)
        return JSONResponse({"schema": render.SCHEMA, "passage": chunk_json(chunk)})


def source_json(source: SourceState) -> dict[str, object]:
    """A note or page as it stands in the index, with its id."""
    return {"id": opaque(source.source), **asdict(source)}


def chunk_json(chunk: Chunk) -> dict[str, object]:
    """A passage that was not searched for."""
    return render.passage_json(Passage(chunk, 0.0, 0.0))


async def _sent(events: AsyncGenerator[tuple[Event, ...], None]) -> AsyncGenerator[str, None]:
    """The events as text; what goes wrong becomes an event too."""
    async with aclosing(events):
        try:
            async for batch in events:
                yield "".join(_frame(event_name(event), event_json(event)) for event in batch) or ALIVE
        except Exception as error:  # the status is sent already; a program hears it here
            yield _frame("error", fault_json(error))


def _frame(name: str, data: Mapping[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
