"""Figures for Prometheus: how questions end, how long they take, what ingests do, how big the index is. Nobody's words."""

from __future__ import annotations

import threading
import time
from collections import Counter as Counting
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from notebot import __version__
from notebot.errors import Locked, NotebotError
from notebot.events import Checked, Done, Draft, Event, Stage
from notebot.settings import Settings
from notebot.states import NORMAL, IndexState, IngestOptions, Progress, Summary
from notebot.types import Answer, Status, Usage
from notebot.web.desk import Asking
from notebot.web.following import Ingesting
from notebot.web.watch.logs import METHODS, route

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
STAGES = ("waiting", "searching", "reading", "writing", "checking")
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
FRESH_SECONDS = 15.0  # that the index is not looked at again: on a big one that takes a while


class Metrics:
    """Counts what passes by. `counts` says how many answers are being made and how many questions wait. Safe between threads."""

    def __init__(self, *, counts: Callable[[], tuple[int, int]], state: Callable[[], IndexState]) -> None:
        self.registry = registry = CollectorRegistry()
        self._questions = Counter("notebot_questions", "Questions by how they ended.", ["status"], registry=registry)
        self._errors = Counter("notebot_errors", "What failed, by kind of error.", ["kind"], registry=registry)
        self._sentences = Counter("notebot_sentences", "Sentences checked.", ["supported"], registry=registry)
        self._words = Counter("notebot_drafted_words", "Words that models wrote, before the check.", registry=registry)
        self._tokens = Counter(
            "notebot_tokens", "Tokens that models read and wrote for whole answers.", ["direction"], registry=registry
        )
        self._stage = _seconds(registry, "notebot_stage_seconds", "Time that a stage of an answer took.", "stage")
        self._first = _seconds(registry, "notebot_first_token_seconds", "From a question to the first word of a draft.")
        self._total = _seconds(registry, "notebot_answer_seconds", "From a question to its end, waiting included.")
        self._requests = Counter(
            "notebot_http_requests", "Requests by route and status.", ["method", "route", "status"], registry=registry
        )
        self._ingests = Counter("notebot_ingests", "Ingests by how they ended.", ["outcome"], registry=registry)
        self._ingest = _seconds(registry, "notebot_ingest_seconds", "Time that an ingest took which came to its end.")
        self._notes = Counter("notebot_ingested_notes", "Notes by what an ingest did.", ["change"], registry=registry)
        self._embedded = Counter("notebot_embedded_texts", "Texts turned into vectors.", registry=registry)
        self._fetched = Counter("notebot_fetched_pages", "Linked pages asked for over the network.", registry=registry)
        for name, about, which in (
            ("notebot_answers_in_progress", "Answers being made.", 0),
            ("notebot_questions_waiting", "Questions that wait for their turn.", 1),
        ):
            Gauge(name, about, registry=registry).set_function(lambda which=which: counts()[which])  # type: ignore[misc]
        Gauge("notebot_build_info", "The version that runs.", ["version"], registry=registry).labels(__version__).set(1)
        registry.register(_Index(state))
        ProcessCollector(registry=registry)
        for status in [*Status, "stopped", "failed"]:
            self._questions.labels(status)  # there from the start, or the first of its kind is no increase
        for stage in STAGES:
            self._stage.labels(stage)
        for direction in ("read", "written"):
            self._tokens.labels(direction)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)

    def told(self, scope: Scope, status: int, seconds: float) -> None:
        """A request is over; `seconds` are not kept, since a stream lasts as long as its page is open."""
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._requests.labels(method, route(scope["path"]), status or "cut").inc()

    def watched(self, asking: Asking, events: Generator[Event, None, None]) -> Generator[Event, None, None]:
        """The events as they are, counted as they pass."""
        clock = _Clock(time.monotonic())
        ended = "stopped"
        try:
            for event in events:
                self._count(event, clock)
                if isinstance(event, Done):
                    ended = str(event.answer.status)
                yield event
        except Exception as error:
            ended = "failed"
            self._errors.labels(_kind(error)).inc()
            raise
        finally:
            events.close()
            now = time.monotonic()
            self._close_stage(clock, now)
            self._questions.labels(ended).inc()
            self._total.observe(now - clock.begun)

    def watching(self, bot: Ingesting) -> Ingesting:
        """The same bot as far as ingests go, with each of them counted."""
        return _WatchedIngests(bot, self._ingested)

    def _count(self, event: Event, clock: _Clock) -> None:
        match event:
            case Stage(name=name) if name != clock.stage:
                now = time.monotonic()
                self._close_stage(clock, now)
                clock.stage, clock.since = name, now
            case Draft(text=text) if text:
                self._words.inc(len(text.split()))
                if not clock.drafted:
                    clock.drafted = True
                    self._first.observe(time.monotonic() - clock.begun)
            case Checked(sentence=sentence):
                self._sentences.labels(str(sentence.supported).lower()).inc()
            case Done(answer=Answer(usage=Usage(read=read, written=written))):
                self._tokens.labels("read").inc(read)
                self._tokens.labels("written").inc(written)
            case _:
                pass

    def _close_stage(self, clock: _Clock, now: float) -> None:
        if clock.stage:
            self._stage.labels(clock.stage).observe(now - clock.since)

    def _ingested(self, outcome: str, summary: Summary | None, error: BaseException | None) -> None:
        self._ingests.labels(outcome).inc()
        if error:
            self._errors.labels(_kind(error)).inc()
        if summary:
            self._ingest.observe(summary.seconds)
            self._embedded.inc(summary.embedded)
            self._fetched.inc(summary.fetched)
            for change in ("added", "changed", "removed", "failed"):
                self._notes.labels(change).inc(getattr(summary, change))


