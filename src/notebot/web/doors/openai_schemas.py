"""What goes in and out of the OpenAI-compatible door, as pydantic models, and what of a request becomes a question."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from notebot.types import Turn
from notebot.web.doors.faults import Unusable
from notebot.web.doors.schemas import LONGEST_TURN

MODEL = "notebot"
MOST_MESSAGES = 1_000
# Parameters that would change what the answer means, each with the values that change nothing.
REFUSED: dict[str, tuple[object, ...]] = {
    "tools": ([],),
    "functions": ([],),
    "tool_choice": ("none", "auto"),
    "function_call": ("none", "auto"),
    "response_format": ({"type": "text"},),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "stop": ([], ""),
    "modalities": (["text"], []),
    "audio": (),
    "prediction": (),
    "web_search_options": (),
}
PLACES = re.compile(r"\n\n(?:\\\[1\\\]|\[1\]) .*", re.DOTALL)  # the list of places below an answer of ours
MARK = re.compile(r" \[\d{1,3}\]")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>|~#!])")


class Open(BaseModel):
    """Checked where it is known; what other clients send besides is let pass."""

    model_config = ConfigDict(strict=True, extra="allow")


class Part(Open):
    """A part of a message. Only text can be read."""

    type: Annotated[str, Field(max_length=100)]
    text: Annotated[str, Field(max_length=LONGEST_TURN)] | None = None


class Message(Open):
    """One message. Those of the system and of developers are let pass and not followed: notebot has its own instructions."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[str, Field(max_length=LONGEST_TURN)] | list[Part] | None = None


class StreamOptions(Open):
    """With `include_usage`, the last chunk has the usage."""

    include_usage: bool | None = None


class ChatRequest(Open):
    """A conversation: the last message of the user is the question, what came before it is the history."""

    model: Annotated[str, Field(max_length=200, examples=[MODEL])]
    messages: Annotated[list[Message], Field(min_length=1, max_length=MOST_MESSAGES)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None

    @property
    def counted(self) -> bool:
        """Whether a stream ends with the usage."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def conversation(self) -> tuple[str, tuple[Turn, ...]]:
        """The question and the history. Raises Unusable for what would be answered wrongly if it were let pass."""
        if self.model != MODEL:
            known = f"There is no model called “{self.model[:100]}” here. The only one is “{MODEL}”: it answers from the notes."
            raise Unusable(known, "model", "model_not_found")
        for name, harmless in (*REFUSED.items(), ("n", (1,))):
            value = self.n if name == "n" else (self.model_extra or {}).get(name)
            if value is not None and value not in harmless:
                raise Unusable(f"{name} cannot be used here. Leave it out: notebot answers in words, once.", name, "unsupported")
        turns = [turn for number, message in enumerate(self.messages) if (turn := _turn(number, message))]
        asked = max((at for at, turn in enumerate(turns) if turn.role == "user"), default=None)
        if asked is None:
            raise Unusable("There is no question: no message is the user's.", "messages")
        return turns[asked].text, tuple(turns[:asked])


def _turn(number: int, message: Message) -> Turn | None:
    where = f"messages.{number}"
    if message.role in ("tool", "function"):
        raise Unusable("notebot uses no tools, so it can read no results of them.", where, "unsupported")
    text = _text(message, where)
    match message.role:
        case "user":
            return Turn("user", text)
        case "assistant" if text:
            return Turn("assistant", said(text))
    return None


def _text(message: Message, where: str) -> str:
    if not isinstance(message.content, list):
        return message.content or ""
    for part in message.content:
        if part.type not in ("text", "input_text", "output_text", "refusal"):
            raise Unusable(f"notebot reads text only, no {part.type[:40]}.", f"{where}.content", "unsupported")
    return "\n".join(part.text for part in message.content if part.text)


def said(text: str) -> str:
    """An answer that was sent from here and comes back: its words, without marks and the list of places."""
    return ESCAPED.sub(r"\1", MARK.sub("", PLACES.sub("", text))).strip()


# --- what goes out ------------------------------------------------------------------------------------------------


class Usage(BaseModel):
    """Tokens that the model behind notebot read, passages included, and wrote, before the check. 0 where none was asked."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class MessageOut(BaseModel):
    """The answer as Markdown: its sentences with marks, and below them the places they rest on."""

    role: Literal["assistant"]
    content: str
    refusal: None = None


class Choice(BaseModel):
    """The only one."""

    index: int
    message: MessageOut
    finish_reason: Literal["stop"]
    logprobs: None = None


class ChatOut(BaseModel):
    """A chat completion. `notebot` is the whole answer, as `POST /api/ask` gives it."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    notebot: dict[str, Any]


class ModelOut(BaseModel):
    """The one model that there is."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsOut(BaseModel):
    """The list of models."""

    object: Literal["list"]
    data: list[ModelOut]


class OpenAIError(BaseModel):
    """What went wrong, in OpenAI's words."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIFault(BaseModel):
    """Every error, from every route under /v1."""

    error: OpenAIError
