"""The values that cross the borders between notebot's parts. Frozen, and free of imports of our own.

Lines are 1-based and inclusive. Text offsets are in characters. Times are in seconds. Scores run from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

# --- notes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A web address in a note: `url` as written there, and the line it stands on."""

    url: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with the text under it, up to the next heading. The heading line itself is part of `text`.

    `heading` is the ancestry, outermost first, and empty for text before the first heading. `stub` marks a heading
    that says nothing beyond naming a topic and has nothing under it, no deeper heading either.
    """

    heading: tuple[str, ...]
    text: str
    first_line: int
    last_line: int
    stub: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One note, read and parsed. `source` is its path relative to the notes folder, with forward slashes."""

    source: str
    title: str
    sections: tuple[Section, ...]
    links: tuple[Link, ...]
    front_matter: Mapping[str, str]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one section, small enough for the embedder. `text` is the note's own text, lines first to last.

    `id` is made from source, heading, text and its number among equal ones: an edit changes only the ids of what it touched.
    """

    id: str
    source: str
    title: str
    heading: tuple[str, ...]
    text: str
    first_line: int
    last_line: int
    stub: bool
    links: tuple[Link, ...]

    @property
    def indexed_text(self) -> str:
        """What is embedded and searched: the heading path (or the title), then the text without repeating its heading line."""
        path = " > ".join(self.heading) or self.title
        first, _, rest = self.text.partition("\n")
        body = rest if first.startswith("#") else self.text
        return f"{path}\n{body.strip()}".strip()


# --- retrieval ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found, with how well it fits the question.

    `score` is the fused rank score, comparable only within one search. `similarity` is the cosine of question and
    passage, comparable across searches.
    """

    chunk: Chunk
    score: float
    similarity: float


# --- answers ------------------------------------------------------------------------------------------------------


class Status(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"  # every sentence shown is supported
    PARTIAL = "partial"  # some sentences were withheld, or the model stopped early
    QUOTED = "quoted"  # the model's words failed the check, so the notes are quoted instead
    NOT_IN_NOTES = "not_in_notes"
    STUB = "stub"  # the notes have a heading for this and nothing under it


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one passage: `text[start:end]` of evidence number `evidence` is `quote`."""

    evidence: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Support:
    """How far evidence carries a claim: `score` 0 to 1, the spans it rests on, and in words what is missing."""

    score: float
    supported: bool
    spans: tuple[Span, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in the notes. Made by code from a span, never by the model. `quote` stands in the file, as it is, on these lines.

    `start` and `end` place the quote inside the text of the passage `passage_id`.
    """

    passage_id: str
    source: str
    heading: tuple[str, ...]
    first_line: int
    last_line: int
    quote: str
    start: int
    end: int
    url: str | None = None
    linked_from: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer after the check. What is not `supported` is never shown as fact."""

    text: str
    supported: bool
    score: float
    citations: tuple[Citation, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a question. `text` is what a person should read; `sentences` say what each part of it rests on.

    `notice` is one line about something that went wrong on the way (a model that died, passages that did not fit).
    `timings` maps a stage's name to its seconds.
    """

    question: str
    status: Status
    text: str
    model: str
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    timings: Mapping[str, float]
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    text: str


# --- the event stream of one question: Stage*, Found, (Draft | Checked)*, Done -------------------------------------


@dataclass(frozen=True, slots=True)
class Stage:
    """The work has moved on: searching, reading, writing or checking. `detail` is a phrase for people."""

    name: Literal["searching", "reading", "writing", "checking"]
    detail: str


@dataclass(frozen=True, slots=True)
class Found:
    """The passages the answer may rest on, best first."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A piece of text as the model writes it, not yet checked. To be shown, if at all, as unsettled.

    Empty while the model is still reading: a chance for whoever follows the events to stop it.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence has been checked. The drafts since the last Checked are this sentence, and are replaced by it."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Done:
    """The last event: the whole answer, which replaces everything shown before."""

    answer: Answer


Event = Stage | Found | Draft | Checked | Done


# --- ingest -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an ingest stands: `done` of `total` units of `step`, working on `current`."""

    step: Literal["scanning", "reading", "embedding", "storing"]
    done: int
    total: int
    current: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A source that could not be indexed, or only in part, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did. Counts are of sources, except `chunks` (in the index now) and `embedded` (texts embedded now)."""

    added: int
    changed: int
    removed: int
    unchanged: int
    failed: int
    chunks: int
    embedded: int
    fetched: int
    seconds: float
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceState:
    """One row of `notebot status`."""

    source: str
    state: Literal["indexed", "failed"]
    reason: str
    chunks: int
    stubs: int
    links: int


@dataclass(frozen=True, slots=True)
class IndexState:
    """What the index holds. `ingested_at` is ISO 8601 in UTC, empty before the first ingest."""

    sources: Sequence[SourceState]
    chunks: int
    stubs: tuple[str, ...]
    links: int
    embedder: str
    generation: int
    ingested_at: str
