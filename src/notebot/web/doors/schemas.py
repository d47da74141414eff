"""What goes in and out of the API, as pydantic models: requests are checked by them, responses described in /openapi.json.

What goes out is made by `notebot.render`, the same for the command line and here; tests hold the two together.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from notebot.retrieve.filters import joined, read_filter
from notebot.retrieve.question import LONGEST_QUESTION
from notebot.types import Filters, Status, Turn

LONGEST_TURN = 100_000  # characters of one earlier message
MOST_TURNS = 200
MOST_VALUES = 50  # of one filter
LONGEST_VALUE = 1_000


Value = Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE)]
Values = Annotated[list[Value], Field(max_length=MOST_VALUES)]


class Strict(BaseModel):
    """Nothing is guessed: a field that is not known, or of another type, is refused by name."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Said(Strict):
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    text: Annotated[str, Field(max_length=LONGEST_TURN)]


class Where(Strict):
    """Where to look, as in `ask --json`: one of the paths, one of the sites, and all of the rest have to fit."""

    paths: Values = []
    tags: Values = []
    sites: Values = []
    after: Annotated[Value | None, Field(description="A year, a month or a day: the first that counts.")] = None
    before: Annotated[Value | None, Field(description="A year, a month or a day: the first that no longer counts.")] = None
    notes_only: bool = False
    phrases: Annotated[Values, Field(description="Have to stand there, word by word.")] = []
    without: Annotated[Values, Field(description="Words and phrases that may not stand there.")] = []

    def filters(self) -> Filters:
        """The same for the bot. Raises UsageError for a value that cannot be used."""
        keyed = {"path": self.paths, "tag": self.tags, "site": self.sites}
        keyed |= {"after": [self.after] if self.after else [], "before": [self.before] if self.before else []}
        rest = Filters(notes_only=self.notes_only, phrases=tuple(self.phrases), without=tuple(self.without))
        return joined(*(read_filter(key, value.strip()) for key, values in keyed.items() for value in values), rest)


class Question(Strict):
    """A question, with what was said before it."""

    question: Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION, examples=["What is data mining?"])]
    history: Annotated[list[Said], Field(max_length=MOST_TURNS, description="What was said before, oldest first.")] = []
    filters: Where = Where()
    stream: Annotated[bool, Field(description="Send server-sent events; the same as `Accept: text/event-stream`.")] = False

    def turns(self) -> tuple[Turn, ...]:
        """What was said before, for the bot."""
        return tuple(Turn(said.role, said.text) for said in self.history)


class Search(BaseModel):
    """The query of a search."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(max_length=LONGEST_QUESTION, description="What to look for; filters may stand in it.")] = ""
    limit: Annotated[int, Field(ge=1, le=100, description="At most so many passages.")] = 10
    path: Values = []
    tag: Values = []
    site: Values = []
    after: Value | None = None
    before: Value | None = None
    notes_only: bool = False

    def filters(self) -> Filters:
        """Where to look. Raises UsageError for a value that cannot be used."""
        where = {"after": self.after, "before": self.before, "notes_only": self.notes_only}
        return Where(paths=self.path, tags=self.tag, sites=self.site, **where).filters()  # type: ignore[arg-type]


# --- what goes out ------------------------------------------------------------------------------------------------


class Line(Strict):
    """A line of a note."""

    source: str
    line: int


class PageOut(Strict):
    """What is known of the web page that a passage stands on."""

    url: str
    fetched_at: str
    stale: bool
    linked_from: list[Line]
    meant: bool


class PassageOut(Strict):
    """A piece of a note or page. `score` compares within one search, `similarity` across searches."""

    id: str
    source: str
    title: str
    heading: list[str]
    lines: Annotated[list[int], Field(min_length=2, max_length=2)]
    unit: str
    text: str
    score: float
    similarity: float
    stub: bool
    page: PageOut | None


class CitationOut(Strict):
    """A place that a sentence rests on. `quote` stands there as it is."""

    passage: str
    source: str
    heading: list[str]
    lines: Annotated[list[int], Field(min_length=2, max_length=2)]
    unit: str
    quote: str
    url: str | None
    linked_from: list[Line]


class SentenceOut(Strict):
    """A sentence after the check. What is not `supported` is not to be shown as fact."""

    text: str
    supported: bool
    score: float
    reason: str
    citations: list[CitationOut]


class BeyondOut(Strict):
    """What the model added of its own knowledge: never from the notes, never checked."""

    text: str
    from_notes: Literal[False]
    checked: Literal[False]


class UsageOut(Strict):
    """What models read and wrote, in tokens, over all calls. `used` is the most of the `window` that one call took."""

    read: int
    written: int
    used: int
    window: int
    estimated: Annotated[bool, Field(description="The model did not say it; counted from above.")]
    host: Annotated[str, Field(description="Who else read the prompts: a machine or a service; empty if nobody did.")]


class FiltersOut(Strict):
    """The filters that were on; those that were not are left out."""

    paths: list[str] = []
    tags: list[str] = []
    sites: list[str] = []
    after: date | None = None
    before: date | None = None
    notes_only: bool = False
    phrases: list[str] = []
    without: list[str] = []


class AnswerOut(Strict):
    """The same object as `notebot ask --json`."""

    model_config = ConfigDict(title="Answer")

    schema_: Annotated[int, Field(alias="schema")]
    question: str
    asked: str
    filters: FiltersOut
    status: Annotated[str, Field(json_schema_extra={"enum": [str(status) for status in Status]})]
    text: str
    model: str
    sentences: list[SentenceOut]
    passages: list[PassageOut]
    timings: dict[str, float]
    usage: Annotated[UsageOut | None, Field(description="null where no model was asked.")]
    notice: str
    beyond: BeyondOut | None


class PassagesOut(Strict):
    """The same object as `notebot search --json`."""

    schema_: Annotated[int, Field(alias="schema")]
    question: str
    asked: str
    filters: FiltersOut
    passages: list[PassageOut]


class SourceOut(Strict):
    """One note or page, and how it stands in the index. `id` is for /api/sources/{id}."""

    id: str
    source: str
    kind: Literal["note", "page"]
    state: Literal["indexed", "stale", "skipped", "failed", "waiting"]
    reason: str
    when: str
    chunks: int
    stubs: int
    links: int


class SourcesOut(Strict):
    """Every note and page."""

    schema_: Annotated[int, Field(alias="schema")]
    sources: list[SourceOut]


class OneSourceOut(Strict):
    """One note or page, with its passages in order."""

    schema_: Annotated[int, Field(alias="schema")]
    source: SourceOut
    passages: list[PassageOut]


class OnePassageOut(Strict):
    """One passage."""

    schema_: Annotated[int, Field(alias="schema")]
    passage: PassageOut


class StatusOut(BaseModel):
    """The same object as `notebot status --json`."""

    schema_: Annotated[int, Field(alias="schema")]
    sources: list[dict[str, Any]]
    indexed: int
    failed: int
    notes: dict[str, int]
    pages: dict[str, int]
    chunks: int
    unembedded: int
    stubs: list[str]
    links: int
    embedder: str
    generation: int
    ingested_at: str


class Fault(Strict):
    """What went wrong, and what to do next."""

    kind: Annotated[str, Field(examples=["usage", "index_missing", "busy"])]
    message: str


class FaultOut(Strict):
    """Every error, from every route of the API."""

    schema_: Annotated[int, Field(alias="schema")]
    error: Fault
