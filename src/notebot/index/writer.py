"""The catalog, open for writing: one process at a time, in transactions."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, Self

from notebot.index.catalog import Catalog, Reading
from notebot.index.linked import PageRow, page_of
from notebot.index.lock import WriterLock
from notebot.index.schema import CATALOG_FILE, OlderFormat, connect, put_aside, take_over
from notebot.index.words import fold
from notebot.models.ports import Vectors
from notebot.types import Chunk, Document

_SPARE_VECTORS = 1000  # vectors that no chunk uses any more and that are kept, besides as many as are in use


def _connect(data: Path, *, rebuild: bool) -> sqlite3.Connection:
    if not rebuild:
        try:
            return connect(data, write=True)
        except OlderFormat:
            pass
    aside = put_aside(data)
    connection = connect(data, write=True)
    take_over(connection, aside, pages=not rebuild)  # what is damaged is fetched again
    return connection


def text_hash(chunk: Chunk) -> str:
    """The key of a chunk's vector: chunks with the same indexed text share one."""
    return hashlib.sha256(chunk.indexed_text.encode()).hexdigest()


class CatalogWriter(Catalog):
    """A catalog that can be changed. Holds the folder's writer lock until it is closed.

    Every change belongs inside `with writer.transaction():`.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, lock: WriterLock) -> None:
        super().__init__(connection, path)
        self._right = lock

    @classmethod
    def open(cls, data: Path, *, rebuild: bool = False) -> Self:
        """The catalog in the folder `data`; both are made if they are missing. Raises Locked or IndexBroken.

        One of an older format is put aside, and so is any with `rebuild`; the new one begins with its vectors.
        """
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = WriterLock(data)
        try:
            return cls(_connect(data, rebuild=rebuild), data / CATALOG_FILE, lock)
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        super().close()
        self._right.release()

    @contextmanager
    def transaction(self, *, visible: bool = True) -> Iterator[None]:
        """All or nothing. `visible`: a search could see the change, so the generation grows with it."""
        with self._lock:
            self._do("BEGIN IMMEDIATE")
            try:
                yield
                if visible:
                    self.grow_generation()
                self._do("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.rollback()
                raise

    def grow_generation(self) -> None:
        """A search could see what this transaction changes."""
        self._do(
            """INSERT INTO meta VALUES ('generation', '1')
               ON CONFLICT(key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"""
        )

    def set_meta(self, values: Mapping[str, str]) -> None:
        for item in values.items():
            self._do("INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", item)

    def put(
        self, document: Document, chunks: Sequence[Chunk], reading: Reading, *, kind: Literal["note", "page"] = "note"
    ) -> None:
        """Make `document` and its chunks what the catalog holds of that source. Chunks that it holds already stay as they are."""
        values = {
            "source": document.source,
            "kind": kind,
            "state": "indexed",
            "reason": "; ".join(document.warnings),
            "title": document.title,
            "front_matter": json.dumps(dict(document.front_matter), ensure_ascii=False),
            "tags": json.dumps(document.tags, ensure_ascii=False),
            "unit": document.unit,
            "stamp": reading.stamp,
            "read_at": reading.read_at,
            "sha256": reading.sha256,
        }
        self._upsert("sources", "source", values)
        source_id = int(self._one("SELECT id FROM sources WHERE source = ?", (document.source,)))
        self._put_chunks(source_id, chunks)
        self._do("DELETE FROM note_links WHERE source_id = ?", (source_id,))
        for link in document.note_links:
            row = (source_id, link.line, link.target, link.heading, link.embed)
            self._do("INSERT INTO note_links VALUES (?, ?, ?, ?, ?)", row)

    def _upsert(self, table: str, key: str, values: Mapping[str, Any]) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        changes = ", ".join(f"{name} = excluded.{name}" for name in values if name != key)
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT({key}) DO UPDATE SET {changes}"  # noqa: S608 - names of ours
        self._do(sql, tuple(values.values()))

    def _put_chunks(self, source_id: int, chunks: Sequence[Chunk]) -> None:
        rows = self._rows("SELECT chunk_id, text_hash, id FROM chunks WHERE source_id = ?", (source_id,))
        there = {(chunk_id, key): row for chunk_id, key, row in rows}
        wanted = [(chunk, (chunk.id, text_hash(chunk))) for chunk in chunks]
        self._drop_chunks([row for key, row in there.items() if key not in {key for _, key in wanted}])
        for position, (chunk, key) in enumerate(wanted):
            row = there.get(key)
            if row is None:
                row = self._add_chunk(chunk, source_id, key[1])
            place = (position, chunk.first_line, chunk.last_line, chunk.stub, chunk.anchor, row)
            self._do("UPDATE chunks SET position = ?, first_line = ?, last_line = ?, stub = ?, anchor = ? WHERE id = ?", place)
            self._do("DELETE FROM links WHERE chunk = ?", (row,))
            for link in chunk.links:
                self._do("INSERT INTO links VALUES (?, ?, ?, ?)", (row, link.line, link.url, page_of(link)))

    def _add_chunk(self, chunk: Chunk, source_id: int, key: str) -> int:
        said = (json.dumps(chunk.heading, ensure_ascii=False), chunk.text, chunk.context)
        row = self._do(
            """INSERT INTO chunks (chunk_id, source_id, heading, text, context, text_hash,
                                   position, first_line, last_line, stub, anchor)
               VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, '')""",
            (chunk.id, source_id, *said, key),
        ).lastrowid
        path, _, body = chunk.indexed_text.partition("\n")
        self._do("INSERT INTO chunk_words (rowid, heading, body) VALUES (?, ?, ?)", (row, fold(path), fold(body)))
        return int(row or 0)

    def mark_failed(self, source: str, reason: str) -> None:
        """Remember that the note `source` could not be read. What it had in the index stays there."""
        self._do(
            """INSERT INTO sources (source, kind, state, reason, title, front_matter, tags, unit, stamp, read_at, sha256)
               VALUES (?, 'note', 'failed', ?, '', '{}', '[]', 'line', '', 0, '')
               ON CONFLICT(source) DO UPDATE SET state = 'failed', reason = excluded.reason, stamp = '', read_at = 0""",
            (source, reason),
        )

    def note_reading(self, source: str, reading: Reading) -> None:
        """The file of `source` was read again and says the same as before."""
        self._do("UPDATE sources SET stamp = ?, read_at = ? WHERE source = ?", (reading.stamp, reading.read_at, source))

    def remove(self, source: str) -> None:
        """Forget `source` and all that came from it. What was fetched of a page is kept in `pages`."""
        for (source_id,) in self._rows("SELECT id FROM sources WHERE source = ?", (source,)):
            self._drop_chunks([row[0] for row in self._rows("SELECT id FROM chunks WHERE source_id = ?", (source_id,))])
            self._do("DELETE FROM note_links WHERE source_id = ?", (source_id,))
            self._do("DELETE FROM sources WHERE id = ?", (source_id,))

    def _drop_chunks(self, rows: Sequence[int]) -> None:
        for row in rows:
            self._do("DELETE FROM chunk_words WHERE rowid = ?", (row,))
            self._do("DELETE FROM links WHERE chunk = ?", (row,))
            self._do("DELETE FROM chunks WHERE id = ?", (row,))

    # --- pages ----------------------------------------------------------------------------------------------------

    def put_page(self, row: PageRow, body: bytes | None = None) -> None:
        """Remember how a page was asked for; its copy too, if there is a new one."""
        values = asdict(row) | ({"body": zlib.compress(body)} if body is not None else {})
        self._upsert("pages", "page", values)

    def forget_pages(self, pages: Iterable[str]) -> None:
        """Forget these pages and their copies."""
        for page in pages:
            self.remove(page)
            self._do("DELETE FROM pages WHERE page = ?", (page,))

    # --- vectors --------------------------------------------------------------------------------------------------

    def store_vectors(self, model: str, hashes: Sequence[str], vectors: Vectors) -> None:
        """Remember the vectors of texts, one row a hash, [len(hashes), dimension]."""
        for key, vector in zip(hashes, vectors, strict=True):
            self._do("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", (model, key, vector.astype("<f4").tobytes()))

    def prune_vectors(self, model: str) -> None:
        """Forget the vectors that nothing uses, once they outnumber the ones in use by a good margin."""
        used = int(self._one("SELECT count(DISTINCT text_hash) FROM chunks"))
        if int(self._one("SELECT count(*) FROM embeddings")) > 2 * used + _SPARE_VECTORS:
            self._do("DELETE FROM embeddings WHERE model <> ? OR text_hash NOT IN (SELECT text_hash FROM chunks)", (model,))
