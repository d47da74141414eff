"""How history.db is laid out, opened and checked, and what SQLite's errors mean to a person."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from notebot.errors import Locked, NotebotError

FILE = "history.db"

# Bump when a table or the meaning of a column changes, or when the JSON of an answer can no longer be read. A newer one is
# refused: nothing in it could be made anew.
FORMAT_VERSION = 1

BUSY_SECONDS = 10.0

SCHEMA = """
CREATE TABLE conversations (
    row INTEGER PRIMARY KEY,         -- also the row in title_words
    id TEXT NOT NULL UNIQUE,         -- random; who knows it and is somebody else gets nothing by it
    user TEXT NOT NULL,
    title TEXT NOT NULL DEFAULT '',
    renamed INTEGER NOT NULL DEFAULT 0,  -- 0: the title is the first question
    started_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
CREATE INDEX conversations_by_user ON conversations(user, changed_at);

CREATE TABLE entries (
    row INTEGER PRIMARY KEY,         -- also the row in entry_words
    id TEXT NOT NULL UNIQUE,
    conversation INTEGER NOT NULL REFERENCES conversations(row),
    number INTEGER NOT NULL,         -- from 1
    question TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',  -- open | answered | stopped | failed
    answer TEXT NOT NULL DEFAULT '',     -- JSON (see answers.py), or empty
    trouble TEXT NOT NULL DEFAULT '',
    verdict TEXT NOT NULL DEFAULT '',    -- up | down, or empty
    reason TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    given_at TEXT NOT NULL DEFAULT '',
    UNIQUE (conversation, number)
);
CREATE INDEX entries_still_open ON entries(state) WHERE state = 'open';

-- Text as index.words.fold makes it; tokenized as in the catalog.
CREATE VIRTUAL TABLE title_words USING fts5(
    text, tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
CREATE VIRTUAL TABLE entry_words USING fts5(
    text, tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
"""


class Damaged(NotebotError):
    """The file is no database any more, or not a whole one."""


def connect(data: Path) -> tuple[sqlite3.Connection, str]:
    """The connection to the history in `data`, made if there is none, and a notice for people or "".

    A damaged file is put aside, with a time stamp in its name, and a new one begun: the notice says so. Raises NotebotError.
    """
    path = data / FILE
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise NotebotError(
            f"The folder {data} cannot be made ({error.strerror}), and the history lives there. Choose another with --data."
        ) from error
    try:
        return _connected(path), ""
    except Damaged:
        aside = _put_aside(path)
    return _connected(path), (
        f"The history of conversations was damaged. It has been put aside as {aside}, and a new one begun. "
        "Your notes and the index are untouched."
    )


def _connected(path: Path) -> sqlite3.Connection:
    try:
        if not path.exists():
            path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    except OSError as error:
        raise NotebotError(f"The history {path} cannot be made ({error.strerror}). Check the folder's permissions.") from error
    except sqlite3.Error as error:
        raise translated(error, path) from error
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise translated(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("BEGIN IMMEDIATE")  # two that open a new file at once: one makes the tables
    try:
        with closing(connection.execute("SELECT count(*) FROM sqlite_master")) as rows:
            empty = rows.fetchone() == (0,)
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if empty:
            _make(connection)
        elif found > FORMAT_VERSION:
            raise NotebotError(
                f"The history {path} was made by a newer notebot (format {found}, this one reads {FORMAT_VERSION}). "
                "Update notebot, or move that file away to begin a new one."
            )
        elif found < FORMAT_VERSION:
            raise Damaged(f"The history {path} has tables that notebot did not make.")
    finally:
        connection.execute("COMMIT" if connection.in_transaction else "SELECT 1")
    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise Damaged(f"The history {path} is damaged ({problem}).")


def _make(connection: sqlite3.Connection) -> None:
    statement = ""
    for line in SCHEMA.splitlines(keepends=True):  # executescript would end the transaction that this stands in
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


def _put_aside(path: Path) -> Path:
    """Move the file out of the way, with its log; where it is now. What was put aside before stays."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"history.damaged-{stamp}.db")
    try:
        for end in ("-wal", "-shm", ""):  # the file last: as long as it is there, its log must be
            if (old := path.with_name(path.name + end)).exists():
                old.replace(aside.with_name(aside.name + end))
    except OSError as error:
        raise NotebotError(
            f"The history {path} is damaged and cannot be put aside ({error.strerror}). Move it away by hand."
        ) from error
    return aside


def translated(error: sqlite3.Error, path: Path) -> NotebotError:
    """What `error` means and what to do, as one of notebot's own errors."""
    if isinstance(error, sqlite3.ProgrammingError):
        return NotebotError("The history is closed: notebot is ending.")
    code = getattr(error, "sqlite_errorcode", None)
    kind = None if code is None else code & 0xFF
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Locked(f"The history {path} is busy ({error}). Try again in a moment.")
    if kind in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return NotebotError(
            f"The history {path} cannot be written ({error}). Check the disk's free space and the folder's permissions."
        )
    if kind == sqlite3.SQLITE_CANTOPEN:
        return NotebotError(f"The history {path} cannot be opened ({error}). Check the folder's permissions.")
    return Damaged(f"The history {path} is damaged ({error}). Start notebot again: it puts the file aside and begins a new one.")
