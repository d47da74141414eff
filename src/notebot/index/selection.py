"""Which chunks a search may find: filters -> the ids of the chunks that pass them.

`path:` and `tag:` choose notes, and with them the pages that those notes link to. The date of a note is its front matter's
(`date`, else `updated` or its like, else `created`), else the one its file is named by, else when its file was changed; the
date of a page is when it was fetched.
"""

from __future__ import annotations

import fnmatch
import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Literal

from notebot.index.catalog import Catalog
from notebot.index.words import match_phrase, plain, unspaced
from notebot.types import Filters
from notebot.urls import host_of, matches

_DATE_KEYS = ("date", "updated", "modified", "lastmod", "last_modified", "created")
_DATE = re.compile(r"(?<!\d)(\d{4})[-/.](\d\d?)(?:[-/.](\d\d?))?(?!\d)|(?<!\d)(\d{4})(\d\d)(\d\d)(?!\d)")
_GLOB = re.compile(r"[*?\[]")
_EMPHASIS = str.maketrans("", "", "*`")  # stands between the words of a phrase without being part of it

_WITH_WORDS = """SELECT c.chunk_id, c.heading, c.context, c.text FROM chunk_words JOIN chunks c ON c.id = chunk_words.rowid
                 WHERE chunk_words MATCH ?"""


@dataclass(frozen=True, slots=True)
class _Source:
    """What a filter may ask of a source. `front_matter` and `tags` are JSON, `url` is where a page was found in the end."""

    row: int
    name: str
    kind: Literal["note", "page"]
    tags: str
    front_matter: str
    stamp: str
    url: str
    fetched_at: int


def select(catalog: Catalog, filters: Filters) -> frozenset[str] | None:
    """The ids of the chunks that pass `filters`; None if there is nothing to pass."""
    return frozenset(_chunks(catalog, filters, _passing(catalog, filters))) if filters else None


def newest_first(catalog: Catalog, filters: Filters, limit: int) -> list[str]:
    """For each source that passes `filters`, the id of its first chunk that does: the newest by date, then by path."""
    sources = {source.row: source for source in _passing(catalog, filters)}
    found: dict[int, str] = {}
    among = json.dumps(_chunks(catalog, filters, list(sources.values())))
    for row, chunk_id in catalog.rows(
        "SELECT source_id, chunk_id FROM chunks WHERE chunk_id IN (SELECT value FROM json_each(?)) ORDER BY position", (among,)
    ):
        found.setdefault(row, chunk_id)
    ordered = sorted(found, key=lambda row: (-(_day(sources[row]) or date.min).toordinal(), sources[row].name))
    return [found[row] for row in ordered[:limit]]


def _chunks(catalog: Catalog, filters: Filters, sources: Sequence[_Source]) -> list[str]:
    """The ids of the chunks of `sources` that have the phrases and lack the words: a single one in all its forms."""
    wanted = json.dumps([source.row for source in sources])
    found = [
        chunk_id
        for (chunk_id,) in catalog.rows(
            "SELECT chunk_id FROM chunks WHERE source_id IN (SELECT value FROM json_each(?)) ORDER BY chunk_id", (wanted,)
        )
    ]
    for phrase in filters.phrases:
        having = set(_having(catalog, phrase))
        found = [chunk_id for chunk_id in found if chunk_id in having]
    for word in filters.without:
        having = set(_having(catalog, word)) if " " in word else {row[0] for row in _with_words(catalog, word)}
        found = [chunk_id for chunk_id in found if chunk_id not in having]
    return found


# --- sources ------------------------------------------------------------------------------------------------------


def _passing(catalog: Catalog, filters: Filters) -> list[_Source]:
    sources = [
        _Source(*row)
        for row in catalog.rows(
            """SELECT s.id, s.source, s.kind, s.tags, s.front_matter, s.stamp, coalesce(p.url, ''), coalesce(p.fetched_at, 0)
               FROM sources s LEFT JOIN pages p ON p.page = s.source ORDER BY s.source"""
        )
    ]
    chosen = _chosen(catalog, filters, sources) if filters.paths or filters.tags else None
    return [
        source
        for source in sources
        if (chosen is None or source.name in chosen)
        and not (filters.notes_only and source.kind == "page")
        and (not filters.sites or _on_site(source, filters.sites))
        and _in_time(source, filters.after, filters.before)
    ]


