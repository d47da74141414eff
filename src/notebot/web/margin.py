"""What stands in the margin beside an answer: the places it rests on or has read, each with what kind of source it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from notebot.render import age_text, leads_text, page_text
from notebot.types import Chunk, Citation, NoteLine, Page, Passage, Unit
from notebot.web.exchange import Exchange, Source
from notebot.web.harmless import safe_url, text

CONTEXT_LINES = 1  # shown around the supporting words; the rest of the passage is one click away
EMPTY = ' <span class="empty">nothing under it yet</span>'
NOTE, PAGE = '<span class="badge">note</span>', '<span class="badge page">page</span>'
NEAREST = 3  # places named when the notes do not answer


def beside(exchange: Exchange) -> str:
    """The sources of an answer; what is being read while there is none; the nearest places where there is none to be had."""
    sources = exchange.sources()
    if sources:
        chunks = {passage.chunk.id: passage.chunk for passage in exchange.passages}
        cited = {source.citations[0].passage_id for source in sources}
        others = [passage for passage in exchange.passages if passage.chunk.id not in cited]
        items = "".join(_source(source, exchange.number, chunks) for source in sources)
        return f"<h3>Sources</h3><ol>{items}</ol>{_also_read(others) if exchange.settled else ''}"
    if exchange.live and exchange.passages and not exchange.settled:
        return f"<h3>Reading</h3>{_places(exchange.passages)}"
    if exchange.settled and exchange.passages:
        return f"<h3>Nearest places</h3>{_places(exchange.passages[:NEAREST])}"
    return ""


def _source(source: Source, question: int, chunks: Mapping[str, Chunk]) -> str:
    first, chunk = source.citations[0], chunks.get(source.citations[0].passage_id)
    title = chunk.title if chunk and chunk.page else "Before the first heading"
    excerpt = "".join(_marked(source.text, source.spans, around=CONTEXT_LINES))
    whole = "".join(_marked(source.text, source.spans, around=None))
    rest = "" if excerpt == whole else f'<details><summary>Whole passage</summary><div class="passage">{whole}</div></details>'
    return (
        f'<li class="source" id="source-{question}-{source.number}" tabindex="-1">'
        f'<p class="place"><span class="number">{source.number}</span>{_heading(" › ".join(first.heading) or title)}'
        f'{_cited(source.citations, chunk)}</p><div class="passage" dir="auto">{excerpt}</div>{rest}</li>'
    )


def _cited(citations: Sequence[Citation], chunk: Chunk | None) -> str:
    """The file with the lines that are cited, or the page, opened at the words that are."""
    first = citations[0]
    ranges = [(at.first_line, at.last_line) for at in citations]
    if first.url is None:
        return _file(first.source, first.unit, ranges)
    known = chunk.page if chunk else None
    link = _link(first.url, page_text(chunk.title if chunk else "", first.url))
    return f'<span class="file">{PAGE}{link}{_numbers(first.unit, ranges)}{_origin(known, first.linked_from)}</span>'


def _heading(heading: str) -> str:
    return f'<span class="heading" dir="auto">{text(heading)}</span>'


def _file(source: str, unit: Unit, ranges: Sequence[tuple[int, int]]) -> str:
    return f'<span class="file">{NOTE}{text(source)}{_numbers(unit, ranges)}</span>'


def _link(url: str, name: str) -> str:
    safe = safe_url(url)
    if safe is None:
        return text(name)
    return f'<a href="{text(safe)}" target="_blank" rel="noopener noreferrer nofollow">{text(name)}</a>'


def _origin(page: Page | None, linked_from: Sequence[NoteLine]) -> str:
    """How old the copy of a page is, plainly marked where it may no longer be true, and which note lines lead there."""
    age = f'<span class="{"badge stale" if page.stale else "age"}">{text(age_text(page))}</span>' if page else ""
    leads = f"<span>{text(leads_text(linked_from))}</span>" if linked_from else ""
    return f'<span class="origin">{age}{leads}</span>'


def _numbers(unit: Unit, ranges: Sequence[tuple[int, int]]) -> str:
    """`lines 15, 17–18`, `page 3`; nothing where nothing is counted."""
    if not unit:
        return ""
    merged = merged_lines(ranges)
    many = len(merged) > 1 or merged[0][0] != merged[0][1]
    named = ", ".join(f"{a}–{b}" if a != b else f"{a}" for a, b in merged)
    return f'<span class="lines">{text(unit)}{"s" if many else ""} {named}</span>'


def merged_lines(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Line ranges in order, neighbours joined."""
    out: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out


def _marked(value: str, spans: Sequence[tuple[int, int]], *, around: int | None) -> Iterator[str]:
    """The lines of `value` with `spans` in <mark>; only those within `around` lines of a mark, when it is given.

    The heading line is left out unless a mark touches it: it already stands above the passage.
    """
    lines, offset = [], 0
    for line in value.splitlines(keepends=True):
        lines.append((offset, line))
        offset += len(line)
    touched = [any(start < at + len(line) and end > at for start, end in spans) for at, line in lines]
    gap = False
    for number, (at, line) in enumerate(lines):
        near = around is None or any(touched[max(0, number - around) : number + around + 1])
        if touched[number] or (near and not (number == 0 and line.startswith("#"))):
            yield '<span class="gap">…</span>' if gap else ""
            yield _marked_line(line, [(start - at, end - at) for start, end in spans])
            gap = False
        elif line.strip() and number:
            gap = True
    yield '<span class="gap">…</span>' if gap else ""


def _marked_line(line: str, spans: Sequence[tuple[int, int]]) -> str:
    parts, at = [], 0
    body = line.rstrip("\r\n")
    for start, end in spans:
        first, last = max(at, start), min(len(body), end)
        if first < last:
            parts += [text(body[at:first]), f"<mark>{text(body[first:last])}</mark>"]
            at = last
    parts.append(text(body[at:]))
    return f'<span class="line">{"".join(parts)}</span>'


def _places(passages: Iterable[Passage]) -> str:
    return '<ul class="places">' + "".join(f"<li>{_chunk_place(passage.chunk)}</li>" for passage in passages) + "</ul>"


def _chunk_place(chunk: Chunk) -> str:
    ranges = [(chunk.first_line, chunk.last_line)]
    where = _file(chunk.source, chunk.unit, ranges)
    if page := chunk.page:
        name = _link(page.url, page_text(chunk.title, page.url))
        where = f'<span class="file">{PAGE}{name}{_numbers(chunk.unit, ranges)}{_origin(page, page.linked_from)}</span>'
    return f"{_heading(' › '.join(chunk.heading) or chunk.title)}{EMPTY if chunk.stub else ''}{where}"


def _also_read(passages: Sequence[Passage]) -> str:
    if not passages:
        return ""
    return f"<details><summary>Also read: {len(passages)} more</summary>{_places(passages)}</details>"
