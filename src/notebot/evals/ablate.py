"""The same questions with parts of notebot left out: what search, and what the model, adds and costs.

    closed book   the model alone, without any note: what it knows by itself
    words         passages found by words only
    vectors       by vectors only
    fused         by both
    as shipped    looked at again, notes before pages, neighbours: what people get
    gold          the very places where the answers stand, as if search were perfect

What is shown is checked in every row; `drafted` says what the model wrote before any check.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from notebot.answer.chat import Parts, converse
from notebot.errors import NotebotError
from notebot.evals.cases import Case, check_places, load_cases
from notebot.evals.figures import FIGURES, clusters, measure
from notebot.evals.found import inside
from notebot.evals.manifest import How
from notebot.evals.metrics import Figure, mean
from notebot.evals.outcome import Outcome
from notebot.evals.run import Asked, Step, ask_case, selected
from notebot.evals.said import facts_in
from notebot.events import Event
from notebot.index.catalog import Hit
from notebot.models.ports import Message
from notebot.retrieve.copies import distinct
from notebot.retrieve.filters import narrowed, unfiltered
from notebot.retrieve.fusion import fuse
from notebot.retrieve.question import read_question
from notebot.retrieve.rarity import search_by_words
from notebot.retrieve.retriever import CANDIDATES, VECTORS, WORDS, Retriever
from notebot.settings import Settings
from notebot.states import IndexState
from notebot.types import NO_FILTERS, Filters, Passage, Turn

SEARCHES = ("words", "vectors", "fused", "as shipped")
WAYS = ("closed book", *SEARCHES, "gold")
SHOWN = ("hit@1", "hit@5", "ndcg@10", "correct", "facts", "false_answers", "false_refusals", "silent_when_silent", "errors")

Rank = Callable[[str], Sequence[Hit]]


class Dissected(Asked, Protocol):
    """A bot that can be taken apart."""

    def parts(self, filters: Filters = NO_FILTERS) -> Parts: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One way of asking. `drafted` is the share of the facts in what the model wrote, checked or not."""

    way: str
    figures: tuple[Figure, ...]
    drafted: Figure
    outcomes: tuple[Outcome, ...]


def ablating(bot: Dissected, path: Path, how: How) -> Generator[Step, None, tuple[Row, ...]]:
    """The rows, step by step; only those of SEARCHES where no model is to be asked. Raises as `run.running` does."""
    wanted = load_cases(path, figures=FIGURES)
    cases = [case for case, repeat in selected(wanted.cases, how) if not repeat]
    bot.state()
    parts = bot.parts()
    check_places(wanted.cases, parts.retriever.catalog.chunks_of)
    ways = SEARCHES if how.retrieval_only else WAYS
    rows = []
    for number, way in enumerate(ways):
        outcomes = []
        for at, case in enumerate(cases):
            yield Step(number * len(cases) + at, len(ways) * len(cases), f"{way}: {case.question}")
            outcomes.append(_asked(bot, way, case, parts, how))
        rows.append(_row(way, outcomes))
    return tuple(rows)


def ablation_text(rows: Sequence[Row]) -> str:
    """A line for each way, a column for each figure that was measured."""
    names = [name for name in SHOWN if any(_value(row, name) is not None for row in rows)]
    drafted = any(row.drafted.value is not None for row in rows)
    lines = [f"{'':<13}" + "".join(f"{name:>20}" for name in names) + (f"{'drafted':>20}" if drafted else "")]
    for row in rows:
        figures = [next(figure for figure in row.figures if figure.name == name) for name in names]
        cells = [_cell(figure) for figure in [*figures, *([row.drafted] if drafted else [])]]
        lines.append(f"{row.way:<13}" + "".join(f"{cell:>20}" for cell in cells).rstrip())
    return "\n".join(lines)


def ablation_json(rows: Sequence[Row]) -> dict[str, object]:
    """The same for programs, with the intervals."""
    return {
        "schema": 1,
        "rows": [
            {"way": row.way, "figures": [asdict(figure) for figure in row.figures if figure.n], "drafted": asdict(row.drafted)}
            for row in rows
        ],
    }


