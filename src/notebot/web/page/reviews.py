"""Looking at drafted questions in the browser: the page at /review, and what its buttons ask for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, Field

from notebot.errors import NotebotError, UsageError
from notebot.evals.cases import CaseSet
from notebot.evals.generate import Wanted, drafting, summary
from notebot.evals.reviewing import DRAFTS, Reviewed, decide, edited, home, load, pending, read_facts, sets_in
from notebot.evals.set_files import set_text, write_whole
from notebot.steps import finished
from notebot.web.desk import Desk
from notebot.web.page.drafts import left_text, nothing_html, page_html, review_html, trouble_html
from notebot.web.page.page import header

FILES = {"style.css": "text/css", "notes.css": "text/css", "review.js": "text/javascript"}
COUNT = 40  # questions that are drafted at a click
Name = Annotated[str, Field(max_length=255)]


class Deciding(BaseModel):
    """What a person says of a draft: it stands, in these words, or it goes. Facts are as `read_facts` reads them."""

    set: Name
    case: Annotated[str, Field(max_length=400)]
    what: Literal["accept", "drop"]
    question: Annotated[str, Field(max_length=4_000)] = ""
    facts: Annotated[str, Field(max_length=8_000)] = ""


class Nothing(BaseModel):
    """A request that says nothing but that it is made."""


def reviews(desk: Desk) -> APIRouter:
    """The routes. Trouble is a 409 with a sentence; one decision is on disk before the next is made."""
    router = APIRouter(include_in_schema=False)
    one_at_a_time = threading.Lock()

    @router.get("/review")
    def review(set_: Annotated[str, Query(alias="set", max_length=255)] = "") -> Response:
        inner = _inner(desk, set_)
        return HTMLResponse(page_html(inner, header("", signs_in=desk.signs_in), FILES))

    @router.post("/page/decide")
    def decide_on(wanted: Deciding) -> Response:
        def decided() -> Response:
            with one_at_a_time:
                path = _path(desk, wanted.set)
                _decide(path, wanted)
                left, ready = _counts(load(path))
            return JSONResponse({"left": left, "said": left_text(left, ready)})

        return _told(decided)

    @router.post("/page/draft")
    def draft(_: Nothing) -> Response:
        def drafted() -> Response:
            with one_at_a_time:
                return JSONResponse({"lines": _draft(desk)})

        return _told(drafted)

    return router


def _inner(desk: Desk, wanted: str) -> str:
    found = sets_in(home(desk.bot.settings.data))
    if not found:
        return nothing_html()
    name = wanted if wanted in found else next(iter(found))
    try:
        chosen = load(found[name])
        _, ready = _counts(chosen)
        return review_html(name, list(found), pending(chosen), desk.bot.source, ready=ready)
    except NotebotError as error:
        return trouble_html(str(error))


def _decide(path: Path, wanted: Deciding) -> None:
    case = next((case for case in pending(load(path)) if case.id == wanted.case), None)
    if case is None:
        raise UsageError("This question is decided already. Reload the page to see what is left.")
    if wanted.what == "drop":
        decide(path, Reviewed(case.id, None))
        return
    facts = read_facts(wanted.facts) if case.answerable else None
    decide(path, Reviewed(case.id, edited(case, question=wanted.question, facts=facts)))


def _draft(desk: Desk) -> list[str]:
    """Write a set of drafts by templates, which need no model; what was drafted and left out, in lines."""
    folder = home(desk.bot.settings.data)
    path = folder / DRAFTS
    if path.exists():
        raise UsageError("There are drafts already. Reload the page to see them.")
    found = finished(drafting(desk.bot, Wanted(COUNT)))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = summary(found)
    write_whole(
        path, set_text(found.as_set(path.stem), comment="\n".join(["Questions drafted by notebot from these notes.", *lines]))
    )
    return lines


def _path(desk: Desk, name: str) -> Path:
    """The set of that name. Only what is listed can be named, so no name leads out of the folder."""
    found = sets_in(home(desk.bot.settings.data))
    if name not in found:
        raise UsageError(f"There is no set {name} any more. Reload the page.")
    return found[name]


def _counts(chosen: CaseSet) -> tuple[int, int]:
    left = len(pending(chosen))
    return left, len(chosen.cases) - left


def _told(work: Callable[[], Response]) -> Response:
    try:
        return work()
    except NotebotError as error:
        return PlainTextResponse(str(error), 409)
