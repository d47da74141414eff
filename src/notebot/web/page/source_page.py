"""A note or page as it stands in the index: every section with its lines, each passage with an address of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from notebot.errors import NotebotError
from notebot.render import age_text, counted, leads_text, page_text
from notebot.types import Chunk
from notebot.web.desk import ServedBot
from notebot.web.page.addresses import anchor
from notebot.web.page.harmless import prose, safe_url, text

LONGEST_NAME = 4_000  # characters; no file system or browser has longer ones


def source_page(bot: ServedBot, name: str) -> str:
    """The source that the index calls `name`. A name is looked up there and nowhere else: no file is opened for it."""
    try:
        chunks = bot.source(name) if len(name) <= LONGEST_NAME and "\0" not in name else []
    except NotebotError as error:
        return f'<div class="trouble" role="alert"><h2>This cannot be shown</h2><p>{prose(str(error))}</p></div>'
    if not chunks:
        return (
            '<div class="trouble" role="alert"><h2>There is no such note or page</h2><p>Nothing in the index has the name '
            f"<bdi>{text(name[:300])}</bdi>. It may have been renamed or removed since.</p>"
            '<p><a class="action" href="/notes">See what there is</a></p></div>'
        )
    sections = "".join(_section(heading, list(group)) for heading, group in groupby(chunks, key=lambda chunk: chunk.heading))
    return f'<article class="whole">{_head(chunks)}{_contents(chunks)}{sections}</article>'


def _head(chunks: Sequence[Chunk]) -> str:
    first = chunks[0]
    if first.page:
        safe = safe_url(first.page.url)
        address = text(first.page.url)
        link = f'<a href="{text(safe)}" target="_blank" rel="noopener noreferrer nofollow">{address}</a>' if safe else address
        about = " · ".join(filter(None, [text(age_text(first.page)), text(leads_text(first.page.linked_from))]))
        badge = '<span class="badge page">page</span>'
        return f'<h2 dir="auto">{text(page_text(first.title, first.page.url))}</h2><p class="file">{badge}{link}<br>{about}</p>'
    badge = '<span class="badge">note</span>'
    return f'<h2 dir="auto">{text(first.title)}</h2><p class="file">{badge}<bdi>{text(first.source)}</bdi></p>'


def _contents(chunks: Sequence[Chunk]) -> str:
    """The headings, to jump to; not where there is hardly one."""
    heads = {chunk.heading: chunk for chunk in reversed(chunks) if chunk.heading}
    if len(heads) < 3:
        return ""
    items = "".join(
        f'<li style="--level: {min(5, len(path) - 1)}"><a href="#{anchor(chunk.id)}" dir="auto">{text(path[-1])}</a>'
        f"{_empty(chunk)}</li>"
        for path, chunk in reversed(heads.items())
    )
    return f'<details class="contents"><summary>{len(heads)} headings</summary><ol>{items}</ol></details>'


def _section(heading: tuple[str, ...], chunks: Sequence[Chunk]) -> str:
    first, last = chunks[0], chunks[-1]
    counts = counted(first.unit, first.first_line, last.last_line, dash="–")
    title = f'<h3 dir="auto">{text(" › ".join(heading))}{_empty(first)}</h3>' if heading else ""
    lines = f'<span class="lines">{text(counts)}</span>' if counts else ""
    return f"<section>{title}{lines}{''.join(map(_passage, chunks))}</section>"


def _passage(chunk: Chunk) -> str:
    numbered = chunk.unit == "line"
    lines = enumerate(chunk.text.rstrip("\n").splitlines(), chunk.first_line)
    body = "".join(_line(number if numbered else 0, line) for number, line in lines)
    kind = "text numbered" if numbered else "text"
    return f'<div class="{kind}" id="{anchor(chunk.id)}" tabindex="-1" dir="auto">{body}</div>'


def _line(number: int, line: str) -> str:
    """A line, with its number if it has one: outside the text, so that nobody copies it."""
    named = f' id="L{number}" data-line="{number}"' if number else ""
    return f'<span class="line"{named}>{text(line)}</span>'


def _empty(chunk: Chunk) -> str:
    return ' <span class="empty">nothing under it yet</span>' if chunk.stub else ""
