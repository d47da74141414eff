"""What was asked and answered on this machine: conversations in SQLite, apart from the index, since they cannot be made anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from notebot.types import Answer

ME = ""  # the one user of a server that only this machine reaches
FILE = "history.db"

State = Literal["open", "answered", "stopped", "failed"]
Verdict = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One row of the list. `title` is the first question unless somebody renamed it. Times are ISO 8601 in UTC."""

    id: str
    title: str
    started_at: str
    changed_at: str
    entries: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer. `reason` is one of `REASONS`, or empty; `note` is in their own words."""

    verdict: Verdict
    reason: str = ""
    note: str = ""
    given_at: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question, number `number` (from 1) of its conversation, and what became of it.

    `answer` is there once it stands; of a stopped one, what had been checked. `trouble` says in words why there is none.
    An entry that is still "open" when the server starts was cut off by its end.
    """

    id: str
    conversation: str
    number: int
    question: str
    asked_at: str
    state: State = "open"
    answer: Answer | None = None
    trouble: str = ""
    feedback: Feedback | None = None


class History:
    """The conversations of all users. Each call is for one user and sees nothing of another's. Safe to share between threads.

    An id of another user's, or of nothing, raises NotThere.
    """

    @classmethod
    def open(cls, data: Path) -> Self:
        """The history in the folder `data`, made if there is none (0600, in a folder of 0700). Raises NotebotError."""
        raise NotImplementedError

    def begin(self, question: str, *, conversation: str = "", user: str = ME) -> Entry:
        """Keep a question before anybody answers it; without `conversation`, in a new one."""
        raise NotImplementedError

    def end(self, entry: str, state: State, *, answer: Answer | None = None, trouble: str = "", user: str = ME) -> None:
        """Keep what became of it."""
        raise NotImplementedError

    def conversations(self, search: str = "", *, user: str = ME) -> list[Conversation]:
        """The latest first; with `search`, those whose title, questions or answers have all of its words."""
        raise NotImplementedError

    def entries(self, conversation: str, *, user: str = ME) -> list[Entry]:
        """All of a conversation, in order."""
        raise NotImplementedError

    def rename(self, conversation: str, title: str, *, user: str = ME) -> None: ...

    def delete(self, conversation: str, *, user: str = ME) -> None:
        """For real: no byte of it stays in the file."""
        raise NotImplementedError

    def cut(self, conversation: str, number: int, *, user: str = ME) -> None:
        """Forget entry `number` and all after it: it is asked again, perhaps in other words. As real as `delete`."""
        raise NotImplementedError

    def judge(self, entry: str, feedback: Feedback | None, *, user: str = ME) -> None:
        """Keep what a person thinks of an answer, in place of what they thought before; None takes it back."""
        raise NotImplementedError

    def judged(self, *, user: str = ME) -> list[Entry]:
        """Every entry with feedback, oldest first."""
        raise NotImplementedError

    def close(self) -> None:
        """Idempotent."""
