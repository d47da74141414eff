"""A bot that answers from a script: passages and sentences made by hand, pauses, errors, and a record of what was asked."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from notebot.answer import citations as places
from notebot.errors import IndexMissing, UsageError
from notebot.events import Checked, Done, Draft, Event, Found, Stage
from notebot.settings import Settings
from notebot.states import IndexState, SourceState
from notebot.types import (
    NO_FILTERS,
    Answer,
    Chunk,
    Citation,
    Filters,
    NoteLine,
    Page,
    Passage,
    Sentence,
    Span,
    Status,
    Turn,
    Usage,
)

T = TypeVar("T")
FOLDER = tempfile.mkdtemp(prefix="notebot-scripted-")  # histories of scripted bots, one for each
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

MINING = Chunk(
    id="c1",
    source="notes.md",
    title="notes",
    heading=("Data mining",),
    text=(
        "# Data mining\n\nhttps://en.wikipedia.org/wiki/Data_mining\n\n"
        "Semi-automatic or automatic analysis of massive quantities of data to extract previously unknown, "
        "interesting patterns like\n* Groups of data records (cluster analysis)\n"
        "* Unusual records (anomaly detection)\n* Dependencies (association rule mining, sequential pattern mining)\n"
    ),
    first_line=11,
    last_line=18,
    stub=False,
    links=(),
)
TESTING = Chunk(
    "c2",
    "projects/tests.md",
    "tests",
    ("Data analysis", "Difference b/w data analysis and data mining"),
    "## Difference b/w data analysis and data mining\n"
    "* Data analysis is used to test models and hypotheses on the dataset, regardless of data volume\n"
    "* Data mining uses ML and statistical models to uncover patterns in large data volumes\n",
    22,
    24,
    False,
    (),
)
GRAPHRAG = Chunk("c3", "notes.md", "notes", ("GraphRAG",), "# GraphRAG\n", 71, 71, True, ())
STORE = Chunk(
    id="c4",
    source="https://qwak.com/post/what-is-a-feature-store",
    title="What is a Feature Store in ML, and Do I Need One?",
    heading=("Why do you need a feature store?",),
    text=(
        "## Why do you need a feature store?\n\n"
        "Organizations build ad-hoc pipelines for every model.\n\n"
        "A feature store keeps the features of models in one place, and serves the same values in training and in production.\n\n"
        "It also keeps their history.\n"
    ),
    first_line=1,
    last_line=7,
    stub=False,
    links=(),
    unit="",
    page=Page(
        url="https://www.qwak.com/post/what-is-a-feature-store",
        fetched_at="2026-11-24T10:00:00+00:00",
        stale=False,
        linked_from=(NoteLine("notes.md", 59),),
        meant=True,
    ),
)
MORE = (
    Chunk(
        "c7",
        "notes.md",
        "notes",
        ("Data mining",),
        "Tools, and how to call one:\n\n| tool | for |\n|---|---|\n| Orange | looking |\n| Weka | *classes* & rules |\n\n"
        "```sh\nweka --train data.arff --a-very-long-option=that-goes-on-and-on --and-another=one --so-that it scrolls\n```\n",
        19,
        29,
        False,
        (),
    ),
    Chunk("c8", "notes.md", "notes", ("Databricks",), "# Databricks\nA platform for data and models.\n", 30, 31, False, ()),
    Chunk("c9", "notes.md", "notes", ("Spark",), "# Spark\nWork on many machines.\n", 32, 33, False, ()),
)
PASSAGES = (Passage(MINING, 0.9, 0.7), Passage(TESTING, 0.7, 0.6), Passage(GRAPHRAG, 0.2, 0.1))


def cite(chunk: Chunk, quote: str) -> Citation:
    """The place of `quote` in `chunk`; an error when it does not stand there."""
    start = chunk.text.index(quote)
    return places.cite(Span(0, start, start + len(quote), quote), [Passage(chunk, 1.0, 1.0)])


FIRST = Sentence(
    "Data mining is the automatic or semi-automatic analysis of massive quantities of data to find unknown patterns.",
    True,
    0.91,
    (
        cite(MINING, "Semi-automatic or automatic analysis of massive quantities of data"),
        cite(TESTING, "uncover patterns in large data volumes"),
    ),
)
SECOND = Sentence("It was invented in 1763.", False, 0.2, (), "The year 1763 is not in your notes.")
THIRD = Sentence("It looks for clusters, anomalies and dependencies.", True, 0.88, (cite(MINING, "anomaly detection"),))


def answer(status: Status, sentences: Sequence[Sentence], *, text: str = "", notice: str = "") -> Answer:
    said = text or " ".join(sentence.text for sentence in sentences if sentence.supported)
    usage = Usage(1180, 240, 1420, 4096)
    return Answer("", status, said, "scripted (test)", tuple(sentences), PASSAGES, {"total": 1.25}, notice, usage=usage)


def written(sentence: Sentence, pause: float) -> list[Event | float]:
    """The events by which a model writes one sentence, word by word."""
    words = [part for word in sentence.text.split() for part in (Draft(word + " "), pause)]
    return [*words, Checked(sentence)]


def story(pause: float = 0.0) -> list[Event | float | Exception]:
    """A whole answer: two supported sentences around one that is not."""
    return [
        Stage("searching", "Searching your notes"),
        pause,
        Stage("reading", "Reading 3 passages"),
        Found(PASSAGES),
        pause,
        Stage("writing", "Writing"),
        *written(FIRST, pause),
        *written(SECOND, pause),
        *written(THIRD, pause),
        Stage("checking", "Checking"),
        Done(answer(Status.PARTIAL, (FIRST, SECOND, THIRD), notice="1 sentence was withheld: your notes do not say it.")),
    ]


def page_story() -> list[Event | float | Exception]:
    """An answer that rests on a note, a page, and an old copy of a page; another page was read and not cited."""
    assert STORE.page is not None
    old = replace(STORE, id="c5", title="MLOps", source="https://ml-ops.org", heading=("Serving",))
    old = replace(old, page=replace(STORE.page, url="https://ml-ops.org/", stale=True, fetched_at="2026-09-01T08:00:00+00:00"))
    read = replace(STORE, id="c6", heading=("Do I need one?",), text="Teams with few models do without.")
    quote = "A feature store keeps the features of models in one place"
    sentences = (
        Sentence("A feature store keeps the features of models in one place.", True, 0.9, (cite(STORE, quote),)),
        Sentence("It also keeps their history.", True, 0.9, (cite(old, "It also keeps their history."),)),
        THIRD,
    )
    passages = tuple(Passage(chunk, 0.9, 0.7) for chunk in (STORE, old, MINING, read))
    notice = "The index is still being built: 12 passages can be found by their words only so far."
    done = replace(answer(Status.ANSWERED, sentences, notice=notice), passages=passages)
    return [Stage("searching", "Searching your notes"), Found(passages), *map(Checked, sentences), Done(done)]


class ScriptedCatalog:
    """What a look into the index finds: the passages of the script."""

    def chunks(self, ids: Iterable[str]) -> dict[str, Chunk]:
        known = {passage.chunk.id: passage.chunk for passage in PASSAGES}
        return {chunk_id: known[chunk_id] for chunk_id in ids if chunk_id in known}


class ScriptedBot:
    """Plays `script` for every question. Numbers in it are pauses in seconds, exceptions are raised."""

    def __init__(self, script: Sequence[Event | float | Exception]) -> None:
        self.script = script
        self.settings = Settings(data=Path(tempfile.mkdtemp(dir=FOLDER)), watch=False)
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []
        self.searched: list[tuple[str, int, Filters]] = []
        self.more: tuple[Chunk, ...] = ()  # of the notes, besides the passages
        self.running = 0
        self.closed_at: list[float] = []
        self.missing: Exception | None = None
        self.no_model: Exception | None = None

    def ask(self, question: str, history: Sequence[Turn] = (), *, filters: Filters = NO_FILTERS) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        if len(question) > 8_000:
            raise UsageError("A question may have at most 8,000 characters.")
        return self._play()

    def _play(self) -> Iterator[Event]:
        self.running += 1
        try:
            for step in self.script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, int | float):
                    time.sleep(step)
                else:
                    yield step
        finally:
            self.running -= 1
            self.closed_at.append(time.monotonic())

    def state(self) -> IndexState:
        if self.missing:
            raise self.missing
        sources = (SourceState("notes.md", "note", "indexed", "", "2026-11-24T12:00:00Z", 74, 30, 12),)
        return IndexState(sources, 74, 0, (), 12, "minilm", 1, "2026-11-24T12:00:00Z")

    def model_name(self) -> str:
        if self.no_model:
            raise self.no_model
        return "scripted (test)"

    def examples(self, count: int = 3) -> list[str]:
        return ["What is data mining?", "What do my notes say about Databricks?", "What is GraphRAG?"][:count]

    def search(self, question: str, limit: int = 10, *, filters: Filters = NO_FILTERS) -> list[Passage]:
        self.searched.append((question, limit, filters))
        if self.missing:
            raise self.missing
        return list(PASSAGES[:limit])

    def source(self, name: str) -> list[Chunk]:
        known = [passage.chunk for passage in PASSAGES if passage.chunk.source == name]
        return sorted([*known, *(chunk for chunk in self.more if chunk.source == name)], key=lambda chunk: chunk.first_line)

    def rewritten(self, question: str, history: Sequence[Turn] = ()) -> str:
        return question

    def parts(self) -> Any:
        raise self.missing or IndexMissing("There is nothing to draft questions from.")

    def read(self, look: Callable[[Any], T]) -> T:
        if self.missing:
            raise self.missing
        return look(ScriptedCatalog())
