"""What every door of the server shares: the bot, who is being answered, and what was said before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from notebot.errors import Busy
from notebot.events import Event, Stage
from notebot.history.store import ME, History
from notebot.settings import Settings
from notebot.states import IndexState
from notebot.types import NO_FILTERS, Chunk, Filters, Passage, Turn
from notebot.web.following import Following, Ingesting
from notebot.web.turns import TURN, Ticket, Turns

if TYPE_CHECKING:
    from notebot.answer.chat import Parts
    from notebot.index.catalog import Catalog
    from notebot.settings_file import SettingsFile

T = TypeVar("T")
BEAT_SECONDS = 0.5  # between two chances to stop a question that waits


class ServedBot(Ingesting, Protocol):
    """What the doors need of a bot, all together. `notebot.bot.Bot` says what each promises."""

    def ask(self, question: str, history: Sequence[Turn] = (), *, filters: Filters = NO_FILTERS) -> Iterator[Event]: ...
    def search(self, question: str, limit: int = 10, *, filters: Filters = NO_FILTERS) -> list[Passage]: ...
    def source(self, name: str) -> list[Chunk]: ...
    def state(self) -> IndexState: ...
    def read(self, look: Callable[[Catalog], T]) -> T: ...
    def change(self, settings: Settings) -> None: ...
    def model_name(self) -> str: ...
    def examples(self, count: int = 3) -> list[str]: ...
    def rewritten(self, question: str, history: Sequence[Turn] = ()) -> str: ...
    def parts(self) -> Parts: ...


@dataclass(frozen=True, slots=True)
class Asking:
    """One question on its way to the bot. `key` names its answer for `Desk.stop`: a browser tab, a request.

    `party` is as whom it takes turns: by default the user, on a server without users the key, so that tabs take turns.
    """

    question: str
    history: Sequence[Turn] = ()
    filters: Filters = NO_FILTERS
    user: str = ME
    key: str = ""
    party: str = ""


Observer = Callable[[Asking, Generator[Event, None, None]], Generator[Event, None, None]]


class Desk:
    """Where every door asks, so that all take turns, and any answer can be stopped. Safe to share between threads."""

    def __init__(self, bot: ServedBot, history: History | None = None) -> None:
        self.bot = bot
        self.history = history
        self.following: Following | None = None  # what brings the index up to date, once the page is served
        self.signs_in = False  # whether people sign in here
        self.settings_file: SettingsFile | None = None  # where a person may change settings, if he may
        self.observers: tuple[Observer, ...] = ()  # what counts and traces the events as they pass; each hands them on
        self._turns = Turns(lambda: bot.settings.answers_at_once)
        self._keys: dict[str, _Asked] = {}
        self._lock = threading.Lock()

    def ask(self, asking: Asking) -> Generator[Event, None, None]:
        """The bot's events, once it is this question's turn; until then, its place in the line.

        They end without Done once `stop` was called for this key. Closing the generator stops the model, or leaves the line; but
        a generator can not be closed from outside while it waits for its next event, and Gradio's own way to do it, cancels=, now
        and then leaves the page waiting for ever. Raises as `Bot.ask` does, and Busy when too many wait or this key's question
        before is still being answered.
        """
        events = self._asked(asking)
        for observe in self.observers:
            events = observe(asking, events)
        return events

    def _asked(self, asking: Asking) -> Generator[Event, None, None]:
        asked = self._enter(asking)
        events: Iterator[Event] = iter(())
        try:
            yield from self._line(asked)
            if asked.stop.is_set():
                return
            events = self.bot.ask(asking.question, asking.history, filters=asking.filters)
            for event in events:
                if asked.stop.is_set():
                    return
                yield event
        finally:
            if isinstance(events, Generator):
                events.close()
            self._leave(asking.key, asked)

    def stop(self, key: str) -> None:
        """Stop the answer that is being made for `key`, if there is one: the model within a second. Leave the line at once."""
        with self._lock:
            asked = self._keys.get(key)
        if asked:
            asked.stop.set()
            self._turns.give_up(asked.ticket)

    def stop_all(self) -> None:
        """Stop every answer that has a key: the server is about to end, and what was checked is to be kept."""
        with self._lock:
            keys = list(self._keys)
        for key in keys:
            self.stop(key)

    def busy(self) -> bool:
        """Whether any answer is being made."""
        return self._turns.counts() != (0, 0)

    def counts(self) -> tuple[int, int]:
        """How many answers are being made, and how many questions wait."""
        return self._turns.counts()

    def _enter(self, asking: Asking) -> _Asked:
        with self._lock:
            before = self._keys.get(asking.key)
            if before and not before.stop.is_set():
                raise Busy("Your question before this one is still being answered. Wait for it, or stop it.")
            asked = _Asked(self._turns.join(asking.party or asking.user or f"\0{asking.key}"))
            if asking.key:
                self._keys[asking.key] = asked
            return asked

    def _line(self, asked: _Asked) -> Generator[Event, None, None]:
        place = self._turns.wait(asked.ticket, TURN, 0)
        while place >= 0:
            yield Stage("waiting", _before(place))
            place = self._turns.wait(asked.ticket, place, BEAT_SECONDS)

    def _leave(self, key: str, asked: _Asked) -> None:
        with self._lock:
            if self._keys.get(key) is asked:
                del self._keys[key]
        self._turns.leave(asked.ticket)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that is waiting or being answered."""

    ticket: Ticket
    stop: threading.Event = field(default_factory=threading.Event)


def _before(place: int) -> str:
    match place:
        case 0:
            return "Yours is the next question"
        case 1:
            return "1 question is before yours"
        case _:
            return f"{place} questions are before yours"