@dataclass(slots=True)
class _Clock:
    """Where one question is."""

    begun: float
    stage: str = ""
    since: float = 0.0
    drafted: bool = False


@dataclass(frozen=True, slots=True)
class _WatchedIngests:
    """A bot whose ingests are told to `tell` when they end."""

    bot: Ingesting
    tell: Callable[[str, Summary | None, BaseException | None], None]

    @property
    def settings(self) -> Settings:
        return self.bot.settings

    def ingesting(self, options: IngestOptions = NORMAL) -> Generator[Progress, None, Summary]:
        outcome, summary, failure = "stopped", None, None
        try:
            summary = yield from self.bot.ingesting(options)
            outcome = "done"
            return summary
        except Locked:
            outcome = "locked"  # not our turn; it is tried again every two seconds
            raise
        except Exception as error:
            outcome, failure = "failed", error
            raise
        finally:
            self.tell(outcome, summary, failure)


class _Index(Collector):
    """How big the index is, looked at when somebody asks."""

    def __init__(self, state: Callable[[], IndexState]) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._seen: IndexState | None = None
        self._seen_at = -FRESH_SECONDS

    def describe(self) -> Iterable[Metric]:
        """Nothing that must be known beforehand: an index may not be there yet."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All figures of the index; only that it is not there, if it is not."""
        state = self._now()
        yield GaugeMetricFamily("notebot_index_ready", "1 if there is an index to ask.", value=float(state is not None))
        if state is None:
            return
        sources = GaugeMetricFamily("notebot_index_sources", "Notes and linked pages, by state.", labels=["kind", "state"])
        for (kind, how), count in sorted(Counting((source.kind, source.state) for source in state.sources).items()):
            sources.add_metric([kind, how], count)
        yield sources
        for name, about, value in (
            ("passages", "Passages that can be found.", state.chunks),
            ("passages_without_vectors", "Passages that only words find so far.", state.unembedded),
            ("stubs", "Headings with nothing under them.", len(state.stubs)),
            ("links", "Links from notes to pages.", state.links),
            ("generation", "Grows with every change of the index.", state.generation),
        ):
            yield GaugeMetricFamily(f"notebot_index_{name}", about, value=value)

    def _now(self) -> IndexState | None:
        with self._lock:
            if time.monotonic() - self._seen_at > FRESH_SECONDS:
                try:
                    self._seen = self._state()
                except NotebotError:
                    self._seen = None
                self._seen_at = time.monotonic()
            return self._seen


def _seconds(registry: CollectorRegistry, name: str, about: str, *labels: str) -> Histogram:
    return Histogram(name, about, labels, buckets=SECONDS, registry=registry)


def _kind(error: BaseException) -> str:
    """An error's class; of those that are not ours, only that it is one."""
    return type(error).__name__ if isinstance(error, NotebotError) else "internal"
