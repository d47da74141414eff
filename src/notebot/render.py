"""Answers, passages, states and errors as JSON, plain text and Markdown. Shared by every front end.

Text from notes and models is data: control characters and escape sequences never reach a terminal, and Markdown or HTML
in it is shown as it is written, not carried out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from notebot.errors import NotebotError
from notebot.types import Answer, Citation, IndexState, Passage, Sentence, Status, Summary

if TYPE_CHECKING:
    from notebot.doctor import Check

SCHEMA = 1  # bump when a key changes its meaning or goes away; a new key needs no bump

# OSC, DCS, SOS, PM and APC strings up to their end; CSI sequences; two-character escapes; then single control characters
# and the marks that reverse the reading direction. Tab and newline stay.
ESCAPES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
LEFT_OUT = "Left out, because your notes do not carry it:"
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~#!])")


@dataclass(frozen=True, slots=True)
class Footnote:
    """One cited place and its number. `quotes` are the different stretches of it that sentences rest on."""

    number: int
    place: Citation
    quotes: tuple[str, ...]


# --- JSON ---------------------------------------------------------------------------------------------------------


def dumps(value: object) -> str:
    """JSON text in ASCII, so that no terminal, pipe or code page can garble it or be steered by it."""
    return json.dumps(value, ensure_ascii=True, indent=2)


def answer_json(answer: Answer) -> dict[str, object]:
    """`ask --json`."""
    return {
        "schema": SCHEMA,
        "question": answer.question,
        "status": str(answer.status),
        "text": answer.text,
        "model": answer.model,
        "sentences": [_sentence_json(sentence) for sentence in answer.sentences],
        "passages": [_passage_json(passage) for passage in answer.passages],
        "timings": {stage: round(seconds, 4) for stage, seconds in answer.timings.items()},
        "notice": answer.notice,
    }


def passages_json(question: str, passages: Sequence[Passage]) -> dict[str, object]:
    """`search --json`."""
    return {"schema": SCHEMA, "question": question, "passages": [_passage_json(passage) for passage in passages]}


def state_json(state: IndexState) -> dict[str, object]:
    """`status --json`."""
    return {
        "schema": SCHEMA,
        "sources": [asdict(source) for source in state.sources],
        "indexed": sum(source.state == "indexed" for source in state.sources),
        "failed": sum(source.state == "failed" for source in state.sources),
        "chunks": state.chunks,
        "stubs": list(state.stubs),
        "links": state.links,
        "embedder": state.embedder,
        "generation": state.generation,
        "ingested_at": state.ingested_at,
    }


def summary_json(summary: Summary) -> dict[str, object]:
    """`ingest --json`."""
    return {"schema": SCHEMA, **asdict(summary), "seconds": round(summary.seconds, 3)}


def checks_json(checks: Sequence[Check]) -> dict[str, object]:
    """`doctor --json`."""
    return {"schema": SCHEMA, "checks": [asdict(check) for check in checks]}


def error_json(error: BaseException) -> dict[str, object]:
    """What stands on standard output in place of a result. `kind` is the error's name: `index_missing`, `usage`."""
    name = type(error).__name__.removesuffix("Error") if isinstance(error, NotebotError) else "internal"
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return {"schema": SCHEMA, "error": {"kind": kind, "message": str(error)}}


def _sentence_json(sentence: Sentence) -> dict[str, object]:
    return {
        "text": sentence.text,
        "supported": sentence.supported,
        "score": round(sentence.score, 4),
        "reason": sentence.reason,
        "citations": [
            {
                "source": citation.source,
                "heading": list(citation.heading),
                "lines": [citation.first_line, citation.last_line],
                "quote": citation.quote,
                "url": citation.url,
                "linked_from": citation.linked_from,
            }
            for citation in sentence.citations
        ],
    }


def _passage_json(passage: Passage) -> dict[str, object]:
    chunk = passage.chunk
    return {
        "id": chunk.id,
        "source": chunk.source,
        "heading": list(chunk.heading),
        "lines": [chunk.first_line, chunk.last_line],
        "text": chunk.text,
        "score": round(passage.score, 4),
        "similarity": round(passage.similarity, 4),
        "stub": chunk.stub,
    }


# --- text for people ----------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """The text without anything that could steer a terminal or disguise what it says. Tabs and line ends stay."""
    text = ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be written


def one_line(text: str) -> str:
    """Clean, with every run of white space as one space."""
    return " ".join(clean(text).split())


def place_text(source: str, first_line: int, last_line: int) -> str:
    """`notes.md:12-14`, the form that editors and terminals know how to open."""
    return f"{one_line(source)}:{first_line}" if first_line == last_line else f"{one_line(source)}:{first_line}-{last_line}"


