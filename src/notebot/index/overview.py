"""What an index holds, for people: each note and page with its state, and the whole in numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from notebot.index.catalog import NOT_ASKED, Catalog
from notebot.index.kept import kept
from notebot.index.linked import PageRow
from notebot.states import IndexState, SourceState

_Counts = Mapping[str, tuple[int, int, int]]
_NOTHING = (0, 0, 0)


@kept
def overview(catalog: Catalog) -> IndexState:
    """The state of every note and of every page that a note links to, notes first, each kind sorted by name."""
    counts = catalog.counts()
    sources = (*_notes(catalog, counts), *_pages(catalog, counts))
    meta = catalog.meta()
    return IndexState(
        sources=sources,
        chunks=sum(source.chunks for source in sources),
        unembedded=catalog.unembedded_count(meta.get("embedder", "")),
        stubs=tuple(" > ".join(heading) for _, heading in _stubs(catalog)),
        links=sum(source.links for source in sources if source.kind == "note"),
        embedder=meta.get("embedder", ""),
        generation=int(meta.get("generation", "0")),
        ingested_at=meta.get("ingested_at", ""),
    )


def _stubs(catalog: Catalog) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every (note, heading path) with nothing under it, in the order of the notes, each once."""
    rows = catalog.rows(
        """SELECT s.source, c.heading FROM chunks c JOIN sources s ON s.id = c.source_id
           WHERE c.stub AND s.kind = 'note' AND c.heading <> '[]' ORDER BY s.source, c.position"""
    )
    for source, heading in dict.fromkeys(map(tuple, rows)):
        yield source, tuple(json.loads(heading))


def building(catalog: Catalog) -> str:
    """What a search may miss while an ingest is at work, in words; empty if nothing."""
    meta = catalog.meta()
    if meta.get("chroma_generation") == meta.get("generation"):
        return ""  # the last ingest came to its end
    missing = catalog.unembedded_count(meta.get("embedder", ""))
    return f"The index is still being built: {missing} passages can be found by their words only so far." if missing else ""


def _notes(catalog: Catalog, counts: _Counts) -> Iterator[SourceState]:
    for name, row in catalog.sources("note").items():
        mine = counts.get(name, _NOTHING)
        empty = row.state == "indexed" and not mine[0]
        state: Literal["indexed", "skipped", "failed"] = "skipped" if empty else row.state
        yield SourceState(
            name,
            "note",
            state,
            "has no text" if empty and not row.reason else row.reason,
            _when(row.reading.read_at // 10**9),
            *mine,
        )


def _pages(catalog: Catalog, counts: _Counts) -> Iterator[SourceState]:
    known, with_chunks = catalog.pages(), catalog.sources("page")
    for page in sorted({*catalog.linked(), *with_chunks}):
        row = known.get(page)
        if row is None:
            yield SourceState(page, "page", "waiting", NOT_ASKED, "", *_NOTHING)
        else:
            state, reason = _page_state(row, there=page in with_chunks)
            yield SourceState(page, "page", state, reason, _when(row.fetched_at), *counts.get(page, _NOTHING))


def _page_state(row: PageRow, *, there: bool) -> tuple[Literal["indexed", "stale", "skipped", "failed"], str]:
    if row.same_as:
        return "skipped", f"the same page as {row.same_as}"
    if row.state == "failed":
        return "failed", row.reason
    if row.state == "refused" or not there:
        return "skipped", row.reason or "linked pages were left out"
    return ("stale" if row.state == "stale" else "indexed"), row.reason


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else ""
