"""Ask the bot every question of a set, as a person would, and measure what comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from notebot.errors import NotebotError, UsageError
from notebot.evals.cache import Cache
from notebot.evals.cases import Case, Limit, check_places, load_cases
from notebot.evals.figures import FIGURES, measure
from notebot.evals.found import DEPTH
from notebot.evals.manifest import How, Manifest, asker, describe, now, peak_memory
from notebot.evals.metrics import Figure
from notebot.evals.outcome import Outcome, citations
from notebot.evals.quotes import Ground
from notebot.evals.side_by_side import side_by_side
from notebot.evals.store import Ending, Keeper, check_same, fresh_folder, read_run, unfinished
from notebot.events import Checked, Done, Draft, Event, Found
from notebot.index.catalog import Catalog
from notebot.ingest.sources import scan
from notebot.settings import Settings
from notebot.states import IndexState
from notebot.steps import finished
from notebot.types import Answer, Passage, Sentence, Turn

ALL = How()


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
    """Where a run stands: `done` of `total` questions, about to ask `question`."""

    done: int
    total: int
    question: str


@dataclass(frozen=True, slots=True)
class Report:
    """One run of a question set. `model` is empty when only retrieval was measured. `by_tag` is in alphabetical order.

    `folder` is where the run is kept, `peak_mb` the most memory of the process that ended it, where the system tells.
    """

    name: str
    version: int
    model: str
    embedder: str
    thresholds: Mapping[str, Limit]
    outcomes: tuple[Outcome, ...]
    figures: tuple[Figure, ...]
    by_tag: tuple[tuple[str, tuple[Figure, ...]], ...]
    manifest: Manifest | None = None
    folder: Path | None = None
    peak_mb: float | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where a run is kept: `folder` is its own, by default a new one in `home`. `resume` goes on with one that was stopped;
    `fresh` asks again what an earlier run asked."""

    home: Path
    folder: Path | None = None
    resume: bool = False
    fresh: bool = False


def run_file(bot: Asked, path: Path, *, retrieval_only: bool = False) -> Report:
    """Run the question set in a file; `running` without the steps."""
    return finished(running(bot, path, How(retrieval_only)))


def running(
    bot: Asked, path: Path, how: How = ALL, keeping: Keeping | None = None, *, at_once: int = 1
) -> Generator[Step, None, Report]:
    """The same, step by step; kept on disk where `keeping` says so, and then safe to stop at any step and to go on with.

    `at_once` questions are asked side by side: what comes of them is the same, but for their times.

    A case that fails counts as an error, apart from wrong answers. Raises what makes the whole run pointless: UsageError for
    the question set, IndexMissing, ModelError when there is no model at the start.
    """
    wanted = load_cases(path, figures=FIGURES)
    chosen = selected(wanted.cases, how)
    bot.state()  # raises where there is nothing to ask
    with Catalog.open(bot.settings.data) as catalog:
        check_places(wanted.cases, catalog.chunks_of)
        who = asker(bot.settings, "" if how.retrieval_only else bot.model_name(), catalog)
        manifest = replace(describe(wanted, path, how, asker=who, catalog=catalog), at_once=at_once)
        files = {file.source: file.path for file in scan(bot.settings.knowledge).files}
        asking = _Asking(bot, Ground(files, catalog), how.retrieval_only, at_once=at_once)
        if keeping is None:
            outcomes = yield from _ask_all(asking, chosen, {})
            return report_of(manifest, outcomes)
        if not keeping.fresh:
            asking = replace(asking, cache=Cache(keeping.home / "cache", who, how.retrieval_only))
        keeper, done = _opened(keeping, manifest)
        with keeper:
            outcomes = yield from _ask_all(replace(asking, keep=keeper.add), chosen, done)
            if at_once > 1:
                keeper.put_in_order(outcomes)
            ending = Ending(now(), peak_memory())
            keeper.end(ending)
            return replace(report_of(manifest, outcomes), folder=keeper.folder, peak_mb=ending.peak_mb)


def selected(cases: Sequence[Case], how: How) -> list[tuple[Case, int]]:
    """The cases that are asked, each with the number of its repeat. Raises UsageError where none is left."""
    found = [case for case in cases if how.split in ("", case.split) and (not how.tags or set(how.tags) & set(case.tags))]
    if not found:
        tags = sorted({tag for case in cases for tag in case.tags})
        raise UsageError(f"No case of the set is left by that choice. Its tags are {', '.join(tags)}; its splits dev and test.")
    found = found[:: how.every]
    return [(case, repeat) for repeat in range(how.repeat) for case in (found[: how.limit] if how.limit else found)]


def report_of(manifest: Manifest, outcomes: Sequence[Outcome]) -> Report:
    """The report on outcomes, new or read again."""
    return Report(
        name=manifest.name,
        version=manifest.version,
        model=manifest.asker.model,
        embedder=manifest.asker.embedder,
        thresholds=manifest.thresholds,
        outcomes=tuple(outcomes),
        figures=measure(outcomes),
        by_tag=tuple(_by_tag(outcomes)),
        manifest=manifest,
    )


