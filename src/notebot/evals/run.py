"""Ask the bot every question of a set, as a person would, and measure what comes back."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from notebot.errors import NotebotError
from notebot.evals.cases import Case, Limit, check_places, load_cases
from notebot.evals.metrics import DEPTH, FIGURES, Figure, Outcome, citations, measure
from notebot.events import Done, Event
from notebot.index.catalog import Catalog
from notebot.ingest.decoding import decode
from notebot.ingest.sources import scan
from notebot.settings import Settings
from notebot.states import IndexState
from notebot.types import Answer, Citation, Passage, Turn


class Asked(Protocol):
    """What an evaluation needs of the bot: the same calls as every front end."""

    @property
    def settings(self) -> Settings: ...
    def state(self) -> IndexState: ...
    def model_name(self) -> str: ...
    def rewritten(self, question: str, history: Sequence[Turn] = ()) -> str: ...
    def search(self, question: str, limit: int = 10) -> list[Passage]: ...
    def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """Where a run stands: `done` of `total` cases, about to ask `question`."""

    done: int
    total: int
    question: str


@dataclass(frozen=True, slots=True)
class Report:
    """One run of a question set. `model` is empty when only retrieval was measured. `by_tag` is in alphabetical order."""

    name: str
    version: int
    model: str
    embedder: str
    thresholds: Mapping[str, Limit]
    outcomes: tuple[Outcome, ...]
    figures: tuple[Figure, ...]
    by_tag: tuple[tuple[str, tuple[Figure, ...]], ...]


def run_file(bot: Asked, path: Path, *, retrieval_only: bool = False) -> Report:
    """Run the question set in a YAML file; `running` without the steps."""
    steps = running(bot, path, retrieval_only=retrieval_only)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            report: Report = end.value
            return report


def running(bot: Asked, path: Path, *, retrieval_only: bool = False) -> Generator[Step, None, Report]:
    """The same, step by step. `retrieval_only` asks no chat model and takes seconds.

    A case that fails counts as an error, apart from wrong answers. Raises what makes the whole run pointless: UsageError for
    the question set, IndexMissing, ModelError when there is no model at the start.
    """
    wanted = load_cases(path, figures=FIGURES)
    embedder = bot.state().embedder
    outcomes: list[Outcome] = []
    with Catalog.open(bot.settings.data) as catalog:
        check_places(wanted.cases, catalog.chunks_of)
        model = "" if retrieval_only else bot.model_name()
        files = {file.source: file.path for file in scan(bot.settings.knowledge).files}
        ground = None if retrieval_only else Ground(files, catalog)
        for case in wanted.cases:
            yield Step(len(outcomes), len(wanted.cases), case.question)
            outcomes.append(_outcome(bot, case, ground))
    return Report(
        name=wanted.name,
        version=wanted.version,
        model=model,
        embedder=embedder,
        thresholds=wanted.thresholds,
        outcomes=tuple(outcomes),
        figures=measure(outcomes),
        by_tag=tuple(_by_tag(outcomes)),
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """What answers stand on: the notes by their source, and the catalog."""

    files: Mapping[str, Path]
    catalog: Catalog

    def holds(self, citation: Citation) -> bool:
        """Whether the quote stands where it is cited.

        A note's lines are read from the file itself, past the index. What no file has in these words and places, a page or a
        PDF, is read from the passage, which has to be there still.
        """
        if citation.url is None and citation.unit == "line":
            return self._in_file(citation)
        chunk = self.catalog.chunks([citation.passage_id]).get(citation.passage_id)
        return (
            chunk is not None
            and (chunk.source, chunk.unit) == (citation.source, citation.unit)
            and chunk.first_line <= citation.first_line <= citation.last_line <= chunk.last_line
            and chunk.text[citation.start : citation.end] == citation.quote
        )

    def _in_file(self, citation: Citation) -> bool:
        try:
            text, _ = decode(self.files[citation.source].read_bytes())
        except (KeyError, OSError):
            return False  # the file is gone, and with it what was quoted
        return citation.quote in "\n".join(text.split("\n")[citation.first_line - 1 : citation.last_line])


def _outcome(bot: Asked, case: Case, ground: Ground | None) -> Outcome:
    """What comes of one case; without `ground`, only retrieval."""
    found: tuple[Passage, ...] | None = None
    try:
        found = tuple(bot.search(bot.rewritten(case.question, case.history), DEPTH))
        if ground is None:
            return Outcome(case, found)
        answer = _answer(bot.ask(case.question, case.history))
    except NotebotError as error:
        return Outcome(case, found, error=str(error))
    return Outcome(case, found, answer, tuple(ground.holds(citation) for citation in citations(answer)))


def _answer(events: Iterable[Event]) -> Answer:
    for event in events:
        if isinstance(event, Done):
            return event.answer
    raise NotebotError("The answer broke off before its end. Run the question alone: notebot ask --debug.")


def _by_tag(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    for tag in sorted({tag for outcome in outcomes for tag in outcome.case.tags}):
        yield tag, measure([outcome for outcome in outcomes if tag in outcome.case.tags])
