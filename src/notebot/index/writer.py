"""The catalog, open for writing: one process at a time, in transactions."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from notebot.index.catalog import Catalog, Reading
from notebot.index.lock import WriterLock
from notebot.index.schema import CATALOG_FILE, connect
from notebot.index.words import fold
from notebot.models.ports import Vectors
from notebot.types import Chunk, Document

_SPARE_VECTORS = 1000  # vectors that no chunk uses any more and that are kept, besides as many as are in use


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
    def open(cls, data: Path) -> Self:
        """The catalog in the folder `data`; both are made if they are missing. Raises Locked or IndexBroken."""
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = WriterLock(data)
        try:
            return cls(connect(data, write=True), data / CATALOG_FILE, lock)
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
                    self._do(
                        """INSERT INTO meta VALUES ('generation', '1')
                           ON CONFLICT(key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"""
                    )
                self._do("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.rollback()
                raise

    def set_meta(self, values: Mapping[str, str]) -> None:
        for item in values.items():
            self._do("INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", item)

    def put(self, document: Document, chunks: Sequence[Chunk], reading: Reading) -> None:
        """Make `document` and its chunks what the catalog holds of that source."""
        self._do(
            """INSERT INTO sources (source, state, reason, title, front_matter, stamp, read_at, sha256)
               VALUES (?, 'indexed', ?, ?, ?, ?, ?, ?)
               ON CONFLICT(source) DO UPDATE SET
                   state = excluded.state, reason = excluded.reason, title = excluded.title, front_matter = excluded.front_matter,
                   stamp = excluded.stamp, read_at = excluded.read_at, sha256 = excluded.sha256""",
            (
                document.source,
                "; ".join(document.warnings),
                document.title,
                json.dumps(dict(document.front_matter), ensure_ascii=False),
                reading.stamp,
                reading.read_at,
                reading.sha256,
            ),
        )
        source_id = int(self._one("SELECT id FROM sources WHERE source = ?", (document.source,)))
        self._drop_chunks(source_id)
        for position, chunk in enumerate(chunks):
            self._put_chunk(chunk, source_id, position)

    def _put_chunk(self, chunk: Chunk, source_id: int, position: int) -> None:
        place = (json.dumps(chunk.heading, ensure_ascii=False), chunk.text, chunk.first_line, chunk.last_line, chunk.stub)
        row = self._do(
            """INSERT INTO chunks (chunk_id, source_id, position, heading, text, first_line, last_line, stub, text_hash)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (chunk.id, source_id, position, *place, text_hash(chunk)),
        ).lastrowid
        path, _, body = chunk.indexed_text.partition("\n")
        self._do("INSERT INTO chunk_words (rowid, heading, body) VALUES (?, ?, ?)", (row, fold(path), fold(body)))
        for link in chunk.links:
            self._do("INSERT INTO links VALUES (?, ?, ?)", (row, link.line, link.url))

    def mark_failed(self, source: str, reason: str) -> None:
        """Remember that `source` could not be read. What it had in the index stays there."""
        self._do(
            """INSERT INTO sources (source, state, reason, title, front_matter, stamp, read_at, sha256)
               VALUES (?, 'failed', ?, '', '{}', '', 0, '')
               ON CONFLICT(source) DO UPDATE SET state = 'failed', reason = excluded.reason, stamp = '', read_at = 0""",
            (source, reason),
        )

    def note_reading(self, source: str, reading: Reading) -> None:
        """The file of `source` was read again and says the same as before."""
        self._do("UPDATE sources SET stamp = ?, read_at = ? WHERE source = ?", (reading.stamp, reading.read_at, source))

    def remove(self, source: str) -> None:
        """Forget `source` and all that came from it."""
        for (source_id,) in self._rows("SELECT id FROM sources WHERE source = ?", (source,)):
            self._drop_chunks(source_id)
            self._do("DELETE FROM sources WHERE id = ?", (source_id,))

    def _drop_chunks(self, source_id: int) -> None:
        self._do("DELETE FROM chunk_words WHERE rowid IN (SELECT id FROM chunks WHERE source_id = ?)", (source_id,))
        self._do("DELETE FROM links WHERE chunk IN (SELECT id FROM chunks WHERE source_id = ?)", (source_id,))
        self._do("DELETE FROM chunks WHERE source_id = ?", (source_id,))

    def store_vectors(self, model: str, hashes: Sequence[str], vectors: Vectors) -> None:
        """Remember the vectors of texts, one row a hash, [len(hashes), dimension]."""
        for key, vector in zip(hashes, vectors, strict=True):
            self._do("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", (model, key, vector.astype("<f4").tobytes()))

    def prune_vectors(self, model: str) -> None:
        """Forget the vectors that nothing uses, once they outnumber the ones in use by a good margin."""
        used = int(self._one("SELECT count(DISTINCT text_hash) FROM chunks"))
        if int(self._one("SELECT count(*) FROM embeddings")) > 2 * used + _SPARE_VECTORS:
            self._do("DELETE FROM embeddings WHERE model <> ? OR text_hash NOT IN (SELECT text_hash FROM chunks)", (model,))
