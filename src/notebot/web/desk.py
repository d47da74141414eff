"""What every door of the server shares: the bot, who is being answered, and what was said before."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from notebot.events import Event
from notebot.history.store import ME, History
from notebot.states import IndexState
from notebot.types import NO_FILTERS, Chunk, Filters, Passage, Turn
from notebot.web.following import Ingesting


class ServedBot(Ingesting, Protocol):
    """What the doors need of a bot, all together. `notebot.bot.Bot` says what each promises."""

    def ask(self, question: str, history: Sequence[Turn] = (), *, filters: Filters = NO_FILTERS) -> Iterator[Event]: ...
    def search(self, question: str, limit: int = 10, *, filters: Filters = NO_FILTERS) -> list[Passage]: ...
    def source(self, name: str) -> list[Chunk]: ...
    def state(self) -> IndexState: ...
    def model_name(self) -> str: ...
    def examples(self, count: int = 3) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Asking:
    """One question on its way to the bot. `key` names its answer for `Desk.stop`: a browser tab, a request."""

    question: str
    history: Sequence[Turn] = ()
    filters: Filters = NO_FILTERS
    user: str = ME
    key: str = ""


class Desk:
    """Where every door asks, so that all take turns, and any answer can be stopped. Safe to share between threads."""

    def __init__(self, bot: ServedBot, history: History | None = None) -> None:
        self.bot = bot
        self.history = history
        self._stops: dict[str, threading.Event] = {}

    def ask(self, asking: Asking) -> Generator[Event, None, None]:
        """The bot's events. They end without Done once `stop` was called for this key.

        Closing the generator stops the model; but a generator can not be closed from outside while it waits for its next event,
        and Gradio's own way to do it, cancels=, now and then leaves the page waiting for ever. Raises as `Bot.ask` does.
        """
        stop = self._stops[asking.key] = threading.Event()
        events: Iterator[Event] = iter(())
        try:
            events = self.bot.ask(asking.question, asking.history, filters=asking.filters)
            for event in events:
                if stop.is_set():
                    return
                yield event
        finally:
            if self._stops.get(asking.key) is stop:
                del self._stops[asking.key]
            if isinstance(events, Generator):
                events.close()

    def stop(self, key: str) -> None:
        """Stop the answer that is being made for `key`, if there is one: the model within a second."""
        if stop := self._stops.get(key):
            stop.set()

    def busy(self) -> bool:
        """Whether any answer is being made."""
        return bool(self._stops)
