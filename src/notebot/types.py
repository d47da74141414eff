"""The values that cross the borders between notebot's parts. Frozen, and free of imports of our own.

Lines are 1-based and inclusive. Text offsets are in characters. Times are in seconds. Scores run from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

# --- notes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A web address in a note: `url` as written there, and the line it stands on."""

    url: str
    line: int


@dataclass(frozen=True, slots=True)
class NoteLink:
    """A link to another note, as it is written: `[[target#heading]]`, `![[target]]` (`embed`), `[text](target.md#heading)`.

    `target` is a note's name or a path, percent-decoded, and empty for a place in the same note.
    """

    target: str
    line: int
    heading: str = ""
    embed: bool = False


Unit = Literal["line", "page", "cell", ""]
"""What the places in a source are counted in: lines of a text, pages of a PDF, cells of a notebook, or nothing."""


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with the text under it, up to the next heading. The heading line itself is part of `text`.

    `heading` is the ancestry, outermost first, and empty for text before the first heading. `stub` marks a heading
    that says nothing beyond naming a topic and has nothing under it, no deeper heading either. `anchor` is the id by
    which a web address can point at it. Lines are counted in the document's unit.
    """

    heading: tuple[str, ...]
    text: str
    first_line: int
    last_line: int
    stub: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One note or web page, read and parsed.

    `source` is a note's path relative to the notes folder, with forward slashes, or a page's canonical address.
    Where `unit` is "line", every section's text stands on those lines of the file, letter for letter.
    """

    source: str
    title: str
    sections: tuple[Section, ...]
    links: tuple[Link, ...]
    front_matter: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    note_links: tuple[NoteLink, ...] = ()
    tags: tuple[str, ...] = ()
    unit: Unit = "line"


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line of a note."""

    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of the web page that a chunk stands on.

    `url` is where it was found in the end, after redirects; `fetched_at` is ISO 8601 in UTC. `stale`: it could not be had
    again, this is the last good copy. `linked_from` are the note lines that lead to the page, in order, never empty; `meant`
    says that one of them points at this very part of it.
    """

    url: str
    fetched_at: str
    stale: bool
    linked_from: tuple[NoteLine, ...]
    meant: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one section, small enough for the embedder. `text` is the source's own text, lines first to last.

    `id` is made from source, heading, text, context and its number among equals: an edit changes only the ids of what it touched.
    Lines are counted in `unit`. `anchor` holds the ids by which an address can point at it, with spaces between them. `context`
    is searched with the text and is no part of it: the header of a table that was cut. `page` is there where the source is a
    web page.
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
    unit: Unit = "line"
    anchor: str = ""
    context: str = ""
    page: Page | None = None

    @property
    def indexed_text(self) -> str:
        """What is embedded and searched: the heading path (or the title), then the text without repeating its heading line."""
        path = " > ".join(self.heading) or self.title
        first, _, rest = self.text.partition("\n")
        repeated = first.startswith("#") and self.heading and all(word in first for word in self.heading[-1].split())
        body = rest if repeated else self.text  # another line that begins so is a comment in code
        return "\n".join(part for part in (path, self.context, body.strip()) if part)


# --- retrieval ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filters:
    """Where to look: a passage that does not pass all of this is not found. An empty one filters nothing, and is false.

    One of `paths`, one of `sites`, all of `tags`, `phrases` and none of `without` have to fit. `after` is the first day that
    counts, `before` the first that no longer does. What each means for a page: see `index.selection`.
    """

    paths: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    after: date | None = None
    before: date | None = None
    notes_only: bool = False
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != NO_FILTERS


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found, with how well it fits the question. In a list of all that passes a filter both are 0.

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
    DISAGREE = "disagree"  # two places cannot both be right: both are quoted
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
    """A place in the notes or on a page. Made by code from a span, never by the model. `quote` stands there as it is.

    Lines are counted in `unit`. `start` and `end` place the quote inside the text of the passage `passage_id`. For a page,
    `url` leads to the quote itself, and `linked_from` are the note lines that lead to the page.
    """

    passage_id: str
    source: str
    heading: tuple[str, ...]
    first_line: int
    last_line: int
    quote: str
    start: int
    end: int
    unit: Unit = "line"
    url: str | None = None
    linked_from: tuple[NoteLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer after the check. What is not `supported` is never shown as fact."""

    text: str
    supported: bool
    score: float
    citations: tuple[Citation, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What chat models read and wrote for one answer, in tokens, over all their calls.

    `window` is the context window that was asked for, `used` the most that one call took of it, prompt and text together.
    `estimated`: the model did not say all of it; what it left open is counted from above. `host` is who else read it all: the
    machine that the model runs on, or the service behind it; empty where nothing left this machine.
    """

    read: int
    written: int
    used: int
    window: int
    estimated: bool = False
    host: str = ""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.read + other.read,
            self.written + other.written,
            max(self.used, other.used),
            max(self.window, other.window),
            self.estimated or other.estimated,
            self.host or other.host,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a question. `text` is what a person should read; `sentences` say what each part of it rests on.

    `notice` is one line about something that went wrong on the way (a model that died, passages that did not fit).
    `timings` maps a stage's name to its seconds. `beyond` is what the model added of its own knowledge where that was asked
    for: unchecked, cited nowhere, part of neither `text` nor `sentences`. Show it apart, and say that it is not from the notes.
    `asked` is what was searched for, where that is not the question as it was typed: show it. `usage` is None where no chat
    model was asked.
    """

    question: str
    status: Status
    text: str
    model: str
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    timings: Mapping[str, float]
    notice: str = ""
    beyond: str = ""
    asked: str = ""
    filters: Filters = NO_FILTERS
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of a conversation."""

    role: Literal["user", "assistant"]
    text: str
