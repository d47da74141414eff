"""What was asked and answered on this machine: conversations in SQLite, apart from the index, since they cannot be made anew."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

from filelock import FileLock, Timeout

from notebot.errors import NotThere
from notebot.history import finding
from notebot.history.answers import from_json, to_json
from notebot.history.finding import storable
from notebot.history.schema import FILE, connect, translated
from notebot.types import Answer

ME = ""  # the one user of a server that only this machine reaches
LOCK_FILE = "history.lock"
LONGEST_TITLE = 200  # characters

REASONS = ("wrong source", "not true", "not complete", "missing", "other")  # "missing": it is in the notes, and was not found
CUT_OFF = "notebot ended before this question was answered. Ask it again."
UNREADABLE = "This answer was kept by another version of notebot, which this one cannot read."

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
    An entry that was open when its process ended is failed, and its trouble is `CUT_OFF`.
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


_CONVERSATIONS = """SELECT c.row, c.id, c.title, c.started_at, c.changed_at, count(*)
                    FROM conversations c JOIN entries e ON e.conversation = c.row
                    WHERE c.user = ? GROUP BY c.row ORDER BY c.changed_at DESC, c.row DESC"""
_ENTRIES = """SELECT e.id, c.id, e.number, e.question, e.asked_at, e.state, e.answer, e.trouble,
                     e.verdict, e.reason, e.note, e.given_at
              FROM entries e JOIN conversations c ON c.row = e.conversation"""
_ENTRY_WORDS = "DELETE FROM entry_words WHERE rowid IN (SELECT row FROM entries WHERE conversation = ? AND number >= ?)"


class History:
    """The conversations of all users. Each call is for one user and sees nothing of another's. Safe to share between threads.

    An id of another user's, or of nothing, raises NotThere. What returns has been written: a crash loses nothing of it.
    `notice` says in words what was found damaged when the history was opened.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, notice: str) -> None:
        self.notice = notice
        self._connection = connection
        self._path = path
        self._lock = threading.RLock()
        self._closed = False
        self._first = FileLock(path.with_name(LOCK_FILE), mode=0o600, thread_local=False)
        self._own_open: set[str] = set()

    @classmethod
    def open(cls, data: Path) -> Self:
        """The history in the folder `data`, made if there is none (0600, in a folder of 0700). Raises NotebotError."""
        connection, notice = connect(data)
        history = cls(connection, data / FILE, notice)
        try:
            history._settle()
        except BaseException:
            history.close()
            raise
        return history

    def begin(self, question: str, *, conversation: str = "", user: str = ME) -> Entry:
        """Keep a question before anybody answers it; without `conversation`, in a new one."""
        now, entry, question = _now(), _new_id(), storable(question)
        self._settle()
        with self._writing() as db:
            if not conversation:
                conversation = _new_id()
                new = "INSERT INTO conversations (id, user, started_at, changed_at) VALUES (?, ?, ?, ?)"
                db.execute(new, (conversation, user, now, now))
            row = self._row(conversation, user)
            number = db.execute("SELECT coalesce(max(number), 0) + 1 FROM entries WHERE conversation = ?", (row,)).fetchone()[0]
            new = "INSERT INTO entries (id, conversation, number, question, asked_at) VALUES (?, ?, ?, ?, ?)"
            finding.keep(db, "entry_words", db.execute(new, (entry, row, number, question, now)).lastrowid or 0, question)
            titled = "changed_at = ?, title = CASE WHEN renamed OR ? > 1 THEN title ELSE ? END"
            db.execute(f"UPDATE conversations SET {titled} WHERE row = ?", (now, number, _title(question), row))  # noqa: S608
            self._own_open.add(entry)
        return Entry(entry, conversation, number, question, now)

    def end(self, entry: str, state: State, *, answer: Answer | None = None, trouble: str = "", user: str = ME) -> None:
        """Keep what became of it. NotThere if it was deleted meanwhile."""
        kept, trouble = to_json(answer) if answer else "", storable(trouble)
        with self._writing() as db:
            row, question, conversation = self._entry(entry, user)
            db.execute("UPDATE entries SET state = ?, answer = ?, trouble = ? WHERE row = ?", (state, kept, trouble, row))
            db.execute("UPDATE conversations SET changed_at = ? WHERE row = ?", (_now(), conversation))
            said = f"{answer.text}\n{answer.beyond}" if answer else ""
            finding.keep(db, "entry_words", row, f"{question}\n{said}")
        if state != "open":
            self._own_open.discard(entry)

    def conversations(self, search: str = "", *, user: str = ME) -> list[Conversation]:
        """The latest first; with `search`, those whose title, questions or answers have all of its words."""
        with self._reading() as db:
            wanted = finding.found(db, search, user=user) if search.strip() else None
            rows = db.execute(_CONVERSATIONS, (user,))
            return [Conversation(*rest) for row, *rest in rows if wanted is None or row in wanted]

    def entries(self, conversation: str, *, user: str = ME) -> list[Entry]:
        """All of a conversation, in order."""
        with self._reading() as db:
            row = self._row(conversation, user)
            return [_entry_of(found) for found in db.execute(f"{_ENTRIES} WHERE c.row = ? ORDER BY e.number", (row,))]

    def rename(self, conversation: str, title: str, *, user: str = ME) -> None:
        """Call it something else; with an empty title, by its first question again."""
        with self._writing() as db:
            row, title = self._row(conversation, user), _title(storable(title))
            renamed = bool(title)
            first = db.execute("SELECT question FROM entries WHERE conversation = ? AND number = 1", (row,)).fetchone()
            title = title or (_title(first[0]) if first else "")
            db.execute("UPDATE conversations SET title = ?, renamed = ? WHERE row = ?", (title, renamed, row))
            finding.keep(db, "title_words", row, title)
            finding.forget(db)
        self._empty_log()

    def delete(self, conversation: str, *, user: str = ME) -> None:
        """For real: no byte of it stays in the file."""
        with self._writing() as db:
            row = self._row(conversation, user)
            db.execute(_ENTRY_WORDS, (row, 0))
            db.execute("DELETE FROM entries WHERE conversation = ?", (row,))
            db.execute("DELETE FROM title_words WHERE rowid = ?", (row,))
            db.execute("DELETE FROM conversations WHERE row = ?", (row,))
            finding.forget(db)
        self._empty_log()

    def cut(self, conversation: str, number: int, *, user: str = ME) -> None:
        """Forget entry `number` and all after it: it is asked again, perhaps in other words. As real as `delete`."""
        with self._writing() as db:
            row = self._row(conversation, user)
            db.execute(_ENTRY_WORDS, (row, number))
            db.execute("DELETE FROM entries WHERE conversation = ? AND number >= ?", (row, number))
            if number <= 1:
                db.execute("UPDATE conversations SET title = '' WHERE row = ? AND NOT renamed", (row,))
            finding.forget(db)
        self._empty_log()

    def judge(self, entry: str, feedback: Feedback | None, *, user: str = ME) -> None:
        """Keep what a person thinks of an answer, in place of what they thought before; None takes it back."""
        given = ("", "", "", "")
        if feedback:
            given = (feedback.verdict, storable(feedback.reason), storable(feedback.note), feedback.given_at or _now())
        with self._writing() as db:
            row, _, _ = self._entry(entry, user)
            db.execute("UPDATE entries SET (verdict, reason, note, given_at) = (?, ?, ?, ?) WHERE row = ?", (*given, row))
        self._empty_log()

    def judged(self, *, user: str = ME) -> list[Entry]:
        """Every entry with feedback, oldest first."""
        with self._reading() as db:
            rows = db.execute(f"{_ENTRIES} WHERE c.user = ? AND e.verdict != '' ORDER BY e.row", (user,))
            return [_entry_of(found) for found in rows]

    def close(self) -> None:
        """Idempotent."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._connection.close()
                self._first.release()

    def _settle(self) -> None:
        """Say of entries that an ended process left open that they were cut off, and drop conversations left empty.

        Only the one process that has the lock can tell: the others would take entries of a living one for such.
        """
        with self._lock:
            if self._first.is_locked:
                return
            try:
                self._first.acquire(timeout=0)
            except (Timeout, OSError):
                return
            with self._writing() as db:
                own = ",".join("?" * len(self._own_open))
                left = f"UPDATE entries SET state = 'failed', trouble = ? WHERE state = 'open' AND id NOT IN ({own})"  # noqa: S608
                db.execute(left, (CUT_OFF, *self._own_open))
                empty = "SELECT row FROM conversations WHERE row NOT IN (SELECT conversation FROM entries)"
                for table, key in (("title_words", "rowid"), ("conversations", "row")):
                    db.execute(f"DELETE FROM {table} WHERE {key} IN ({empty})")  # noqa: S608 - names of ours
            self._empty_log()  # perhaps a process was killed between deleting and this

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise translated(error, self._path) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or nothing."""
        with self._reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise

    def _empty_log(self) -> None:
        """Write all into the file and empty the log, where what was deleted would still stand."""
        with self._reading() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def _row(self, conversation: str, user: str) -> int:
        asked = (storable(conversation), user)
        found = self._connection.execute("SELECT row FROM conversations WHERE id = ? AND user = ?", asked).fetchone()
        if found is None:
            raise NotThere("There is no such conversation. It may have been deleted.")
        return int(found[0])

    def _entry(self, entry: str, user: str) -> tuple[int, str, int]:
        """Row and question of an entry, and the row of its conversation."""
        found = self._connection.execute(
            "SELECT e.row, e.question, c.row FROM entries e JOIN conversations c ON c.row = e.conversation"
            " WHERE e.id = ? AND c.user = ?",
            (storable(entry), user),
        ).fetchone()
        if found is None:
            raise NotThere("There is no such answer. Its conversation may have been deleted.")
        return int(found[0]), str(found[1]), int(found[2])


def _entry_of(row: tuple[Any, ...]) -> Entry:
    entry, conversation, number, question, asked_at, state, kept, trouble, *feedback = row
    answer = from_json(kept) if kept else None
    if kept and answer is None:
        state, trouble = "failed", UNREADABLE
    judged = Feedback(*feedback) if feedback[0] else None
    return Entry(entry, conversation, number, question, asked_at, state, answer, trouble, judged)


def _new_id() -> str:
    return f"c{secrets.token_urlsafe(16)}"  # the letter, since a dash in front would be an option on the command line


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _title(text: str) -> str:
    """The beginning of `text` on one line."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1].rstrip()}…"
