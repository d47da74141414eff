"""The catalog: what is in the index, with its words, places, links and cached vectors. SQLite, and the truth."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np

from notebot.index.schema import CATALOG_FILE, connect, translated
from notebot.index.words import match_any
from notebot.models.ports import Vectors
from notebot.types import Chunk, IndexState, Link, SourceState

_CHUNKS = """SELECT c.chunk_id, s.source, s.title, c.heading, c.text, c.first_line, c.last_line, c.stub, c.id
             FROM chunks c JOIN sources s ON s.id = c.source_id"""
_BY_ID = " WHERE c.chunk_id IN (SELECT value FROM json_each(?))"
_VECTORS = "SELECT c.chunk_id, e.vector FROM chunks c JOIN embeddings e ON e.text_hash = c.text_hash AND e.model = ?"
_IN_ORDER = " ORDER BY c.chunk_id"


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that one search found. Higher is better; what the score means depends on the search."""

    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file was when it was last read: `stamp` tells one state of a file from another, `read_at` is in nanoseconds."""

    stamp: str
    read_at: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source as the catalog knows it."""

    source: str
    state: Literal["indexed", "failed"]
    reason: str
    reading: Reading


class Catalog:
    """One open catalog, for reading. Safe to share between threads.

    One connection behind one lock: statements take milliseconds, and a connection per thread would have to be found
    again and closed by somebody when its thread ends.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._lock = threading.RLock()

    @classmethod
    def open(cls, data: Path) -> Self:
        """The catalog in the folder `data`. Raises IndexMissing, or IndexBroken for another format or damage."""
        return cls(connect(data, write=False), data / CATALOG_FILE)

    @property
    def folder(self) -> Path:
        return self._path.parent

    def close(self) -> None:
        """Let go of the file. Idempotent."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- searching ------------------------------------------------------------------------------------------------

    def search_words(self, terms: Sequence[str], limit: int) -> list[Hit]:
        """Chunks with any of `terms`, best first by bm25 with the heading counted twice; ties by id. No terms, no hits."""
        query = match_any(terms)
        if not query:
            return []
        rows = self._rows(
            """SELECT c.chunk_id, -bm25(chunk_words, 2.0, 1.0) AS score
               FROM chunk_words JOIN chunks c ON c.id = chunk_words.rowid
               WHERE chunk_words MATCH ? ORDER BY score DESC, c.chunk_id LIMIT ?""",
            (query, limit),
        )
        return [Hit(chunk_id, score) for chunk_id, score in rows]

    def document_frequency(self, term: str) -> int:
        """How many chunks have `term`."""
        query = match_any([term])
        return int(self._one("SELECT count(*) FROM chunk_words WHERE chunk_words MATCH ?", (query,))) if query else 0

    def chunk_count(self) -> int:
        return int(self._one("SELECT count(*) FROM chunks"))

    def chunks(self, ids: Iterable[str]) -> dict[str, Chunk]:
        """The chunks with these ids, in the order asked for; ids that are not in the index are left out."""
        wanted = list(dict.fromkeys(ids))
        rows = self._rows(_CHUNKS + _BY_ID, (json.dumps(wanted),))
        found = {chunk.id: chunk for chunk in self._with_links(rows)}
        return {chunk_id: found[chunk_id] for chunk_id in wanted if chunk_id in found}

    def chunks_of(self, source: str) -> list[Chunk]:
        """The chunks of one source, in order."""
        return self._with_links(self._rows(_CHUNKS + " WHERE s.source = ? ORDER BY c.position", (source,)))

    def _with_links(self, rows: Sequence[Sequence[Any]]) -> list[Chunk]:
        links: dict[int, list[Link]] = {}
        wanted = json.dumps([row[8] for row in rows])
        for row, url, line in self._rows(
            "SELECT chunk, url, line FROM links WHERE chunk IN (SELECT value FROM json_each(?)) ORDER BY rowid", (wanted,)
        ):
            links.setdefault(row, []).append(Link(url, line))
        return [_chunk(row, links) for row in rows]

    # --- looking at the whole -------------------------------------------------------------------------------------

    def generation(self) -> int:
        """A number that grows with every change that a search could see."""
        return int(self.meta().get("generation", "0"))

    def meta(self) -> dict[str, str]:
        """Facts about the index as a whole, one snapshot."""
        return dict(self._rows("SELECT key, value FROM meta"))

    def state(self) -> IndexState:
        """What the index holds, for people."""
        rows = self._rows(
            """SELECT s.source, s.state, s.reason, count(c.id), coalesce(sum(c.stub), 0),
                      (SELECT count(*) FROM links l JOIN chunks k ON k.id = l.chunk WHERE k.source_id = s.id)
               FROM sources s LEFT JOIN chunks c ON c.source_id = s.id GROUP BY s.id ORDER BY s.source"""
        )
        sources = tuple(SourceState(*row) for row in rows)
        meta = self.meta()
        return IndexState(
            sources=sources,
            chunks=sum(source.chunks for source in sources),
            stubs=tuple(" > ".join(heading) for _, heading, stub in self.headings() if stub),
            links=sum(source.links for source in sources),
            embedder=meta.get("embedder", ""),
            generation=int(meta.get("generation", "0")),
            ingested_at=meta.get("ingested_at", ""),
        )

    def headings(self) -> list[tuple[str, tuple[str, ...], bool]]:
        """Every (source, heading path, stub) in the order of the notes, each once. Text without a heading has none."""
        rows = self._rows(
            "SELECT s.source, c.heading, c.stub FROM chunks c JOIN sources s ON s.id = c.source_id ORDER BY s.source, c.position"
        )
        return list(
            dict.fromkeys((source, tuple(json.loads(heading)), bool(stub)) for source, heading, stub in rows if heading != "[]")
        )

    def sources(self) -> dict[str, SourceRow]:
        """Every source by its name, with how its file was when it was read."""
        rows = self._rows("SELECT source, state, reason, stamp, read_at, sha256 FROM sources ORDER BY source")
        return {row[0]: SourceRow(row[0], row[1], row[2], Reading(row[3], row[4], row[5])) for row in rows}

    # --- vectors --------------------------------------------------------------------------------------------------

    def chunk_ids(self) -> list[str]:
        """Every id, sorted."""
        return [row[0] for row in self._rows("SELECT chunk_id FROM chunks ORDER BY chunk_id")]

    def vectors(self, model: str, ids: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        """The ids that have a vector of `model`, sorted, and one row for each. All of the index unless `ids` are given."""
        if ids is None:
            rows = self._rows(_VECTORS + _IN_ORDER, (model,))
        else:
            rows = self._rows(_VECTORS + _BY_ID + _IN_ORDER, (model, json.dumps(list(ids))))
        matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f4").astype(np.float32, copy=False)
        return [row[0] for row in rows], matrix.reshape(len(rows), -1) if rows else np.zeros((0, 0), dtype=np.float32)

    def without_vector(self, model: str) -> list[Chunk]:
        """One chunk for each text that `model` has not embedded yet."""
        rows = self._rows(
            """SELECT min(c.chunk_id) FROM chunks c LEFT JOIN embeddings e ON e.text_hash = c.text_hash AND e.model = ?
               WHERE e.text_hash IS NULL GROUP BY c.text_hash ORDER BY 1""",
            (model,),
        )
        return list(self.chunks(row[0] for row in rows).values())

    def embedded(self, model: str, hashes: Iterable[str]) -> set[str]:
        """Those of `hashes` (see `writer.text_hash`) whose text `model` has embedded already."""
        rows = self._rows(
            "SELECT text_hash FROM embeddings WHERE model = ? AND text_hash IN (SELECT value FROM json_each(?))",
            (model, json.dumps(list(hashes))),
        )
        return {row[0] for row in rows}

    # --- SQLite ---------------------------------------------------------------------------------------------------

    def _do(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        with self._lock:
            try:
                return self._connection.execute(sql, values)
            except sqlite3.Error as error:
                raise translated(error, self._path) from error

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            try:
                return self._connection.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise translated(error, self._path) from error

    def _one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        return self._rows(sql, values)[0][0]


def _chunk(row: Sequence[Any], links: Mapping[int, Sequence[Link]]) -> Chunk:
    chunk_id, source, title, heading, text, first_line, last_line, stub, rowid = row
    path = tuple(json.loads(heading))
    return Chunk(chunk_id, source, title, path, text, first_line, last_line, bool(stub), tuple(links.get(rowid, ())))