def _chosen(catalog: Catalog, filters: Filters, sources: Sequence[_Source]) -> set[str]:
    """The notes that `path:` and `tag:` mean, and the pages that they link to."""
    notes = {
        source.name
        for source in sources
        if source.kind == "note"
        and (not filters.paths or any(_path_fits(source.name, path) for path in filters.paths))
        and _has_tags(source.tags, filters.tags)
    }
    pages = (
        set()
        if filters.notes_only
        else {page for page, at in catalog.leads().items() if any(one.line.source in notes for one in at)}
    )
    return notes | pages


def _path_fits(source: str, path: str) -> bool:
    """A pattern fits the whole path, `folder/` a whole folder's name, all else any part of the path. Case does not count."""
    whole, path = _same_case(source), _same_case(path.replace("\\", "/").removeprefix("./"))
    if _GLOB.search(path):
        return fnmatch.fnmatchcase(whole, path.removeprefix("/"))
    return ("/" + path.removeprefix("/") if path.endswith("/") else path) in "/" + whole


def _has_tags(tags: str, wanted: Sequence[str]) -> bool:
    """Whether every wanted tag is there, or one nested in it: `project/alpha` is a `project`."""
    if not wanted:
        return True
    there = [_same_case(tag) for tag in json.loads(tags)]
    return all(any(tag == one or tag.startswith(f"{one}/") for tag in there) for one in map(_same_case, wanted))


def _on_site(source: _Source, sites: Collection[str]) -> bool:
    return source.kind == "page" and any(matches(host_of(url), sites) for url in (source.name, source.url) if url)


def _in_time(source: _Source, after: date | None, before: date | None) -> bool:
    if after is None and before is None:
        return True
    day = _day(source)
    return day is not None and (after is None or day >= after) and (before is None or day < before)


def _day(source: _Source) -> date | None:
    """The day of a source, in this machine's time zone where a clock tells it; None if nothing does."""
    if source.kind == "page":
        return date.fromtimestamp(source.fetched_at) if source.fetched_at else None
    values: Mapping[str, str] = json.loads(source.front_matter)
    named = {key.lower(): value for key, value in values.items()}
    said = [named[key] for key in _DATE_KEYS if key in named]
    changed = source.stamp.split(":")[1:2]
    return next(_days([*said, source.name.rpartition("/")[2]]), None) or (
        date.fromtimestamp(int(changed[0]) // 10**9) if changed and changed[0].isdigit() else None
    )


def _days(texts: Sequence[str]) -> Iterator[date]:
    for text in texts:
        if found := _DATE.search(text):
            year, month, day = found.groups()[3:] if found[4] else found.groups()[:3]
            with suppress(ValueError):
                yield date(int(year), int(month), int(day or 1))


def _same_case(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


# --- words --------------------------------------------------------------------------------------------------------


def _with_words(catalog: Catalog, phrase: str) -> list[tuple[str, str, str, str]]:
    """The chunks with these words one after the other, in any of their forms: id, heading, context, text."""
    query = match_phrase(phrase)
    return catalog.rows(_WITH_WORDS, (query,)) if query else []


def _having(catalog: Catalog, phrase: str) -> Iterator[str]:
    """The ids of the chunks in whose heading or text `phrase` stands as it is, but for case and white space."""
    wanted = _plainly(phrase)
    begins = "" if unspaced(wanted[0]) or not _wordlike(wanted[0]) else r"(?<!\w)"
    ends = "" if unspaced(wanted[-1]) or not _wordlike(wanted[-1]) else r"(?!\w)"
    pattern = re.compile(begins + re.escape(wanted) + ends)
    for chunk_id, heading, context, text in _with_words(catalog, phrase):
        if any(pattern.search(_plainly(part)) for part in (*json.loads(heading), context, text)):
            yield chunk_id


def _wordlike(char: str) -> bool:
    return char.isalnum() or char == "_"


def _plainly(text: str) -> str:
    return " ".join(plain(text).translate(_EMPHASIS).casefold().split())
