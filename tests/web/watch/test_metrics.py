"""Figures: what is counted when, and that the dashboard asks for nothing that is not there."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Generator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from notebot.errors import IndexMissing, Locked, ModelFailed, NotesError
from notebot.events import Draft, Event, Stage
from notebot.settings import Settings
from notebot.states import NORMAL, IngestOptions, Progress, Summary
from notebot.web.desk import Asking, Desk
from notebot.web.watch.metrics import Metrics

DASHBOARD = Path(__file__).parents[3] / "docs" / "grafana.json"
CANARY = "CANARY7391"


def figure(metrics: Metrics, name: str, **labels: str) -> float:
    """One figure, as Prometheus would read it; 0 where it is not there."""
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            if sample.name == name and all(sample.labels.get(key) == value for key, value in labels.items()):
                return sample.value
    return 0.0


@pytest.fixture
def metrics(scripted: ModuleType) -> Metrics:
    bot = scripted.ScriptedBot([])
    return Metrics(counts=lambda: (2, 3), state=bot.state)


def asked(metrics: Metrics, bot: Any, *, stop_after: int = 0) -> None:
    desk = Desk(bot)
    desk.observers = (metrics.watched,)
    events = desk.ask(Asking(f"What is {CANARY}?", user="ada"))
    for number, _ in enumerate(events, 1):
        if number == stop_after:
            events.close()


def test_an_answer_is_counted_once_with_its_stages(metrics: Metrics, scripted: ModuleType) -> None:
    asked(metrics, scripted.ScriptedBot(scripted.story(pause=0.02)))
    assert figure(metrics, "notebot_questions_total", status="partial") == 1
    assert figure(metrics, "notebot_questions_total", status="answered") == 0
    for stage in ("searching", "reading", "writing", "checking"):
        assert figure(metrics, "notebot_stage_seconds_count", stage=stage) == 1
    assert figure(metrics, "notebot_stage_seconds_sum", stage="writing") >= 0.04
    assert figure(metrics, "notebot_answer_seconds_count") == 1
    assert figure(metrics, "notebot_answer_seconds_sum") >= figure(metrics, "notebot_first_token_seconds_sum") > 0.03
    assert figure(metrics, "notebot_sentences_total", supported="true") == 2
    assert figure(metrics, "notebot_sentences_total", supported="false") == 1
    assert figure(metrics, "notebot_drafted_words_total") > 10
    assert figure(metrics, "notebot_tokens_total", direction="read") == 1180
    assert figure(metrics, "notebot_tokens_total", direction="written") == 240
    assert CANARY not in metrics.text().decode()
    assert "ada" not in metrics.text().decode()


def test_a_stopped_answer_and_a_failed_one(metrics: Metrics, scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    asked(metrics, bot, stop_after=3)
    assert bot.running == 0
    assert figure(metrics, "notebot_questions_total", status="stopped") == 1
    with pytest.raises(ModelFailed):
        asked(metrics, scripted.ScriptedBot([Stage("searching", CANARY), ModelFailed(CANARY)]))
    with pytest.raises(ZeroDivisionError):
        asked(metrics, scripted.ScriptedBot([ZeroDivisionError(CANARY)]))
    assert figure(metrics, "notebot_questions_total", status="failed") == 2
    assert figure(metrics, "notebot_errors_total", kind="ModelFailed") == 1
    assert figure(metrics, "notebot_errors_total", kind="internal") == 1
    assert CANARY not in metrics.text().decode()


def test_waiting_said_again_is_one_wait(metrics: Metrics, scripted: ModuleType) -> None:
    waits: list[Any] = [Stage("waiting", "1 before you"), 0.02, Stage("waiting", "next"), 0.02, *scripted.story()]
    asked(metrics, scripted.ScriptedBot(waits))
    assert figure(metrics, "notebot_stage_seconds_count", stage="waiting") == 1
    assert figure(metrics, "notebot_stage_seconds_sum", stage="waiting") >= 0.04


def test_empty_drafts_are_no_first_token(metrics: Metrics, scripted: ModuleType) -> None:
    asked(metrics, scripted.ScriptedBot([Draft(""), Draft("")]))
    assert figure(metrics, "notebot_first_token_seconds_count") == 0


def test_what_stands_now(metrics: Metrics) -> None:
    assert figure(metrics, "notebot_answers_in_progress") == 2
    assert figure(metrics, "notebot_questions_waiting") == 3
    assert figure(metrics, "notebot_index_ready") == 1
    assert figure(metrics, "notebot_index_passages") == 74
    assert figure(metrics, "notebot_index_sources", kind="note", state="indexed") == 1
    assert figure(metrics, "process_resident_memory_bytes") > 10_000_000


def test_no_index_is_a_figure_too(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    bot.missing = IndexMissing("none")
    metrics = Metrics(counts=lambda: (0, 0), state=bot.state)
    assert "notebot_index_ready 0.0" in metrics.text().decode()
    assert "notebot_index_passages" not in metrics.text().decode()


class Ingests:
    """Ingests that end as the script says."""

    settings = Settings(data=Path("unused"))

    def __init__(self, end: Summary | Exception | None) -> None:
        self.end = end

    def ingesting(self, options: IngestOptions = NORMAL) -> Generator[Progress, None, Summary]:
        yield Progress("reading", 0, 1)
        if isinstance(self.end, Exception):
            raise self.end
        yield Progress("storing", 1, 1)
        assert self.end
        return self.end


DONE = Summary(added=3, changed=2, removed=1, unchanged=9, failed=1, chunks=50, embedded=12, fetched=4, seconds=1.5)


@pytest.mark.parametrize(
    ("end", "outcome"), [(DONE, "done"), (Locked("x"), "locked"), (NotesError(CANARY), "failed"), (None, "stopped")]
)
def test_ingests(metrics: Metrics, end: Summary | Exception | None, outcome: str) -> None:
    steps = metrics.watching(Ingests(end)).ingesting()
    next(steps)
    if end is None:
        steps.close()
    with contextlib.suppress(Locked, NotesError):
        list(steps)
    assert figure(metrics, "notebot_ingests_total", outcome=outcome) == 1
    done = outcome == "done"
    assert figure(metrics, "notebot_ingested_notes_total", change="added") == (3 if done else 0)
    assert figure(metrics, "notebot_embedded_texts_total") == (12 if done else 0)
    assert figure(metrics, "notebot_fetched_pages_total") == (4 if done else 0)
    assert figure(metrics, "notebot_ingest_seconds_sum") == (1.5 if done else 0)
    assert figure(metrics, "notebot_errors_total", kind="NotesError") == (outcome == "failed")
    assert CANARY not in metrics.text().decode()


def test_requests_have_routes_and_no_paths(metrics: Metrics) -> None:
    for path in ("/api/ask", f"/api/sources/{CANARY}", f"/{CANARY}"):
        metrics.told({"method": "GET", "path": path}, 200, 0.1)
    metrics.told({"method": CANARY, "path": "/"}, 0, 0.1)
    assert figure(metrics, "notebot_http_requests_total", route="/api/sources/*", status="200") == 1
    assert figure(metrics, "notebot_http_requests_total", method="other", status="cut") == 1
    assert CANARY not in metrics.text().decode()


def test_two_servers_in_one_process_do_not_share_figures(scripted: ModuleType) -> None:
    made: Callable[[], Metrics] = lambda: Metrics(counts=lambda: (0, 0), state=scripted.ScriptedBot([]).state)  # noqa: E731
    first, second = made(), made()
    asked(first, scripted.ScriptedBot(scripted.story()))
    assert figure(first, "notebot_questions_total", status="partial") == 1
    assert figure(second, "notebot_questions_total", status="partial") == 0


def test_the_dashboard_asks_for_figures_that_are_there(metrics: Metrics, scripted: ModuleType) -> None:
    asked(metrics, scripted.ScriptedBot(scripted.story()))
    with pytest.raises(ModelFailed):
        asked(metrics, scripted.ScriptedBot([ModelFailed("")]))
    steps = metrics.watching(Ingests(DONE)).ingesting()
    list(steps)
    metrics.told({"method": "GET", "path": "/"}, 200, 0.1)
    there = {sample.name for family in text_string_to_metric_families(metrics.text().decode()) for sample in family.samples}
    panels = json.loads(DASHBOARD.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    named = {name for query in queries for name in re.findall(r"\b(?:notebot|process)_[a-z_]+\b", query)}
    assert len(queries) >= 12
    assert named <= there, named - there
    shown = {name for name in there if name.startswith("notebot_") and not name.endswith(("_created", "_count", "_sum"))}
    assert shown <= named, shown - named  # and whatever there is can be seen


def test_an_observer_hands_on_every_event(metrics: Metrics, scripted: ModuleType) -> None:
    story: list[Event] = [step for step in scripted.story() if not isinstance(step, float)]

    def events() -> Generator[Event, None, None]:
        yield from story

    assert list(metrics.watched(Asking("x"), events())) == story
