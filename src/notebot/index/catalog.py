"""The catalog: what is in the index, with its words, places, links and cached vectors. SQLite, and the truth."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np

from notebot.index.kept import Slot
from notebot.index.linked import Lead, PageRow, note_lines, points_at
from notebot.index.schema import CATALOG_FILE, connect, translated
from notebot.index.words import AMONG, RANKED, match_any
from notebot.models.ports import Vectors
from notebot.types import Chunk, Link, NoteLine, Page
from notebot.urls import read_url

_CHUNKS = """SELECT c.id, s.kind, c.chunk_id, s.source, s.title, c.heading, c.text, c.first_line, c.last_line, c.stub,
                    s.unit, c.anchor, c.context
             FROM chunks c JOIN sources s ON s.id = c.source_id"""
_BY_ID = " WHERE c.chunk_id IN (SELECT value FROM json_each(?))"
_VECTORS = "SELECT c.chunk_id, e.vector FROM chunks c JOIN embeddings e ON e.text_hash = c.text_hash AND e.model = ?"
_IN_ORDER = " ORDER BY c.chunk_id"


NOT_ASKED = "not asked for yet"
NO_SCORE = 1e-4  # bm25 gives a word that stands in half of all chunks a millionth for its rarity, not nothing


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
        self._file = path.stat()
        self.kept: dict[object, Slot] = {}  # for kept.py
        self._lock = threading.RLock()

    @classmethod
    def open(cls, data: Path) -> Self:
        """The catalog in the folder `data`. Raises IndexMissing, or IndexBroken for another format or damage."""
        return cls(connect(data, write=False), data / CATALOG_FILE)

    def current(self) -> bool:
        """Whether this is still the catalog of its folder: a rebuild puts another file in its place."""
        try:
            return os.path.samestat(self._file, self._path.stat())
        except OSError:
            return False

    def close(self) -> None:
        """Let go of the file. Idempotent."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- searching ------------------------------------------------------------------------------------------------

    def search_words(
        self, terms: Sequence[str], limit: int, *, having: Sequence[str] = (), among: Collection[str] | None = None
    ) -> list[Hit]:
        """Chunks with any of `terms`, best first by bm25 with the heading counted twice; ties by id. No terms, no hits.

        Only of the ids `among`, and only what has one of `having`, some of the terms: where these are not all, they count
        twice. What has nothing but words that stand nearly everywhere is left out beside others.
        """
        query = match_any(terms, having=having)
        if not query:
            return []
        if among is None:
            rows = self._rows(RANKED.format(only=""), (query, limit))
        else:
            rows = self._rows(RANKED.format(only=AMONG), (query, limit, json.dumps(list(among))))
        hits = [Hit(chunk_id, score) for chunk_id, score in rows]
        return [hit for hit in hits if hit.score > NO_SCORE] or hits

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
        wanted = json.dumps([row[0] for row in rows])
        for row, url, line in self._rows(
            "SELECT chunk, url, line FROM links WHERE chunk IN (SELECT value FROM json_each(?)) ORDER BY rowid", (wanted,)
        ):
            links.setdefault(row, []).append(Link(url, line))
        chunks = {row[0]: _chunk(row[2:], links.get(row[0], ())) for row in rows}
        pages = {row[3] for row in rows if row[1] == "page"}
        if pages:
            known, leads = self.pages(pages), self.leads(pages)
            for row in rows:
                if row[1] == "page":
                    chunk = chunks[row[0]]
                    chunks[row[0]] = replace(chunk, page=_page(chunk, known[chunk.source], leads.get(chunk.source, ())))
        return list(chunks.values())

    # --- pages ----------------------------------------------------------------------------------------------------

    def pages(self, only: Iterable[str] | None = None) -> dict[str, PageRow]:
        """How each page was asked for, by its canonical address: all of them, or `only` these."""
        columns = ", ".join(field.name for field in fields(PageRow))
        where = "" if only is None else " WHERE page IN (SELECT value FROM json_each(?))"
        rows = self._rows(f"SELECT {columns} FROM pages{where} ORDER BY page", () if only is None else (json.dumps(list(only)),))  # noqa: S608 - names of ours
        return {row[0]: PageRow(*row) for row in rows}

    def body(self, page: str) -> bytes:
        """The copy of a page, as it was fetched; empty if there is none."""
        rows = self._rows("SELECT body FROM pages WHERE page = ? AND body <> x''", (page,))
        return zlib.decompress(rows[0][0]) if rows else b""

    def leads(self, only: Iterable[str] | None = None) -> dict[str, list[Lead]]:
        """The note lines that lead to each page, also by way of a second address of it: to all of them, or `only` to these."""
        where = "" if only is None else " AND target IN (SELECT value FROM json_each(?))"
        rows = self._rows(
            f"""SELECT coalesce(nullif(p.same_as, ''), l.page) AS target, s.source, l.line, l.url
                FROM links l JOIN chunks c ON c.id = l.chunk JOIN sources s ON s.id = c.source_id
                     LEFT JOIN pages p ON p.page = l.page
                WHERE l.page <> '' AND s.kind = 'note'{where} ORDER BY target, s.source, l.line, l.rowid""",  # noqa: S608 - names of ours
            () if only is None else (json.dumps(list(only)),),
        )
        found: dict[str, list[Lead]] = {}
        for target, source, line, url in rows:
            found.setdefault(target, []).append(Lead(NoteLine(source, line), read_url(url)))
        return found

    def linked(self) -> dict[str, bool]:
        """Every page that a note links to, sorted, with whether a note writes https itself."""
        rows = self._rows(
            """SELECT l.page, max(l.url LIKE 'https:%') FROM links l
               JOIN chunks c ON c.id = l.chunk JOIN sources s ON s.id = c.source_id
               WHERE l.page <> '' AND s.kind = 'note' GROUP BY 1 ORDER BY 1"""
        )
        return {page: bool(secure) for page, secure in rows}

    def page_states(self) -> dict[str, str]:
        """Linked pages of which nothing can be read, by canonical address, with the reason."""
        known = self.pages()
        missing = {page: known.get(page) for page in self.linked()}
        return {page: row.reason if row else NOT_ASKED for page, row in missing.items() if row is None or not row.usable}

    # --- looking at the whole -------------------------------------------------------------------------------------

    def generation(self) -> int:
        """A number that grows with every change that a search could see."""
        return int(self.meta().get("generation", "0"))

    def meta(self) -> dict[str, str]:
        """Facts about the index as a whole, one snapshot."""
        return dict(self._rows("SELECT key, value FROM meta"))

    def headings(self) -> list[tuple[str, tuple[str, ...], bool]]:
        """Every (note, heading path, stub) in the order of the notes, each once. Text without a heading has none."""
        rows = self._rows(
            """SELECT s.source, c.heading, c.stub FROM chunks c JOIN sources s ON s.id = c.source_id
               WHERE s.kind = 'note' ORDER BY s.source, c.position"""
        )
        return list(
            dict.fromkeys((source, tuple(json.loads(heading)), bool(stub)) for source, heading, stub in rows if heading != "[]")
        )

    def sources(self, kind: Literal["note", "page"] = "note") -> dict[str, SourceRow]:
        """Every note, or every page that has chunks, by its name, with how it was when it was read."""
        rows = self._rows(
            "SELECT source, state, reason, stamp, read_at, sha256 FROM sources WHERE kind = ? ORDER BY source", (kind,)
        )
        return {row[0]: SourceRow(row[0], row[1], row[2], Reading(row[3], row[4], row[5])) for row in rows}

    def counts(self) -> dict[str, tuple[int, int, int]]:
        """How many chunks, stubs and links to pages each source has."""
        rows = self._rows(
            """SELECT s.source, count(c.id), coalesce(sum(c.stub), 0),
                      (SELECT count(*) FROM links l JOIN chunks k ON k.id = l.chunk WHERE k.source_id = s.id AND l.page <> '')
               FROM sources s LEFT JOIN chunks c ON c.source_id = s.id GROUP BY s.id"""
        )
        return {row[0]: row[1:] for row in rows}

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

    def unembedded(self, model: str) -> list[str]:
        """The id of one chunk for each text that `model` has not embedded yet, those of like length together."""
        rows = self._rows(
            """SELECT min(c.chunk_id) AS id FROM chunks c
               WHERE NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.text_hash = c.text_hash AND e.model = ?)
               GROUP BY c.text_hash ORDER BY max(length(c.heading) + length(c.context) + length(c.text)), id""",
            (model,),
        )
        return [row[0] for row in rows]

    def unembedded_count(self, model: str) -> int:
        """How many chunks words find and vectors of `model` do not yet."""
        missing = "NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.text_hash = c.text_hash AND e.model = ?)"
        return int(self._one(f"SELECT count(*) FROM chunks c WHERE {missing}", (model,)))  # noqa: S608 - words of ours

    # --- SQLite ---------------------------------------------------------------------------------------------------

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """What another reader of the index asks for."""
        return self._rows(sql, values)

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


def _chunk(row: Sequence[Any], links: Sequence[Link]) -> Chunk:
    chunk_id, source, title, heading, text, first_line, last_line, stub, unit, anchor, context = row
    path = tuple(json.loads(heading))
    place = (first_line, last_line, bool(stub))
    return Chunk(chunk_id, source, title, path, text, *place, tuple(links), unit=unit, anchor=anchor, context=context)


def _page(chunk: Chunk, row: PageRow, leads: Sequence[Lead]) -> Page:
    fetched_at = datetime.fromtimestamp(row.fetched_at, UTC).isoformat(timespec="seconds")
    return Page(row.url, fetched_at, row.state == "stale", note_lines(leads), points_at(leads, chunk.anchor, chunk.text))
