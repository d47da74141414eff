"""The notes as a model that programs made for OpenAI's API can talk to.

Nothing is sent as answer text before it stands: a sentence that has passed the check may still give way to a quote, to the
other side of a disagreement, or to silence. Until then a stream carries stages in its field `notebot`, and signs of life.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from notebot import render
from notebot.events import Done, Event, Settled, Stage
from notebot.render.events import event_json
from notebot.types import Answer
from notebot.web.desk import Asking, Desk
from notebot.web.doors.api import ALIVE, REFUSED, STREAM, sent_events
from notebot.web.doors.door import OpenAIDoor, close
from notebot.web.doors.faults import Unusable, fault_json
from notebot.web.doors.openai_schemas import MODEL, ChatOut, ChatRequest, ModelOut, ModelsOut, OpenAIFault
from notebot.web.doors.relay import EventStream, answer_of, begun, relayed, unless_gone
from notebot.web.gate.who import user_of

END = "data: [DONE]\n\n"
PIECE = re.compile(r"(?<=\n\n)|(?<=\d\] )(?!\[)")  # after a paragraph, and after a sentence's marks

FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": OpenAIFault, "description": about}
    for status, about in (
        (400, "The request cannot be used; `param` names the part."),
        (404, "There is no such model."),
        (415, "The body is not said to be JSON."),
        (503, "There is no index, no model, or another process holds it. Says what to do."),
    )
}
GUARDED: dict[int | str, dict[str, Any]] = {
    status: {"model": OpenAIFault, "description": about} for status, about in REFUSED.items()
}
STREAMED = (
    "The answer. With `stream`, chunks as server-sent events, at the end `[DONE]`. Answer text comes once it "
    "stands, in pieces; before that, chunks with an empty delta carry {event: stage, name, detail} in `notebot`. "
    "The chunk with finish_reason has the whole answer there."
)


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion on its way: what all its chunks have in common, and whether the last has the usage."""

    id: str
    created: int
    counted: bool

    def whole(self, answer: Answer) -> dict[str, Any]:
        """All of it as one object."""
        text = render.answer_markdown(answer)
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": _usage(answer),
            "notebot": render.answer_json(answer),
        }

    def chunk(
        self, delta: Mapping[str, str] | None, *, finish: str | None = None, usage: object = None, notebot: object = None
    ) -> str:
        """A piece of it as a server-sent event; without a delta, one without choices."""
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]
        whole = {**self._head("chat.completion.chunk"), "choices": choices}
        whole |= {"usage": usage} if self.counted else {}
        whole |= {"notebot": notebot} if notebot else {}
        return _data(whole)

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL}


def openai(desk: Desk) -> APIRouter:
    """The routes under /v1."""
    router = APIRouter(prefix="/v1", route_class=OpenAIDoor, tags=["OpenAI-compatible"], responses=GUARDED)
    model = {"id": MODEL, "object": "model", "created": int(time.time()), "owned_by": MODEL}

    @router.post(
        "/chat/completions",
        response_model=ChatOut,
        responses={200: {"description": STREAMED, "content": {STREAM: {"schema": sent_events()}}}, **FAULTS},
    )
    async def chat(request: Request, body: ChatRequest) -> Response:
        """Answer the last message of the user from the notes. `content` is Markdown with the places; `notebot` has all of it."""
        question, history = body.conversation()
        asking = Asking(question, history, user=user_of(request.scope))
        completion = Completion(f"chatcmpl-{secrets.token_hex(12)}", int(time.time()), body.counted)
        events = relayed(desk, asking)
        if body.stream:
            return EventStream(_chunks(await begun(request, events), completion))
        return JSONResponse(completion.whole(await unless_gone(request, answer_of(events))))

    @router.get("/models", response_model=ModelsOut)
    def models() -> Response:
        """The one model that there is: the notes."""
        return JSONResponse({"object": "list", "data": [model]})

    @router.get("/models/{name}", response_model=ModelOut, responses={404: FAULTS[404]})
    def one_model(name: str) -> Response:
        """The model, if it is asked for by its name."""
        if name != MODEL:
            raise Unusable(
                f"There is no model called “{name[:100]}” here. The only one is “{MODEL}”.", "model", "model_not_found"
            )
        return JSONResponse(model)

    close(router)
    return router


async def _chunks(events: AsyncGenerator[Event | None, None], completion: Completion) -> AsyncGenerator[str, None]:
    """The events as chunks. What goes wrong once the status is sent becomes a chunk with the error, as OpenAI does it."""
    sent = ""
    async with aclosing(events):
        try:
            yield completion.chunk({"role": "assistant", "content": ""})
            async for event in events:
                match event:
                    case None:
                        yield ALIVE
                    case Stage():
                        yield completion.chunk({}, notebot={"event": "stage", **event_json(event)})
                    case Settled(answer) | Done(answer):
                        text = render.answer_markdown(answer)
                        for piece in _pieces(text.removeprefix(sent)):
                            yield completion.chunk({"content": piece})
                        sent = text
                if isinstance(event, Done):
                    for last in _last(completion, event):
                        yield last
        except Exception as error:
            yield _data(fault_json(error, openai=True))
    yield END


def _last(completion: Completion, done: Done) -> Iterator[str]:
    yield completion.chunk({}, finish="stop", notebot={"event": "done", **event_json(done)})
    if completion.counted:
        yield completion.chunk(None, usage=_usage(done.answer))


def _usage(answer: Answer) -> dict[str, int]:
    """What the model read and wrote for it, under OpenAI's names; nothing where none was asked."""
    read, written = (answer.usage.read, answer.usage.written) if answer.usage else (0, 0)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _pieces(text: str) -> Iterable[str]:
    return filter(None, PIECE.split(text))


def _data(value: object) -> str:
    return f"data: {json.dumps(value, separators=(',', ':'))}\n\n"