def footnotes(sentences: Sequence[Sentence]) -> tuple[Footnote, ...]:
    """Every place that a supported sentence cites, numbered from 1 by first use. The same place keeps its number."""
    places: dict[tuple[str, int, int], list[Citation]] = {}
    for sentence in sentences:
        for citation in sentence.citations if sentence.supported else ():
            places.setdefault(_place(citation), []).append(citation)
    return tuple(
        Footnote(number, group[0], tuple(dict.fromkeys(one_line(citation.quote) for citation in group)))
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
    if answer.notice:
        blocks.append(f"Note: {shown(one_line(answer.notice))}")
    return "\n\n".join(blocks)


def answer_text(answer: Answer) -> str:
    """Plain text: the words with marks, then the places they rest on with what stands there, then what else must be known."""
    notes = "\n".join(f"{footnote_line(note)}\n    {quoted(note)}" for note in footnotes(answer.sentences))
    return "\n\n".join(filter(None, [body_text(answer), notes, remarks(answer)]))


def footnote_line(note: Footnote) -> str:
    """`[1] notes.md:12-14 > Heading > Subheading`, and for a web page its address and the note that links to it."""
    at = note.place
    parts = [f"[{note.number}] {place_text(at.source, at.first_line, at.last_line)}", *(one_line(part) for part in at.heading)]
    origin = f" (linked from {one_line(at.linked_from)})" if at.linked_from else ""
    return " > ".join(parts) + (f" {one_line(at.url)}" if at.url else "") + origin


def quoted(note: Footnote) -> str:
    """What stands at the place, in quotation marks."""
    return " … ".join(f"“{quote}”" for quote in note.quotes)


def answer_markdown(answer: Answer) -> str:
    """Markdown for a page or a file. Markup in the words of notes and models is shown as written: no images, HTML or links."""
    notes = [f"{escaped(footnote_line(note))}\n> {escaped(quoted(note))}" for note in footnotes(answer.sentences)]
    return "\n\n".join(filter(None, [_marked(answer, markdown=True), *notes, remarks(answer, markdown=True)]))


def escaped(text: str) -> str:
    """The text so that Markdown shows it as it is written."""
    return MARKDOWN.sub(r"\\\1", clean(text))


def passages_text(passages: Sequence[Passage]) -> str:
    """What `search` prints: one block a passage, best first."""
    blocks = []
    for number, passage in enumerate(passages, start=1):
        chunk = passage.chunk
        where = " > ".join([place_text(chunk.source, chunk.first_line, chunk.last_line), *map(one_line, chunk.heading)])
        note = "  (a heading with nothing under it)" if chunk.stub else ""
        body = "\n".join(f"    {line}" for line in clean(chunk.text).strip().splitlines())
        blocks.append(f"{number}. {where}  {passage.similarity:.2f}{note}\n{body}")
    return "\n\n".join(blocks)


def summary_text(summary: Summary) -> str:
    """What `ingest` prints when it is done."""
    counts = [f"{getattr(summary, name)} {name}" for name in ("added", "changed", "removed", "unchanged", "failed")]
    line = (
        f"{', '.join(counts)}. {summary.chunks} passages in the index, {summary.embedded} embedded now, {summary.seconds:.1f} s."
    )
    return "\n".join([line, *(f"  {one_line(problem.source)}: {one_line(problem.reason)}" for problem in summary.problems)])


def state_text(state: IndexState) -> str:
    """What `status` prints."""
    failed = [source for source in state.sources if source.state == "failed"]
    rows = [
        ("Notes", f"{len(state.sources) - len(failed)} indexed, {len(failed)} failed"),
        ("Passages", str(state.chunks)),
        ("Empty headings", str(len(state.stubs))),
        ("Links", str(state.links)),
        ("Embedder", one_line(state.embedder)),
        ("Last ingest", state.ingested_at or "never"),
    ]
    lines = [f"{name + ':':<16}{value}" for name, value in rows]
    return "\n".join(lines + [f"  {one_line(source.source)}: {one_line(source.reason)}" for source in failed])


def check_text(check: Check) -> str:
    """One row of `doctor`, and under it what to do."""
    row = f"{check.state:<5} {check.name:<16} {one_line(check.detail)}"
    return row + (f"\n{'':<23}-> {one_line(check.fix)}" if check.fix else "")


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.source, citation.first_line, citation.last_line


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


def _numbers(sentences: Sequence[Sentence]) -> dict[tuple[str, int, int], int]:
    return {_place(note.place): note.number for note in footnotes(sentences)}


def _mark(sentence: Sentence, numbers: Mapping[tuple[str, int, int], int]) -> str:
    if not sentence.supported:
        return " (not in your notes)"
    return "".join(f" [{number}]" for number in sorted({numbers[_place(citation)] for citation in sentence.citations}))
