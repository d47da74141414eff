"""What stands in the margin beside an answer: the places it rests on or has read, each with what kind of source it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from notebot.render import age_text, leads_text, page_text
from notebot.types import Chunk, Citation, NoteLine, Page, Passage, Unit
from notebot.web.page.blocks import lines_of, marked
from notebot.web.page.exchange import Exchange, Source
from notebot.web.page.harmless import attribute, safe_url, text

CONTEXT_LINES = 1  # shown around the supporting words; the whole section is one click away
EMPTY = ' <span class="empty">nothing under it yet</span>'
NOTE, PAGE = '<span class="badge">note</span>', '<span class="badge page">page</span>'
CLOSE = 0.4  # of 1,815 passages found for 186 questions of eval/knowledge.yaml, 77 % of the right ones and 3 % of the others
LOW = 0.2  # the best passage is less similar for none of 63 questions that the shipped notes answer, and for 8 of 21 others
NOTHING_CLOSE = "Nothing in your notes comes close to this question."
GAP = '<span class="gap">…</span>'
NEAREST = 3  # places named when the notes do not answer


def beside(exchange: Exchange) -> str:
    """The sources of an answer; what is being read while there is none; the nearest places where there is none to be had."""
    sources = exchange.sources()
    if sources:
        read = {passage.chunk.id: passage for passage in exchange.passages}
        cited = {source.citations[0].passage_id for source in sources}
        others = [passage for passage in exchange.passages if passage.chunk.id not in cited]
        items = "".join(_source(source, exchange.number, read) for source in sources)
        return f"<h3>Sources</h3><ol>{items}</ol>{_also_read(others) if exchange.settled else ''}"
    if exchange.live and exchange.passages and not exchange.settled:
        return f"<h3>Reading</h3>{_places(exchange.passages)}"
    if exchange.settled and exchange.passages:
        far = "" if any(close(passage) for passage in exchange.passages) else f'<p class="low">{NOTHING_CLOSE}</p>'
        return f"<h3>Nearest places</h3>{far}{_places(exchange.passages[:NEAREST])}"
    return ""


def close(passage: Passage) -> bool:
    """Whether a passage is near enough to the question to be about it. A stub is found by its name: nearness says nothing."""
    return passage.similarity >= LOW or passage.chunk.stub


def near_html(similarity: float) -> str:
    """How near a passage is to the question: in a word, and as the cosine of the two for who points at it or listens."""
    word = "close" if similarity >= CLOSE else "related" if similarity >= LOW else "far"
    number = f"{max(0.0, similarity):.2f}"
    hint = f"Likeness to the question: {number}, where 1 is the same"
    return f'<span class="near" title="{hint}">{word}<span class="unseen"> ({number} of 1)</span></span>'


def _compared(passage: Passage) -> bool:
    """Whether it was found by its likeness: not a stub, which is found by its name, nor one of a list that compares nothing."""
    return not passage.chunk.stub and bool(passage.score or passage.similarity)


def _near(passage: Passage | None) -> str:
    """The same of a passage; nothing where none was compared."""
    return near_html(passage.similarity) if passage and _compared(passage) else ""


def _source(source: Source, question: int, read: Mapping[str, Passage]) -> str:
    first, passage = source.citations[0], read.get(source.citations[0].passage_id)
    chunk = passage.chunk if passage else None
    title = chunk.title if chunk and chunk.page else "Before the first heading"
    return (
        f'<li class="source" id="source-{question}-{source.number}" tabindex="-1">'
        f'<p class="place"><span class="number">{source.number}</span>{heading_html(" › ".join(first.heading) or title)}'
        f"{cited_html(source.citations, chunk, _near(passage))}</p>"
        f'<div class="passage" dir="auto">{_excerpt(source.text, source.spans)}</div>'
        f'<button type="button" class="act" {_opens(first.source, first.passage_id, source.spans)}{_likeness(passage)}>'
        "In its section</button></li>"
    )


def _opens(source: str, chunk: str, spans: Sequence[tuple[int, int]] = ()) -> str:
    """The attributes of what opens a passage in the side panel: its source, itself, and the stretches to mark."""
    marks = ".".join(f"{start}-{end}" for start, end in spans)
    return f'data-act="open" data-source="{attribute(source)}" data-chunk="{attribute(chunk)}" data-marks="{marks}"'


def _likeness(passage: Passage | None) -> str:
    """One attribute more: how near it is, for the panel to say it, too."""
    return f' data-near="{passage.similarity:.4f}"' if passage and _compared(passage) else ""


def cited_html(citations: Sequence[Citation], chunk: Chunk | None, near: str = "") -> str:
    """The file with the lines that are cited, or the page, opened at the words that are. `near` is from `near_html`."""
    first = citations[0]
    ranges = [(at.first_line, at.last_line) for at in citations]
    if first.url is None:
        return _file(first.source, first.unit, ranges, near)
    known = chunk.page if chunk else None
    link = _link(first.url, page_text(chunk.title if chunk else "", first.url))
    return f'<span class="file">{PAGE}{link}{_numbers(first.unit, ranges)}{near}{_origin(known, first.linked_from)}</span>'


def heading_html(heading: str) -> str:
    return f'<span class="heading" dir="auto">{text(heading)}</span>'


def _file(source: str, unit: Unit, ranges: Sequence[tuple[int, int]], near: str) -> str:
    return f'<span class="file">{NOTE}{text(source)}{_numbers(unit, ranges)}{near}</span>'


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


def _excerpt(value: str, spans: Sequence[tuple[int, int]]) -> str:
    """The lines of `value` near `spans`, which stand in <mark>; the whole of it is in the side panel.

    The heading line is left out unless a mark touches it: it already stands above the passage.
    """
    lines, parts, gap = lines_of(value), [], False
    touched = [any(start <= line.at + len(line.body) and end > line.at for start, end in spans) for line in lines]
    for number, line in enumerate(lines):
        near = any(touched[max(0, number - CONTEXT_LINES) : number + CONTEXT_LINES + 1])
        if touched[number] or (near and not (number == 0 and line.body.startswith("#"))):
            parts += [GAP if gap else "", f'<span class="line">{marked(line, spans)}</span>']
            gap = False
        elif line.body.strip() and number:
            gap = True
    return "".join([*parts, GAP if gap else ""])


def _places(passages: Iterable[Passage]) -> str:
    return '<ul class="places">' + "".join(f"<li>{_place(passage)}</li>" for passage in passages) + "</ul>"


def _place(passage: Passage) -> str:
    chunk = passage.chunk
    ranges = [(chunk.first_line, chunk.last_line)]
    where = _file(chunk.source, chunk.unit, ranges, _near(passage))
    if page := chunk.page:
        name = _link(page.url, page_text(chunk.title, page.url))
        told = f"{_numbers(chunk.unit, ranges)}{_near(passage)}{_origin(page, page.linked_from)}"
        where = f'<span class="file">{PAGE}{name}{told}</span>'
    name = text(" › ".join(chunk.heading) or chunk.title)
    opener = (
        f'<button type="button" class="heading" dir="auto" {_opens(chunk.source, chunk.id)}{_likeness(passage)}>{name}</button>'
    )
    return f"{opener}{EMPTY if chunk.stub else ''}{where}"


def _also_read(passages: Sequence[Passage]) -> str:
    if not passages:
        return ""
    return f"<details><summary>Also read: {len(passages)} more</summary>{_places(passages)}</details>"
