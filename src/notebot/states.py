"""What an ingest does, and what the index holds: values for whoever shows them. Times are in seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an ingest stands: `done` of `total` units of `step`, working on `current`."""

    step: Literal["scanning", "reading", "fetching", "embedding", "storing"]
    done: int
    total: int
    current: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A source that could not be indexed, or only in part, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did. Counts are of notes, except `chunks` (in the index now), `embedded` (texts embedded now) and
    `fetched` (pages that were asked for over the network now, whether they came or not)."""

    added: int
    changed: int
    removed: int
    unchanged: int
    failed: int
    chunks: int
    embedded: int
    fetched: int
    seconds: float
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceState:
    """One row of `notebot status`. `when` is ISO 8601 in UTC: when it was last read, or the page last fetched.

    indexed: as it is now. stale: a page's last good copy. skipped: looked at, and nothing to index in it, `reason` says why.
    failed: could not be read or fetched; what it had before is kept. waiting: a linked page that was not asked for yet.
    """

    source: str
    kind: Literal["note", "page"]
    state: Literal["indexed", "stale", "skipped", "failed", "waiting"]
    reason: str
    when: str
    chunks: int
    stubs: int
    links: int


@dataclass(frozen=True, slots=True)
class IndexState:
    """What the index holds. `ingested_at` is ISO 8601 in UTC, empty before the first ingest.

    `unembedded` counts the chunks that words find already and vectors do not yet. `links` counts links to pages,
    `stubs` are headings with nothing under them.
    """

    sources: Sequence[SourceState]
    chunks: int
    unembedded: int
    stubs: tuple[str, ...]
    links: int
    embedder: str
    generation: int
    ingested_at: str


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What a person may ask of one ingest.

    `offline`: nothing is fetched, the pages that are here are used. `links`: whether linked pages are in the index at all.
    `refresh`: every linked page is asked for again, due or not. `allow_empty`: a folder without notes is meant to be so.
    `rebuild`: an index that cannot be used is put aside and made anew.
    """

    offline: bool = False
    links: bool = True
    refresh: bool = False
    allow_empty: bool = False
    rebuild: bool = False


NORMAL = IngestOptions()


@dataclass(frozen=True, slots=True)
class Plan:
    """What an ingest would do: names of notes, and the pages that it would ask for."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    fetch: tuple[str, ...]
    problems: tuple[Problem, ...]
