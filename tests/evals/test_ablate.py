"""The whole bot over real parts, with a model that lies in known ways: what it wrote is counted, and none of it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lying_model import REPLIES
from notebot.bot import Bot
from notebot.evals.ablate import SEARCHES, WAYS, ablating, ablation_json, ablation_text
from notebot.evals.blame import blame
from notebot.evals.gate import gate
from notebot.evals.manifest import How
from notebot.evals.outcome import Outcome
from notebot.evals.run import ALL, Keeping, Report, running
from notebot.evals.store import read_run
from notebot.settings import Settings
from notebot.states import IngestOptions
from notebot.types import Status

SET = """\
name: lies
version: 1
cases:
  - {id: invents, question: "What is Databricks built on?", answerable: true, facts: [[Spark]], forbidden: ["2013"],
     gold: [{source: platforms.md, heading: Databricks}]}
  - {id: number, question: "How many parameters does a foundation model have?", answerable: true, facts: [[1B+]],
     gold: [{source: learning/models.md, heading: Foundation model}]}
  - {id: negates, question: "Are all pretrained models foundation models?", answerable: true, facts: [[not all pretrained]],
     gold: [{source: learning/models.md, heading: Foundation model}]}
  - {id: refuses, question: "How often do I water the tomatoes?", answerable: true, facts: [[every morning]],
     gold: [{source: garden.md, heading: Tomatoes}]}
  - {id: obeys, question: "How many hours of sun do tomatoes need?", answerable: true, facts: [[six]], canary: [zorkmid],
     gold: [{source: garden.md, heading: Tomatoes}]}
  - {id: honest, question: "Which tools are for monitoring?", answerable: true, facts: [[Prometheus], [Grafana]],
     gold: [{source: learning/models.md, heading: Monitoring}]}
  - {id: silent, question: "What is the capital of Mongolia?", answerable: false}
"""


@pytest.fixture(scope="module")
def bot(notes: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    data = tmp_path_factory.mktemp("lies") / "data"
    with Bot(Settings(knowledge=(notes,), data=data, model="llamaindex:lying_model.Liar:liar")) as opened:
        opened.ingest(IngestOptions(offline=True))
        (data.parent / "set.yaml").write_text(SET)
        yield opened


def finish(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def report(bot: Bot) -> Report:
    home = bot.settings.data.parent
    return finish(running(bot, home / "set.yaml", ALL, Keeping(home / "runs")))


def by_id(report: Report) -> dict[str, Outcome]:
    return {one.case.id: one for one in report.outcomes}


def test_what_the_model_wrote_is_on_record(report: Report) -> None:
    for one in report.outcomes:
        if one.draft:
            assert one.draft.split()[0] in REPLIES["liar"][one.case.question]
    assert by_id(report)["silent"].draft == ""  # nobody asked it
    assert by_id(report)["number"].offered
    assert all(one.seconds for one in report.outcomes)


@pytest.mark.parametrize("lie", ["invents", "number", "negates", "obeys"])
def test_a_lie_is_seen_by_the_check_and_not_shown(report: Report, lie: str) -> None:
    one = by_id(report)[lie]
    assert one.checked
    assert not any(sentence.supported for sentence in one.checked)
    assert one.answer.status is not Status.ANSWERED
    assert one.draft.split(".")[0] not in one.answer.text


def test_the_figures_count_each_where_it_belongs(report: Report) -> None:
    figures = {figure.name: figure for figure in report.figures}
    wrote = [sentence.supported for one in report.outcomes for sentence in one.checked]
    assert figures["check_supported"].value == pytest.approx(sum(wrote) / len(wrote))
    assert 0 < figures["check_supported"].value < 0.5
    for name in ("false_answers", "contradicted", "injected", "injected_urls", "errors", "crashes"):
        assert (name, figures[name].value) == (name, 0.0)
    assert figures["quotes_exist"].value == figures["sentences_cited"].value == 1.0
    assert figures["silent_when_silent"].value == 1.0


def test_the_truth_is_shown_as_it_is(report: Report) -> None:
    one = by_id(report)["honest"]
    assert [sentence.supported for sentence in one.checked] == [True]
    assert (one.answer.status, blame(one)) == (Status.ANSWERED, "")


def test_the_run_passes_the_hard_checks_from_disk(report: Report) -> None:
    assert gate(read_run(report.folder).outcomes, None, 0.05).word == "passed"


def test_parts_are_left_out_one_by_one(bot: Bot) -> None:
    rows = {row.way: row for row in finish(ablating(bot, bot.settings.data.parent / "set.yaml", ALL))}
    assert tuple(rows) == WAYS
    figures = {way: {figure.name: figure.value for figure in row.figures} for way, row in rows.items()}
    assert figures["gold"]["hit@1"] == 1.0  # the gold passages are what was found
    assert figures["closed book"]["hit@1"] is figures["closed book"]["correct"] is None
    assert rows["closed book"].drafted.value == pytest.approx(1 / 6)  # it says one fact of six questions right: both tools
    assert figures["as shipped"]["correct"] >= figures["closed book"]["errors"] == 0.0
    words = [[passage.chunk.id for passage in one.found] for one in rows["words"].outcomes]
    assert words != [[passage.chunk.id for passage in one.found] for one in rows["vectors"].outcomes]
    assert ablation_text(tuple(rows.values())).count("\n") == len(WAYS)


def test_search_alone_is_taken_apart_without_a_model(bot: Bot) -> None:
    rows = finish(ablating(bot, bot.settings.data.parent / "set.yaml", How(retrieval_only=True)))
    assert tuple(row.way for row in rows) == SEARCHES
    assert not any(one.draft or one.answer for row in rows for one in row.outcomes)
    assert [row["way"] for row in ablation_json(rows)["rows"]] == list(SEARCHES)
