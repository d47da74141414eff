"""What the page asks for beside its answers: a passage in its section, the conversations, what is done with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field

from notebot.errors import NotebotError, NotThere
from notebot.history.export import exported
from notebot.history.store import ME, REASONS, Feedback, History
from notebot.ingest.sources import file_of
from notebot.render.conversations import conversation_json, conversation_markdown
from notebot.render.objects import dumps
from notebot.types import Chunk
from notebot.web.desk import Desk
from notebot.web.gate.who import user_of
from notebot.web.page.reader import Cited, gone_html, passage_html, read_marks, read_near
from notebot.web.page.sidebar import conversations_html

Id = Annotated[str, Field(max_length=100)]
Short = Annotated[str, Query(max_length=4_000)]


class Renaming(BaseModel):
    """A conversation, and what it is called from now on."""

    conversation: Id
    title: Annotated[str, Field(max_length=200)]


class Deleting(BaseModel):
    """A conversation that is to go."""

    conversation: Id


class Judging(BaseModel):
    """What a person thinks of an answer; without a verdict, that they take it back."""

    entry: Id
    verdict: Literal["up", "down", ""]
    reason: Annotated[str, Field(max_length=40)] = ""
    note: Annotated[str, Field(max_length=2_000)] = ""


def asides(desk: Desk, history: History) -> APIRouter:
    """The routes below /page/. What is not there is a 404 with a sentence; other troubles are a 409 with theirs."""
    router = APIRouter(prefix="/page", include_in_schema=False)

    @router.get("/passage")
    def passage(request: Request, source: Short, chunk: Short, marks: Short = "", c: Short = "") -> Response:
        near = read_near(request.query_params.get("near", ""))
        return _told(lambda: HTMLResponse(_passage(desk, history, (source, chunk, marks), (c, user_of(request.scope)), near)))

    @router.get("/conversations")
    def conversations(request: Request, search: Short = "", c: Short = "") -> Response:
        def listed() -> Response:
            found = history.conversations(search, user=user_of(request.scope))
            return HTMLResponse(conversations_html(found, current=c, search=search.strip()))

        return _told(listed)

    @router.get("/export")
    def export(request: Request, c: Short, as_: Annotated[Literal["markdown", "json"], Query(alias="as")]) -> Response:
        return _told(lambda: _exported(history, c, user_of(request.scope), as_))

    @router.post("/rename")
    def rename(request: Request, wanted: Renaming) -> Response:
        return _carried_out(lambda: history.rename(wanted.conversation, wanted.title, user=user_of(request.scope)))

    @router.post("/delete")
    def delete(request: Request, wanted: Deleting) -> Response:
        return _carried_out(lambda: history.delete(wanted.conversation, user=user_of(request.scope)))

    @router.post("/judge")
    def judge(request: Request, wanted: Judging) -> Response:
        return _carried_out(lambda: history.judge(wanted.entry, _feedback(wanted), user=user_of(request.scope)))

    return router


def _told(work: Callable[[], Response]) -> Response:
    try:
        return work()
    except NotThere as error:
        return PlainTextResponse(str(error), 404)
    except NotebotError as error:
        return PlainTextResponse(str(error), 409)


def _carried_out(work: Callable[[], None]) -> Response:
    def done() -> Response:
        work()
        return JSONResponse({"done": True})

    return _told(done)


def _feedback(wanted: Judging) -> Feedback | None:
    if not wanted.verdict:
        return None
    return Feedback(wanted.verdict, wanted.reason if wanted.reason in REASONS else "", wanted.note.strip())


def _passage(desk: Desk, history: History, wanted: tuple[str, str, str], asker: tuple[str, str], near: float | None) -> str:
    """`wanted` is a source, a chunk and its marks; `asker` the conversation it was cited in, and the user."""
    (source, ident, marks), settings = wanted, desk.bot.settings
    chunks = desk.bot.source(source)
    found = next((at for at, chunk in enumerate(chunks) if chunk.id == ident), None)
    if found is None:
        chunk = _as_read(history, ident, asker)
        return passage_html(Cited([chunk], 0, read_marks(marks, chunk), changed=True, near=near)) if chunk else gone_html()
    file = None
    if asker[1] == ME and not chunks[found].page:  # who comes from another machine does not learn where things lie on this one
        with suppress(NotebotError):
            file = file_of(source, settings.knowledge)
    return passage_html(Cited(chunks, found, read_marks(marks, chunks[found]), file=file, near=near), settings.editor)


def _as_read(history: History, ident: str, asker: tuple[str, str]) -> Chunk | None:
    """The passage as it was when the answer was given, from the conversation it was cited in."""
    with suppress(NotThere):
        for entry in history.entries(asker[0], user=asker[1]):
            for passage in entry.answer.passages if entry.answer else ():
                if passage.chunk.id == ident:
                    return passage.chunk
    return None


def _exported(history: History, conversation: str, user: str, form: str) -> Response:
    title, said = exported(history, conversation, user=user)
    name = re.sub(r"[^A-Za-z0-9]+", "-", title).strip("-")[:60] or "conversation"
    if form == "json":
        content, kind, suffix = dumps(conversation_json(title, said)), "application/json", "json"
    else:
        content, kind, suffix = conversation_markdown(title, said), "text/markdown; charset=utf-8", "md"
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}.{suffix}"'})
