"""The stream of events of one question: Stage*, Found, (Draft | Checked)*, (Settled, Beyond*)?, Done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from notebot.types import Answer, Passage, Sentence


@dataclass(frozen=True, slots=True)
class Stage:
    """The work has moved on: waiting for its turn, searching, reading, writing or checking. `detail` is a phrase for people.

    While it waits it is said again each half second, changed or not: a chance for whoever follows the events to stop it.
    """

    name: Literal["waiting", "searching", "reading", "writing", "checking"]
    detail: str


@dataclass(frozen=True, slots=True)
class Found:
    """The passages the answer may rest on, best first."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A piece of text as the model writes it, not yet checked. To be shown, if at all, as unsettled.

    Empty while the model is still reading: a chance for whoever follows the events to stop it.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence has been checked. The drafts since the last Checked are this sentence, and are replaced by it."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Settled:
    """The answer from the notes stands as it will stay. What follows is the model's own, and no part of it."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Beyond:
    """A sentence of the model's own knowledge, not from the notes. Empty while the model is silent: a chance to stop it."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """The last event: the whole answer, which replaces everything shown before."""

    answer: Answer


Event = Stage | Found | Draft | Checked | Settled | Beyond | Done
