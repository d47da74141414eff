"""Answers and search results as text for people, plain or Markdown: words with footnote marks, and the places they rest on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notebot.render.escapes import clean, escaped, one_line
from notebot.render.places import age_text, chunk_text, counted, leads_text, page_text, place_text
from notebot.types import Answer, Chunk, Citation, Passage, Sentence, Status

LEFT_OUT = "Left out, because your notes do not carry it:"
BEYOND = "Not from your notes. The model added this from its own knowledge, and nothing of it has been checked:"
ADDRESS = re.compile(r"https?://[!-;=?-~]+")  # what may stand between < and > in Markdown and be an address

_Place = tuple[str, tuple[str, ...], int, int]


@dataclass(frozen=True, slots=True)
class Footnote:
    """One cited place and its number. `quotes` are the different stretches of it that sentences rest on.

    `chunk` is the passage it stands in, where that is known: it has the title of a page and the date of its copy.
    """

    number: int
    place: Citation
    quotes: tuple[str, ...]
    chunk: Chunk | None = None


def footnotes(sentences: Sequence[Sentence], passages: Sequence[Passage] = ()) -> tuple[Footnote, ...]:
    """Every place that a supported sentence cites, numbered from 1 by first use. The same place keeps its number."""
    chunks = {passage.chunk.id: passage.chunk for passage in passages}
    places: dict[_Place, list[Citation]] = {}
    for sentence in sentences:
        for citation in sentence.citations if sentence.supported else ():
            places.setdefault(_place(citation), []).append(citation)
    return tuple(
        Footnote(number, group[0], tuple(dict.fromkeys(one_line(at.quote) for at in group)), chunks.get(group[0].passage_id))
        for number, group in enumerate(places.values(), start=1)
    )


def body_text(answer: Answer) -> str:
    """The answer's words with footnote marks; a sentence that the notes do not carry says so in words."""
    return _marked(answer, markdown=False)


def sentence_text(sentence: Sentence, before: Sequence[Sentence]) -> str:
    """One sentence with its marks, numbered on from the sentences `before` it: for answers that are shown as they grow."""
    return one_line(sentence.text) + _mark(sentence, _numbers([*before, sentence]))


def remarks(answer: Answer, *, markdown: bool = False) -> str:
    """What a reader must know besides the words: what was left out and why, and what went wrong. Often empty."""
    shown = escaped if markdown else str
    partial = answer.status is Status.PARTIAL  # of other silences, the words that failed would only be noise
    left_out = [
        "- " + shown(one_line(sentence.text + (f" ({sentence.reason})" if sentence.reason else "")))
        for sentence in answer.sentences
        if partial and not sentence.supported and sentence.text.strip() not in answer.text
    ]
    blocks = ["\n".join([LEFT_OUT, *left_out])] if left_out else []
    if answer.asked:
        blocks.append(shown(f"Searched for: {one_line(answer.asked)}"))
    if answer.notice:
        blocks.append(f"Note: {shown(one_line(answer.notice))}")
    return "\n\n".join(blocks)


def beyond_text(answer: Answer, *, markdown: bool = False) -> str:
    """What the model added of its own knowledge, under words that say so; empty where it added nothing."""
    added = one_line(answer.beyond)
    if not added:
        return ""
    return f"---\n\n**{BEYOND}**\n\n{escaped(added)}" if markdown else f"{BEYOND}\n    {added}"


def answer_text(answer: Answer) -> str:
    """Plain text: the words with marks, the places they rest on with what stands there, what else must be known, and last of
    all what is not from the notes."""
    notes = "\n".join(f"{footnote_line(note)}\n    {quoted(note)}" for note in footnotes(answer.sentences, answer.passages))
    return "\n\n".join(filter(None, [body_text(answer), notes, remarks(answer), beyond_text(answer)]))


