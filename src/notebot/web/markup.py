"""What the page shows -> HTML that is safe to insert: every text from a note, a question or a model is escaped here.

There are no images and no raw HTML. The only links are to sources on the page itself and to cited pages, over http.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from urllib.parse import urlsplit

from notebot.types import Answer, Chunk, Citation, Passage, Sentence, Status
from notebot.web.exchange import Exchange, Source, Trouble

CONTEXT_LINES = 1  # shown around the supporting words; the rest of the passage is one click away
EMPTY = ' <span class="empty">nothing under it yet</span>'
NEAREST = 3  # places named when the notes do not answer
UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
BOLD = re.compile(r"\*\*(?=\S)([^*\n<]+?)(?<=\S)\*\*")  # `<` is a mark of ours by then
CODE = re.compile(r"`([^`\n]+)`")
STAGES = {"searching": "searching your notes", "reading": "reading", "writing": "writing", "checking": "checking"}
LABELS = {
    Status.QUOTED: "In the words of your notes",
    Status.NOT_IN_NOTES: "Not in your notes",
    Status.STUB: "A heading without notes",
}
FALLBACKS = {
    Status.NOT_IN_NOTES: "Your notes say nothing about this.",
    Status.STUB: "Your notes have a heading for this, with nothing under it yet.",
}


def text(value: str) -> str:
    """Plain text as HTML. Control and direction-changing characters, which can disguise what follows, are shown as �."""
    return escape(UNSHOWN.sub("�", value), quote=True)


def prose(value: str) -> str:
    """Text with the two marks that models and error messages use inside a line: **bold** and `code`."""
    return BOLD.sub(r"<strong>\1</strong>", CODE.sub(r"<code>\1</code>", text(value)))


def safe_url(url: str | None) -> str | None:
    """`url` if a link to it is harmless: http or https, a host, and no white space or control characters."""
    if not url or re.search(r"[\s\x00-\x1f\x7f\\]", url):
        return None
    try:
        parts = urlsplit(url)
        harmless = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return None
    return url if harmless else None


def conversation(exchanges: Iterable[Exchange]) -> str:
    """All of a conversation, oldest first."""
    return "".join(exchange_html(exchange) for exchange in exchanges)


def exchange_html(exchange: Exchange) -> str:
    """One question with its answer, and its sources beside it."""
    state = "live" if exchange.live else "settled"
    return (
        f'<article class="exchange {state}" aria-labelledby="question-{exchange.number}">'
        f'<h2 class="question" id="question-{exchange.number}" dir="auto">{text(exchange.question)}</h2>'
        f'<div class="answer">{_answer(exchange)}</div>'
        f'<aside class="sources" aria-label="Sources for question {exchange.number}">{_beside(exchange)}</aside></article>'
    )


def welcome(trouble: Trouble | None) -> str:
    """What stands on the page before the first question; with `trouble`, what to do first."""
    if trouble:
        return f'<div class="welcome">{_trouble(trouble)}</div>'
    return (
        '<div class="welcome"><h1>Ask <mark>your notes</mark></h1><p>Every sentence of an answer is checked against them and '
        "shows the place it comes from. Where they are silent, you are told so.</p></div>"
    )


def footer(facts: Sequence[str]) -> str:
    """The line under everything."""
    return '<p class="facts">' + "".join(f"<span>{prose(fact)}</span>" for fact in facts) + "</p>"


# --- the answer ---------------------------------------------------------------------------------------------------


def _answer(exchange: Exchange) -> str:
    answer = exchange.answer
    parts = [f'<p class="stage" role="status">{_stage(exchange)}</p>']
    if answer and answer.status in LABELS:
        parts.append(f'<p class="verdict {answer.status.value}">{LABELS[answer.status]}</p>')
    parts.append(_sentences(exchange))
    if answer and not exchange.sentences:
        fallback = FALLBACKS.get(answer.status, "There is no answer.")
        parts.append(f'<p class="statement {answer.status.value}" dir="auto">{prose(answer.text or fallback)}</p>')
    if exchange.draft.strip():
        parts.append(f'<p class="draft" dir="auto">{text(exchange.draft.strip())}</p>')
    if exchange.stopped:
        parts.append('<p class="notice">You stopped this answer. Only what had been checked is kept.</p>')
    if exchange.trouble:
        parts.append(_trouble(exchange.trouble))
    if answer:
        parts.append(_below(answer))
    return "".join(parts)


def _stage(exchange: Exchange) -> str:
    """The live line; empty once the answer is there, so that a screen reader hears each stage once and no more."""
    if not exchange.live:
        return ""
    stage = exchange.stage
    doing = stage.detail or STAGES[stage.name] if stage else STAGES["searching"]
    return f"<span>{text(doing)}…</span>"


def _sentences(exchange: Exchange) -> str:
    numbers = {citation.passage_id: source.number for source in exchange.sources() for citation in source.citations}
    quoted = exchange.answer is not None and exchange.answer.status is Status.QUOTED
    parts = []
    for supported, group in groupby(exchange.sentences, key=lambda sentence: sentence.supported):
        if not supported:
            parts += [_unsupported(sentence) for sentence in group]
        elif quoted:
            parts += [f"<blockquote>{_supported(s, exchange.number, numbers)}</blockquote>" for s in group]
        else:
            parts.append("<p>" + " ".join(_supported(s, exchange.number, numbers) for s in group) + "</p>")
    return "".join(parts)


def _supported(sentence: Sentence, question: int, numbers: dict[str, int]) -> str:
    places = {numbers[citation.passage_id]: citation for citation in reversed(sentence.citations)}
    chips = "".join(_chip(question, number, places[number]) for number in sorted(places))
    return f'<span class="sentence"><bdi>{prose(sentence.text)}</bdi>{chips}</span>'


def _chip(question: int, number: int, citation: Citation) -> str:
    return (
        f'<a class="chip" href="#source-{question}-{number}" title="{text(citation.quote)}" '
        f'aria-label="Source {number}: {text(_place(citation.source, citation.heading))}">{number}</a>'
    )


def _unsupported(sentence: Sentence) -> str:
    reason = f' <span class="reason">{text(sentence.reason)}</span>' if sentence.reason else ""
    return f'<p class="unsupported"><strong>Not in your notes</strong> <q><bdi>{text(sentence.text)}</bdi></q>{reason}</p>'


def _trouble(trouble: Trouble) -> str:
    return f'<div class="trouble" role="alert"><h3>{text(trouble.title)}</h3><p>{prose(trouble.message)}</p></div>'


def _below(answer: Answer) -> str:
    notice = f'<p class="notice">{prose(answer.notice)}</p>' if answer.notice else ""
    seconds = answer.timings.get("total") or sum(answer.timings.values())
    wrote = "{} was asked, but its words did not pass the check" if answer.status is Status.QUOTED else "Answered by {}"
    facts = [wrote.format(answer.model)] if answer.model else []
    facts += [f"{seconds:.1f} s"] if seconds else []
    return notice + '<p class="byline">' + "".join(f"<span>{text(fact)}</span>" for fact in facts) + "</p>"


# --- the sources beside it ----------------------------------------------------------------------------------------


def _beside(exchange: Exchange) -> str:
    sources = exchange.sources()
    if sources:
        cited = {source.citations[0].passage_id for source in sources}
        others = [passage for passage in exchange.passages if passage.chunk.id not in cited]
        items = "".join(_source(source, exchange.number) for source in sources)
        return f"<h3>Sources</h3><ol>{items}</ol>{_also_read(others) if exchange.answer else ''}"
    if exchange.live and exchange.passages:
        return f"<h3>Reading</h3>{_places(exchange.passages)}"
    if exchange.answer and exchange.passages:
        return f"<h3>Nearest places</h3>{_places(exchange.passages[:NEAREST])}"
    return ""


def _source(source: Source, question: int) -> str:
    first = source.citations[0]
    excerpt = "".join(_marked(source.text, source.spans, around=CONTEXT_LINES))
    whole = "".join(_marked(source.text, source.spans, around=None))
    rest = "" if excerpt == whole else f'<details><summary>Whole passage</summary><div class="passage">{whole}</div></details>'
    return (
        f'<li class="source" id="source-{question}-{source.number}" tabindex="-1">'
        f'<p class="place"><span class="number">{source.number}</span><span class="heading" dir="auto">{_heading(first)}</span>'
        f'<span class="file">{_file(first)}<span class="lines">{_lines(source.citations)}</span></span></p>'
        f'<div class="passage" dir="auto">{excerpt}</div>{rest}</li>'
    )


def _heading(citation: Citation) -> str:
    return text(" › ".join(citation.heading) or "Before the first heading")


def _file(citation: Citation) -> str:
    url = safe_url(citation.url)
    linked = f" (linked from {text(citation.linked_from)})" if citation.linked_from else ""
    if url is None:
        return f"{text(citation.source)}{linked}"
    return f'<a href="{text(url)}" target="_blank" rel="noopener noreferrer nofollow">{text(url)}</a>{linked}'


def _lines(citations: Iterable[Citation]) -> str:
    ranges = merged_lines([(c.first_line, c.last_line) for c in citations])
    many = len(ranges) > 1 or ranges[0][0] != ranges[0][1]
    return ("lines " if many else "line ") + ", ".join(f"{a}–{b}" if a != b else f"{a}" for a, b in ranges)


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


def _place(source: str, heading: Sequence[str]) -> str:
    return f"{source}, {' › '.join(heading)}" if heading else source


def _places(passages: Iterable[Passage]) -> str:
    return '<ul class="places">' + "".join(f"<li>{_chunk_place(passage.chunk)}</li>" for passage in passages) + "</ul>"


def _chunk_place(chunk: Chunk) -> str:
    first, last = chunk.first_line, chunk.last_line
    lines = f"line {first}" if first == last else f"lines {first}–{last}"
    return (
        f'<span class="heading" dir="auto">{text(" › ".join(chunk.heading) or chunk.title)}</span>'
        f"{EMPTY if chunk.stub else ''}"
        f'<span class="file">{text(chunk.source)}<span class="lines">{lines}</span></span>'
    )


def _also_read(passages: Sequence[Passage]) -> str:
    if not passages:
        return ""
    return f"<details><summary>Also read: {len(passages)} more</summary>{_places(passages)}</details>"