def _asked(bot: Dissected, way: str, case: Case, parts: Parts, how: How) -> Outcome:
    if way == "closed book":
        return _closed_book(case, parts)
    if way == "as shipped":
        return ask_case(bot, case, retrieval_only=how.retrieval_only)
    return ask_case(_Way(bot, replace(parts, retriever=_retriever(way, case, parts))), case, retrieval_only=how.retrieval_only)


def _closed_book(case: Case, parts: Parts) -> Outcome:
    """What the model says when it is asked without notes. That is no answer of notebot, so only the draft is there."""
    turns = [Message(turn.role, turn.text) for turn in case.history]
    try:
        pieces = parts.model().stream([*turns, Message("user", case.question)], max_tokens=parts.answer_tokens)
        return Outcome(case, draft="".join(pieces))
    except NotebotError as error:
        return Outcome(case, error=str(error))


def _retriever(way: str, case: Case, parts: Parts) -> Retriever:
    whole = parts.retriever
    by_words: Rank = lambda text: search_by_words(text, whole.catalog, CANDIDATES)  # noqa: E731
    by_vectors: Rank = lambda text: whole.vectors.search(whole.embedder.embed([text])[0], CANDIDATES)  # noqa: E731
    ranks: dict[str, Rank] = {
        "words": by_words,
        "vectors": by_vectors,
        "fused": lambda text: fuse([by_words(text), by_vectors(text)], [WORDS, VECTORS]),
        "gold": lambda text: [Hit(chunk_id, 1.0) for chunk_id in _gold(case, whole)],
    }
    return _Searching(whole, ranks[way])


def _gold(case: Case, whole: Retriever) -> Iterator[str]:
    for place in case.gold:
        yield from (chunk.id for chunk in whole.catalog.chunks_of(place.source) if inside(chunk, place))


class _Searching(Retriever):
    """A retriever that ranks in one way only, and brings no neighbours."""

    def __init__(self, whole: Retriever, rank: Rank) -> None:
        super().__init__(whole.catalog, whole.vectors, whole.embedder)
        self._rank = rank

    def search(self, question: str, *, limit: int = 10, filters: Filters = NO_FILTERS) -> list[Passage]:
        hits = {hit.chunk_id: hit for hit in self._rank(question)}
        chunks = self.catalog.chunks(hits)
        chosen = list(distinct((hits[chunk_id], chunk) for chunk_id, chunk in chunks.items()))[:limit]
        near = self._similarities([chunk for _, chunk in chosen], self.embedder.embed([question])[0]) if chosen else {}
        return [Passage(chunk, hit.score, near[chunk.id]) for hit, chunk in chosen]

    def in_context(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        return list(passages)


@dataclass(frozen=True, slots=True)
class _Way:
    """The bot with another retriever."""

    bot: Asked
    parts: Parts

    @property
    def settings(self) -> Settings:
        return self.bot.settings

    def state(self) -> IndexState:
        return self.bot.state()

    def model_name(self) -> str:
        return self.bot.model_name()

    def rewritten(self, question: str, history: Sequence[Turn] = ()) -> str:
        return self.bot.rewritten(question, history)

    def search(self, question: str, limit: int = 10) -> list[Passage]:
        return self.parts.retriever.search(narrowed(question, NO_FILTERS)[0], limit=limit)

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Event]:
        text, filters = narrowed(question, NO_FILTERS)
        return converse(read_question(text, asked=True), unfiltered(history), replace(self.parts, filters=filters))


def _row(way: str, outcomes: Sequence[Outcome]) -> Row:
    groups = clusters(outcomes)
    wrote = [one for one in outcomes if one.draft and one.case.facts]
    drafted = mean("drafted", [facts_in(one.draft, one.case.facts) for one in wrote], [groups[one.case.id] for one in wrote])
    return Row(way, measure(outcomes), drafted, tuple(outcomes))


def _value(row: Row, name: str) -> float | None:
    return next(figure.value for figure in row.figures if figure.name == name)


def _cell(figure: Figure) -> str:
    return "" if figure.value is None else f"{figure.value:.3f} ({figure.low:.2f}-{figure.high:.2f})"