def footnote_line(note: Footnote) -> str:
    """`[1] notes.md:12-14 > Heading > Subheading`.

    For a web page `[1] Title (site) > Heading, fetched 2026-11-24, linked from notes.md line 59`, and its address below.
    """
    return "\n    ".join(filter(None, [_where(note), one_line(note.place.url or "")]))


def quoted(note: Footnote) -> str:
    """What stands at the place, in quotation marks."""
    return " … ".join(f"“{quote}”" for quote in note.quotes)


def answer_markdown(answer: Answer) -> str:
    """Markdown for a page or a file. Markup in the words of notes and models is shown as written: no images, HTML or links.

    The only links are the addresses of cited pages.
    """
    notes = [
        "\n".join(filter(None, [escaped(_where(note)), _address(note.place.url), f"> {escaped(quoted(note))}"]))
        for note in footnotes(answer.sentences, answer.passages)
    ]
    below = [remarks(answer, markdown=True), beyond_text(answer, markdown=True)]
    return "\n\n".join(filter(None, [_marked(answer, markdown=True), *notes, *below]))


def passages_text(passages: Sequence[Passage]) -> str:
    """What `search` prints: one block a passage, best first."""
    blocks = []
    for number, passage in enumerate(passages, start=1):
        chunk = passage.chunk
        where = " > ".join([chunk_text(chunk), *map(one_line, chunk.heading)])
        kind = "note" if chunk.page is None else "page"
        empty = ", a heading with nothing under it" if chunk.stub else ""
        similar = f"  {passage.similarity:.2f}" if passage.score or passage.similarity else ""  # a list compares nothing
        address = f"    {one_line(chunk.page.url)}\n" if chunk.page else ""
        body = "\n".join(f"    {line}" for line in clean(chunk.text).strip().splitlines())
        blocks.append(f"{number}. {where}{similar}  {kind}{empty}\n{address}{body}")
    return "\n\n".join(blocks)


def _where(note: Footnote) -> str:
    at = note.place
    heading = [one_line(part) for part in at.heading]
    if at.url is None:
        return " > ".join([f"[{note.number}] {place_text(at.source, at.first_line, at.last_line, unit=at.unit)}", *heading])
    title, page = (note.chunk.title, note.chunk.page) if note.chunk else ("", None)
    named = " > ".join([f"[{note.number}] {page_text(title, at.url)}", *heading])
    within = counted(at.unit, at.first_line, at.last_line)
    return ", ".join(filter(None, [named, within, age_text(page) if page else "", leads_text(at.linked_from)]))


def _address(url: str | None) -> str:
    """The address as a link, or as it is written where it is none."""
    shown = one_line(url or "")
    return f"<{shown}>" if ADDRESS.fullmatch(shown) else escaped(shown)


def _place(citation: Citation) -> _Place:
    return citation.source, citation.heading, citation.first_line, citation.last_line


def _marked(answer: Answer, *, markdown: bool) -> str:
    """The answer's text with a mark after each sentence that stands in it, and the marks of the others at its end."""
    shown = escaped if markdown else str
    numbers = _numbers(answer.sentences)
    text = clean(answer.text).strip()
    parts: list[str] = []
    unplaced: list[str] = []
    at = 0
    for sentence in answer.sentences:
        words, mark = clean(sentence.text).strip(), _mark(sentence, numbers)
        found = text.find(words, at)
        if found >= 0:
            end = found + len(words)
            parts += [shown(text[at:end]), mark]
            at = end
        elif sentence.supported and mark not in unplaced:
            unplaced.append(mark)
    return "".join([*parts, shown(text[at:]), *unplaced])


def _numbers(sentences: Sequence[Sentence]) -> dict[_Place, int]:
    return {_place(note.place): note.number for note in footnotes(sentences)}


def _mark(sentence: Sentence, numbers: Mapping[_Place, int]) -> str:
    if not sentence.supported:
        return " (not in your notes)"
    return "".join(f" [{number}]" for number in sorted({numbers[_place(citation)] for citation in sentence.citations}))
