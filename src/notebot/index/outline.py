"""What stands in the notes and where it leads: headings, links to pages and links between notes, for a map and for lists."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from notebot.index.catalog import Catalog
from notebot.index.kept import kept


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a note, with the id of the first chunk under it; `pages` are those that its text links to, in order."""

    path: tuple[str, ...]
    chunk_id: str
    line: int
    stub: bool
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteOutline:
    """A note: its headings in order, and the notes it links to. Text before the first heading has an empty path."""

    source: str
    title: str
    headings: tuple[Heading, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """All notes, by name, and the titles of the pages that are in the index."""

    notes: tuple[NoteOutline, ...]
    titles: Mapping[str, str]


@kept
def outline(catalog: Catalog) -> Outline:
    """The outline of everything that is in the index."""
    pages = defaultdict(list)
    for chunk, page in catalog.rows(
        """SELECT l.chunk, coalesce(nullif(p.same_as, ''), l.page) FROM links l LEFT JOIN pages p ON p.page = l.page
           WHERE l.page <> '' ORDER BY l.rowid"""
    ):
        pages[chunk].append(page)
    headings: dict[str, dict[str, Heading]] = defaultdict(dict)  # by the path as it is stored
    for row, source, heading, chunk_id, line, stub in catalog.rows(
        """SELECT c.id, s.source, c.heading, c.chunk_id, c.first_line, c.stub FROM chunks c JOIN sources s ON s.id = c.source_id
           WHERE s.kind = 'note' ORDER BY s.source, c.position"""
    ):
        first, linked = headings[source].get(heading), pages.get(row, ())
        if first is None:
            path = tuple(json.loads(heading))
            headings[source][heading] = Heading(path, chunk_id, line, bool(stub), tuple(dict.fromkeys(linked)))
        elif linked:
            headings[source][heading] = replace(first, pages=tuple(dict.fromkeys((*first.pages, *linked))))
    links = _note_links(catalog)
    known = catalog.rows("SELECT source, title FROM sources WHERE kind = 'note' ORDER BY source")
    return Outline(
        tuple(NoteOutline(name, title, tuple(headings[name].values()), links.get(name, ())) for name, title in known),
        dict(catalog.rows("SELECT source, title FROM sources WHERE kind = 'page'")),
    )


def _note_links(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Which notes each note links to, as far as what is written there names one."""
    names = [row[0] for row in catalog.rows("SELECT source FROM sources WHERE kind = 'note' ORDER BY source")]
    by_end = _ends(names)
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for source, target in catalog.rows(
        "SELECT s.source, l.target FROM note_links l JOIN sources s ON s.id = l.source_id WHERE l.target <> '' ORDER BY l.rowid"
    ):
        meant = _meant(source, target, by_end)
        if meant and meant != source:
            found[source][meant] = None
    return {source: tuple(targets) for source, targets in found.items()}


def _ends(names: Iterable[str]) -> dict[str, list[str]]:
    """Every way to write a note's name: its path, and each end of it, with and without its suffix. Shortest paths first."""
    ends: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=lambda name: (name.count("/"), name)):
        parts = name.casefold().split("/")
        for start in range(len(parts)):
            end = "/".join(parts[start:])
            ends[end].append(name)
            stem, dot, _ = end.rpartition(".")
            if dot and stem:
                ends[stem].append(name)
    return ends


def _meant(source: str, target: str, by_end: Mapping[str, list[str]]) -> str:
    """The note that `target`, written in `source`, names: one in the same folder first, else the one that is least deep."""
    folder = source.casefold().split("/")[:-1]
    parts: list[str] = []
    for part in target.casefold().split("/"):
        if part == "..":
            folder = folder[:-1]
        elif part not in ("", "."):
            parts.append(part)
    if not parts:
        return ""
    wanted = "/".join(parts)
    candidates = by_end.get(wanted, [])
    beside = "/".join([*folder, wanted])
    exact = [name for name in by_end.get(beside, []) if name.count("/") == beside.count("/")]
    return next(iter([*exact, *candidates]), "")
