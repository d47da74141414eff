"""The side panel: a passage in its whole section with the cited words marked, where it stands, and the ways to open it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from notebot.answer.citations import cite
from notebot.render import place_text
from notebot.settings import Editor
from notebot.types import Chunk, Citation, Passage, Span
from notebot.web.page.blocks import blocks
from notebot.web.page.exchange import merged
from notebot.web.page.harmless import attribute, safe_url, text
from notebot.web.page.margin import cited_html, heading_html, near_html

CHANGED = "This passage has changed since it was cited. This is what was read then."
GONE = "This passage is no longer in the index: its note or page was changed since. Ask again to see what stands there now."
EDITORS = {"obsidian": "Open in Obsidian", "vscode": "Open in VS Code"}

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """The passage number `at` of the chunks of its source, and the stretches of it to mark.

    `changed`: it is not what stands there now. `file` is where the note lies on this machine, for those who may know it. `near`
    is how near it was to the question, where it was found by one.
    """

    chunks: Sequence[Chunk]
    at: int
    spans: Spans = ()
    changed: bool = False
    file: Path | None = None
    near: float | None = None


def read_near(written: str) -> float | None:
    """`0.7132` as a number from -1 to 1; None for what is none."""
    return float(written) if re.fullmatch(r"-?[01](?:\.\d{1,6})?", written, re.ASCII) else None


def read_marks(written: str, chunk: Chunk) -> Spans:
    """`3-40.50-60` as stretches of the chunk's text. What is no stretch of it is left out."""
    pairs = [part.split("-") for part in written.split(".")]
    numbers = [(int(pair[0]), int(pair[1])) for pair in pairs if len(pair) == 2 and all(map(_is_number, pair))]
    return merged([(start, min(end, len(chunk.text))) for start, end in numbers])


def passage_html(cited: Cited, editor: Editor = "none") -> str:
    """The passage as the panel shows it."""
    chunk = cited.chunks[cited.at]
    places = [cite(Span(0, a, b, chunk.text[a:b]), [Passage(chunk, 0, 0)]) for a, b in cited.spans or ((0, 0),)]
    if not cited.spans:  # nothing is marked: the place is all of it
        places = [_whole(chunk, places[0])]
    changed = f'<p class="notice">{CHANGED}</p>' if cited.changed else ""
    heading = heading_html(" › ".join(chunk.heading) or chunk.title)
    near = near_html(cited.near) if cited.near is not None else ""
    return (
        f'<header><h2>{heading}</h2><p class="place">{cited_html(places, chunk, near)}</p>'
        f'<p class="ways">{_ways(chunk, places[0], cited.file, editor)}</p></header>{changed}'
        f'<div class="passage" dir="auto">{_section(cited)}</div>'
    )


def gone_html() -> str:
    """What the panel says of a passage that is not there."""
    return f'<header><h2>Not there any more</h2></header><p class="notice">{GONE}</p>'


def _section(cited: Cited) -> str:
    """The neighbours of the passage with its heading, before and after it, as one text."""
    chunks, first, last = cited.chunks, cited.at, cited.at
    heading = chunks[cited.at].heading
    while first > 0 and chunks[first - 1].heading == heading:
        first -= 1
    while last + 1 < len(chunks) and chunks[last + 1].heading == heading:
        last += 1
    parts = []
    for at in range(first, last + 1):
        inside = blocks(chunks[at].text, cited.spans if at == cited.at else (), headed=at == first and bool(heading))
        parts.append(f'<div class="cited">{inside}</div>' if at == cited.at else f"<div>{inside}</div>")
    return "".join(parts)


def _ways(chunk: Chunk, place: Citation, file: Path | None, editor: Editor) -> str:
    if chunk.page:
        page = safe_url(place.url)
        named = "Open the page at these words" if place.quote else "Open the page"
        return f'<a href="{text(page)}" target="_blank" rel="noopener noreferrer nofollow">{named}</a>' if page else ""
    where = place_text(str(file or chunk.source), place.first_line, place.last_line, unit=place.unit)
    parts = [
        f'<code class="path">{text(where)}</code>'
        f'<button type="button" class="act" data-act="copy-text" data-text="{attribute(where)}">Copy path</button>'
    ]
    if file and (url := editor_url(file, place, editor)):
        parts.append(f'<a href="{text(url)}" rel="noreferrer">{EDITORS[editor]}</a>')
    return "".join(parts)


def editor_url(file: Path, place: Citation, editor: Editor) -> str:
    """The address by which `editor` opens the file at the line; empty for none. Obsidian knows no lines."""
    path = file.as_posix()
    if editor == "obsidian":
        return f"obsidian://open?path={quote(path, safe='')}"
    if editor == "vscode":
        line = f":{place.first_line}" if place.unit == "line" else ""
        return f"vscode://file/{quote(path.lstrip('/'))}{line}"
    return ""


def _whole(chunk: Chunk, place: Citation) -> Citation:
    return Citation(
        chunk.id, chunk.source, chunk.heading, chunk.first_line, chunk.last_line, "", 0, 0,
        unit=chunk.unit, url=chunk.page.url if chunk.page else None, linked_from=place.linked_from,
    )  # fmt: skip


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdecimal() and len(part) < 10
