"""How catalog.db is laid out, opened and checked, and what SQLite's errors mean to a person."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from notebot.errors import IndexBroken, IndexMissing, Locked, NotebotError

CATALOG_FILE = "catalog.db"

# Bump when a table or the meaning of a column changes. A catalog of another format is refused, never guessed at.
FORMAT_VERSION = 1

BUSY_SECONDS = 10.0

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,             -- indexed | failed; a failed source keeps the chunks it had
    reason TEXT NOT NULL,            -- why it failed, or what was noticed while reading it
    title TEXT NOT NULL,
    front_matter TEXT NOT NULL,      -- a JSON object of strings
    stamp TEXT NOT NULL,             -- size:mtime:ctime:inode of the file that was read, in nanoseconds
    read_at INTEGER NOT NULL,        -- when that was, in nanoseconds since 1970
    sha256 TEXT NOT NULL             -- of the bytes that were read
);

CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,          -- also the row in chunk_words
    chunk_id TEXT NOT NULL UNIQUE,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    position INTEGER NOT NULL,       -- order within the source
    heading TEXT NOT NULL,           -- a JSON list
    text TEXT NOT NULL,
    first_line INTEGER NOT NULL,
    last_line INTEGER NOT NULL,
    stub INTEGER NOT NULL,
    text_hash TEXT NOT NULL          -- SHA-256 of the indexed text: the key to its vector
);
CREATE INDEX chunks_by_source ON chunks(source_id, position);
CREATE INDEX chunks_by_text ON chunks(text_hash);

CREATE TABLE links (chunk INTEGER NOT NULL REFERENCES chunks(id), line INTEGER NOT NULL, url TEXT NOT NULL);
CREATE INDEX links_by_chunk ON links(chunk);

CREATE TABLE embeddings (
    model TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    vector BLOB NOT NULL,            -- float32, little-endian
    PRIMARY KEY (model, text_hash)
);

CREATE VIRTUAL TABLE chunk_words USING fts5(heading, body, tokenize = 'porter unicode61 remove_diacritics 2');
"""


def connect(data: Path, *, write: bool) -> sqlite3.Connection:
    """The connection to the catalog in `data`, made first when `write`. Raises IndexMissing or IndexBroken."""
    path = data / CATALOG_FILE
    if not write and not path.is_file():
        raise IndexMissing(f"There is no index in {data} yet. Run: notebot ingest")
    try:
        connection = _connect_writer(path) if write else _connect_reader(path)
        _check_format(connection, path)
    except sqlite3.Error as error:
        raise translated(error, path) from error
    return connection


def _connect_reader(path: Path) -> sqlite3.Connection:
    uri = path.resolve().as_uri()
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if os.access(path.parent, os.W_OK):
            raise
        # Reading a WAL database needs a file beside it, which a read-only folder refuses. Nobody can write there either.
        connection = sqlite3.connect(f"{uri}?immutable=1", uri=True, check_same_thread=False, isolation_level=None)
    return connection


def _connect_writer(path: Path) -> sqlite3.Connection:
    if not path.exists():
        path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if _is_empty(connection):
        connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {FORMAT_VERSION}; COMMIT;")
    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        raise sqlite3.DatabaseError(problem)
    return connection


def _is_empty(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,))


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found == 0 and _is_empty(connection):
        raise IndexMissing(
            f"There is no index in {path.parent} yet: the first ingest has begun, or broke off. Run: notebot ingest"
        )
    if found > FORMAT_VERSION:
        raise IndexBroken(
            f"The index {path} was made by a newer notebot (format {found}, this one reads {FORMAT_VERSION}). Update notebot, "
            f"or move the folder {path.parent} away and run: notebot ingest"
        )
    if found < FORMAT_VERSION:
        raise IndexBroken(
            f"The index {path} has format {found}, this notebot reads {FORMAT_VERSION}. "
            f"Move the folder {path.parent} away and run: notebot ingest"
        )


def translated(error: sqlite3.Error, path: Path) -> NotebotError:
    """What `error` means and what to do, as one of notebot's own errors."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Locked(f"The index {path} is busy ({error}). Try again in a moment.")
    if code is not None and code & 0xFF in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
    ):
        return NotebotError(
            f"The index {path} cannot be written ({error}). Check the disk's free space and the folder's permissions."
        )
    if code is not None and code & 0xFF == sqlite3.SQLITE_CANTOPEN:
        return NotebotError(f"The index {path} cannot be opened ({error}). Check the folder's permissions.")
    return IndexBroken(
        f"The index {path} is damaged ({error}). Your notes are untouched. "
        f"Move the folder {path.parent} away and run: notebot ingest"
    )
