"""How catalog.db is laid out, opened and checked, and what SQLite's errors mean to a person."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from notebot.errors import IndexBroken, IndexMissing, Locked, NotebotError

CATALOG_FILE = "catalog.db"
ASIDE_FILE = "catalog.aside.db"

# Bump when a table or the meaning of a column changes. An older catalog is made anew from the notes at the next ingest, and
# keeps its vectors and its copies of pages; a newer one is refused.
FORMAT_VERSION = 3

BUSY_SECONDS = 10.0

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL UNIQUE,     -- a note's path, or a page's canonical address
    kind TEXT NOT NULL,              -- note | page
    state TEXT NOT NULL,             -- indexed | failed; a failed source keeps the chunks it had
    reason TEXT NOT NULL,            -- why it failed, or what was noticed while reading it
    title TEXT NOT NULL,
    front_matter TEXT NOT NULL,      -- a JSON object of strings
    tags TEXT NOT NULL,              -- a JSON list
    unit TEXT NOT NULL,              -- what places are counted in: line | page | cell | nothing
    stamp TEXT NOT NULL,             -- size:mtime:ctime:inode of the file that was read, in nanoseconds; empty for a page
    read_at INTEGER NOT NULL,        -- when that was, in nanoseconds since 1970
    sha256 TEXT NOT NULL             -- of the bytes that were read
);

CREATE TABLE pages (                 -- each page that a note links to and that was asked for; its chunks are those of its source
    page TEXT PRIMARY KEY,           -- the canonical address
    state TEXT NOT NULL,             -- fetched | stale (a last good copy) | failed | refused
    reason TEXT NOT NULL,
    url TEXT NOT NULL,               -- where it was found in the end
    same_as TEXT NOT NULL,           -- another page of which this is a second address, or empty
    body BLOB NOT NULL DEFAULT x'',  -- the last good copy, compressed with zlib
    content_type TEXT NOT NULL,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    sha256 TEXT NOT NULL,            -- of the last good copy
    fetched_at INTEGER NOT NULL,     -- when the copy was had or last found good, in seconds since 1970
    due_at INTEGER NOT NULL,         -- when to ask again
    failures INTEGER NOT NULL        -- times in a row that it could not be had
) WITHOUT ROWID;

CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,          -- also the row in chunk_words
    chunk_id TEXT NOT NULL UNIQUE,
    source_id INTEGER NOT NULL REFERENCES sources(id),
    position INTEGER NOT NULL,       -- order within the source
    heading TEXT NOT NULL,           -- a JSON list
    text TEXT NOT NULL,
    context TEXT NOT NULL,           -- what is searched with the text and is not part of it
    first_line INTEGER NOT NULL,
    last_line INTEGER NOT NULL,
    stub INTEGER NOT NULL,
    anchor TEXT NOT NULL,
    text_hash TEXT NOT NULL          -- SHA-256 of the indexed text: the key to its vector
);
CREATE INDEX chunks_by_source ON chunks(source_id, position);
CREATE INDEX chunks_by_text ON chunks(text_hash);

CREATE TABLE links (
    chunk INTEGER NOT NULL REFERENCES chunks(id),
    line INTEGER NOT NULL,
    url TEXT NOT NULL,
    page TEXT NOT NULL               -- the canonical address, empty for what is never fetched
);
CREATE INDEX links_by_chunk ON links(chunk);
CREATE INDEX links_by_page ON links(page);

CREATE TABLE note_links (            -- from note to note, as they are written
    source_id INTEGER NOT NULL REFERENCES sources(id),
    line INTEGER NOT NULL,
    target TEXT NOT NULL,
    heading TEXT NOT NULL,
    embed INTEGER NOT NULL
);
CREATE INDEX note_links_by_source ON note_links(source_id);

CREATE TABLE embeddings (
    model TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    vector BLOB NOT NULL,            -- float32, little-endian
    PRIMARY KEY (model, text_hash)
);

-- Text as words.fold makes it. Marks belong to their letters: the vowels of Hindi are marks.
CREATE VIRTUAL TABLE chunk_words USING fts5(
    heading, body, tokenize = "porter unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);
"""


_PAGE = "page, state, reason, url, same_as, body, content_type, etag, last_modified, sha256, fetched_at, due_at, failures"


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
            f"or make the index anew: notebot ingest --rebuild"
        )
    if found < FORMAT_VERSION:
        raise OlderFormat(f"The index {path} was made by an older notebot. To make it anew from your notes, run: notebot ingest")


class OlderFormat(IndexBroken):
    """The index was made by an older notebot. Its vectors can be kept, the rest is made anew."""


def put_aside(data: Path) -> Path:
    """Move the catalog in `data` out of the way; where it is now. What was put aside before is replaced."""
    path, aside = data / CATALOG_FILE, data / ASIDE_FILE
    for end in ("-wal", "-shm", ""):
        (data / f"{ASIDE_FILE}{end}").unlink(missing_ok=True)
    for end in ("-wal", "-shm", ""):  # the catalog last: as long as it is there, its log must be
        if (old := data / f"{CATALOG_FILE}{end}").exists():
            old.replace(data / f"{ASIDE_FILE}{end}")
    return aside if aside.exists() else path


def take_over(connection: sqlite3.Connection, aside: Path, *, pages: bool) -> None:
    """Take over the vectors of a catalog that was put aside, and the copies of pages, as far as it can be read."""
    try:
        connection.execute("ATTACH DATABASE ? AS aside", (str(aside),))
        connection.execute("INSERT OR IGNORE INTO embeddings SELECT model, text_hash, vector FROM aside.embeddings")
        if pages:  # some of them are nowhere else any more
            connection.execute(f"INSERT OR IGNORE INTO pages ({_PAGE}) SELECT {_PAGE} FROM aside.pages")  # noqa: S608 - names of ours
    except sqlite3.Error:
        pass  # it is damaged: they are made again
    finally:
        with suppress(sqlite3.Error):
            connection.execute("DETACH DATABASE aside")


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
        f"To put it aside and read them again, run: notebot ingest --rebuild"
    )
