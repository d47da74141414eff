"""What the chat models of one question read and wrote, counted as it passes: told by the model, else counted from above."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from notebot.answer.prompt import OVERHEAD
from notebot.errors import ModelError
from notebot.models.ports import UNSAID, ChatModel, Message, Told
from notebot.types import Usage

FROM_CACHE = 2  # a bound is at most 1.8 times the real count: what is told to be less than half of it left out a cached part


class Meter:
    """Adds up the calls of one question."""

    def __init__(self) -> None:
        self.usage: Usage | None = None  # None until a model has been asked

    def around(self, opening: Callable[[], ChatModel]) -> Callable[[], ChatModel]:
        """The same model, each of its calls counted here, those too that are stopped or break off."""
        return lambda: _Metered(opening(), self)

    def add(self, usage: Usage) -> None:
        """One more call."""
        self.usage = self.usage + usage if self.usage else usage


class _Metered:
    """A ChatModel that says nothing of its own."""

    def __init__(self, model: ChatModel, meter: Meter) -> None:
        self._model = model
        self._meter = meter

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def host(self) -> str:
        return self._model.host

    @property
    def context_tokens(self) -> int:
        return self._model.context_tokens

    def count_tokens(self, text: str) -> int:
        return self._model.count_tokens(text)

    def close(self) -> None:
        self._model.close()

    def stream(self, messages: Sequence[Message], *, max_tokens: int, told: Told | None = None) -> Generator[str, None, None]:
        counts: tuple[int, int] | None = None
        said: list[str] = []

        def hear(read: int, written: int) -> None:
            nonlocal counts
            counts = read, written
            if told:
                told(read, written)

        failed = False
        try:
            with closing(self._model.stream(messages, max_tokens=max_tokens, told=hear)) as pieces:
                for piece in pieces:
                    said.append(piece if piece != UNSAID else "")
                    yield piece
        except ModelError:
            failed = True
            raise
        finally:
            text = "".join(said)
            if not failed or text or counts:  # who never answered may not have been asked at all
                self._meter.add(self._spent(messages, text, counts))

    def _spent(self, messages: Sequence[Message], text: str, counts: tuple[int, int] | None) -> Usage:
        bound = sum(self.count_tokens(message.text) for message in messages)
        read, written = counts or (0, 0)
        guessed = counts is None or read * FROM_CACHE < bound
        if guessed:
            read = bound + OVERHEAD * len(messages)
        if counts is None:
            written = self.count_tokens(text)
        window = self.context_tokens
        return Usage(read, written, min(read + written, window), window, guessed, self.host)
