"""Where something stands, in words: lines of a note, a page of a PDF, a cell of a notebook, a part of a web page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

from notebot.render.escapes import one_line
from notebot.types import Chunk, NoteLine, Page, Unit

MOST_LINES = 3  # note lines named of those that lead to a page; some pages are linked from everywhere


def place_text(source: str, first_line: int, last_line: int, *, unit: Unit = "line") -> str:
    """`notes.md:12-14`, the form that editors and terminals know how to open; `paper.pdf, page 3`, `plan.ipynb, cell 4`."""
    if unit == "line":
        numbers = f"{first_line}" if first_line == last_line else f"{first_line}-{last_line}"
        return f"{one_line(source)}:{numbers}"
    return ", ".join(filter(None, [one_line(source), counted(unit, first_line, last_line)]))


def counted(unit: Unit, first: int, last: int, *, dash: str = "-") -> str:
    """`line 5`, `pages 3-4`, `cell 2`; nothing where nothing is counted."""
    if not unit:
        return ""
    return f"{unit} {first}" if first == last else f"{unit}s {first}{dash}{last}"


def page_text(title: str, url: str) -> str:
    """`Feature store (qwak.com)`: a web page by the names that people know it by."""
    host = site(url)
    return f"{one_line(title)} ({host})" if title and one_line(title) not in (host, url) else host


def site(url: str) -> str:
    """The host of an address as people say it, without `www.`; the address itself if it is none."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    return one_line((host or url).removeprefix("www."))


def age_text(page: Page) -> str:
    """`fetched 2026-11-24`, or `last good copy of 2026-11-24` where the page could not be had again."""
    day = one_line(page.fetched_at[:10])
    return f"last good copy of {day}" if page.stale else f"fetched {day}"


def leads_text(lines: Sequence[NoteLine], *, most: int = MOST_LINES) -> str:
    """`linked from notes.md line 59`, or several: `linked from a.md lines 3, 7; b.md line 1; and 4 more`."""
    if not lines:
        return ""
    named = []
    for source, group in groupby(lines[:most], key=lambda at: at.source):
        numbers = [str(at.line) for at in group]
        named.append(f"{one_line(source)} {'line' if len(numbers) == 1 else 'lines'} {', '.join(numbers)}")
    more = [f"and {len(lines) - most} more"] if len(lines) > most else []
    return "linked from " + "; ".join([*named, *more])


def chunk_text(chunk: Chunk) -> str:
    """Where a passage stands: a note's place, or a page with its date and the note lines that lead to it."""
    if chunk.page is None:
        return place_text(chunk.source, chunk.first_line, chunk.last_line, unit=chunk.unit)
    within = counted(chunk.unit, chunk.first_line, chunk.last_line)
    about = [page_text(chunk.title, chunk.page.url), within, age_text(chunk.page), leads_text(chunk.page.linked_from)]
    return ", ".join(filter(None, about))
