"""Stand-ins for what tests cannot have: a chat model that says what it is told to say, and a web that does."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

from notebot.errors import ModelFailed
from notebot.fetch.client import Fetching, Request, Response
from notebot.models.ports import Message, Told


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call of `stream`, as it arrived."""

    messages: tuple[Message, ...]
    max_tokens: int


@dataclass
class FakeChat:
    """A ChatModel that answers with `replies` in order, the last one for ever, in pieces of one word.

    An exception among the replies is raised; a reply that is a list is a stream in just these pieces, and an exception
    in it breaks off there. `prompts` holds every call, `stopped` counts the streams that were closed before their end.
    With `counts` it tells how many words it has read and written.
    """

    replies: Sequence[str | Exception | Sequence[str | Exception]] = ("",)
    name: str = "fake"
    context_tokens: int = 4096
    host: str = ""
    counts: bool = False
    prompts: list[Prompt] = field(default_factory=list)
    stopped: int = 0
    closed: bool = False

    def count_tokens(self, text: str) -> int:
        return len(text.split()) * 2

    def stream(self, messages: Sequence[Message], *, max_tokens: int, told: Told | None = None) -> Generator[str, None, None]:
        reply = self.replies[min(len(self.prompts), len(self.replies) - 1)]
        self.prompts.append(Prompt(tuple(messages), max_tokens))
        if sum(self.count_tokens(message.text) for message in messages) + max_tokens > self.context_tokens:
            raise ModelFailed(f"{self.name} broke off: the prompt is longer than its window.")
        for written, piece in enumerate(_pieces(reply)[:max_tokens], start=1):
            if isinstance(piece, Exception):
                raise piece
            if told and self.counts:
                told(sum(len(message.text.split()) for message in messages), written)
            try:
                yield piece
            except GeneratorExit:
                self.stopped += 1
                raise

    def close(self) -> None:
        self.closed = True


def _pieces(reply: str | Exception | Sequence[str | Exception]) -> list[str | Exception]:
    if isinstance(reply, Exception):
        return [reply]
    if isinstance(reply, str):
        words = reply.split(" ")
        return [word if last else f"{word} " for word, last in zip(words, [False] * (len(words) - 1) + [True], strict=True)]
    return list(reply)


@dataclass
class FakeWeb:
    """What the web says, by canonical address, and what it was asked. Whatever is not served does not answer."""

    answers: dict[str, Response] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def serve(self, page: str, text: str, *, url: str = "", etag: str = "") -> None:
        body = f"<html><head><title>Served</title></head><body><main>{text}</main></body></html>".encode()
        self.answers[page] = Response(page, "fetched", url or page, body=body, content_type="text/html; charset=utf-8", etag=etag)

    def fail(self, page: str, reason: str = "the server answered 503", outcome: str = "failed") -> None:
        self.answers[page] = Response(page, outcome, reason=reason)

    def fetch(self, requests: Sequence[Request]) -> Answering:
        self.asked += requests
        return Answering([self._answer(request) for request in requests])

    def _answer(self, request: Request) -> Response:
        response = self.answers.get(request.page) or Response(request.page, "failed", reason="no network")
        if response.etag and response.etag == request.etag:
            return Response(request.page, "unchanged", etag=response.etag)
        return response


class Answering(Fetching):
    """Requests that are answered one at a time."""

    def __init__(self, responses: Sequence[Response]) -> None:
        self._responses = list(responses)

    @property
    def left(self) -> int:
        return len(self._responses)

    def results(self, wait: float) -> list[Response]:
        return [self._responses.pop(0)] if self._responses else []

    def close(self) -> None:
        self._responses.clear()