def _opened(keeping: Keeping, manifest: Manifest) -> tuple[Keeper, dict[tuple[str, int], Outcome]]:
    """Where the run is written, and what of it is there already. What failed before is asked again."""
    folder = keeping.folder or (unfinished(keeping.home, manifest) if keeping.resume else None)
    if not keeping.resume:
        return Keeper.begin(folder or fresh_folder(keeping.home, manifest.name), manifest), {}
    if folder is None:
        raise UsageError("No run of this set and this choice of cases was stopped. Leave --resume out to begin one.")
    before = read_run(folder)
    check_same(before.manifest, manifest, folder)
    return Keeper.go_on(folder), {outcome.key: outcome for outcome in before.outcomes if not outcome.error}


@dataclass(frozen=True, slots=True)
class _Asking:
    """How a case is asked, and what is done with what comes of it."""

    bot: Asked
    ground: Ground
    retrieval_only: bool
    cache: Cache | None = None
    keep: Callable[[Outcome], None] = lambda outcome: None
    at_once: int = 1

    def once(self, one: tuple[Case, int], stop: threading.Event) -> Outcome:
        """What comes of a case, from the cache if it is there. Safe to call from several threads."""
        case, repeat = one
        cached = self.cache.get(case, repeat) if self.cache else None
        outcome = cached or replace(ask_case(self.bot, case, retrieval_only=self.retrieval_only, stop=stop), repeat=repeat)
        if outcome.answer is None:
            return outcome
        return replace(outcome, quotes_exist=tuple(self.ground.holds(citation) for citation in citations(outcome.answer)))


def _ask_all(
    asking: _Asking, chosen: Sequence[tuple[Case, int]], done: Mapping[tuple[str, int], Outcome]
) -> Generator[Step, None, list[Outcome]]:
    """The outcomes in the order of `chosen`. An answer by another model than the first one's is an error, not an answer."""
    outcomes = {(case.id, repeat): done[case.id, repeat] for case, repeat in chosen if (case.id, repeat) in done}
    spoke = next((one.answer.model for one in outcomes.values() if one.answer and one.answer.model), "")
    left = [(case, repeat) for case, repeat in chosen if (case.id, repeat) not in outcomes]
    with closing(side_by_side(left, asking.once, asking.at_once)) as turns:
        for (case, _), outcome in turns:
            if outcome is None:
                yield Step(len(outcomes), len(chosen), case.question)
                continue
            if outcome.answer and outcome.answer.model:
                spoke = spoke or outcome.answer.model
                outcome = outcome if outcome.answer.model == spoke else _by_another(outcome, spoke)  # noqa: PLW2901
            asking.keep(outcome)
            if asking.cache:
                asking.cache.put(outcome)
            outcomes[outcome.key] = outcome
    return [outcomes[case.id, repeat] for case, repeat in chosen]


def _by_another(outcome: Outcome, spoke: str) -> Outcome:
    other = outcome.answer.model if outcome.answer else ""
    return replace(outcome, answer=None, quotes_exist=(), error=f"{spoke} is gone: {other} answered in its place.")


def ask_case(bot: Asked, case: Case, *, retrieval_only: bool = False, stop: threading.Event | None = None) -> Outcome:
    """What comes of one case, asked once. Whatever goes wrong with it is in the outcome. `stop` ends it at its next event."""
    outcome = Outcome(case)
    try:
        asked = bot.rewritten(case.question, case.history)
        outcome = replace(outcome, asked=asked, found=tuple(bot.search(asked, DEPTH)))
        if retrieval_only:
            return outcome
        return _heard(outcome, _until(stop, bot.ask(case.question, case.history)), time.perf_counter())
    except NotebotError as error:
        return replace(outcome, error=str(error))
    except Exception as error:  # a fault in notebot costs one case, not the run; the gate does not let it pass
        return replace(outcome, error=f"Something went wrong inside notebot ({type(error).__name__}: {error}).", crashed=True)


def _until(stop: threading.Event | None, events: Iterator[Event]) -> Iterator[Event]:
    """The events, until somebody wants no more of them; then whatever makes them is told so."""
    for event in events:
        if stop and stop.is_set():
            if isinstance(events, Generator):
                events.close()
            raise NotebotError("The run was stopped.")
        yield event


def _heard(outcome: Outcome, events: Iterable[Event], began: float) -> Outcome:
    """The outcome with all that the events of one question say."""
    draft: list[str] = []
    checked: list[Sentence] = []
    offered: tuple[str, ...] = ()
    first: float | None = None
    answer: Answer | None = None
    for event in events:
        if isinstance(event, Found):
            offered = tuple(passage.chunk.id for passage in event.passages)
        elif isinstance(event, Draft):
            first = time.perf_counter() - began if event.text and first is None else first
            draft.append(event.text)
        elif isinstance(event, Checked):
            checked.append(event.sentence)
        elif isinstance(event, Done):
            answer = event.answer
    if answer is None:
        raise NotebotError("The answer broke off before its end. Run the question alone: notebot ask --debug.")
    seconds = round(time.perf_counter() - began, 4)
    first = None if first is None else round(first, 4)
    heard = replace(outcome, answer=answer, offered=offered, draft="".join(draft), checked=tuple(checked))
    return replace(heard, first=first, seconds=seconds)


def _by_tag(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    for tag in sorted({tag for outcome in outcomes for tag in outcome.case.tags}):
        yield tag, measure([outcome for outcome in outcomes if tag in outcome.case.tags])
