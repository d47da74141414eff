"""eval, eval run and eval ablate as commands; what they measure is tested in tests/evals."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from conftest import Program

    Inside = Callable[..., subprocess.CompletedProcess[str]]

CASES = """\
name: small
version: 1
thresholds:
  hit@1: {{at_least: {limit}}}
cases:
  - id: mining
    question: What is data mining?
    expect: [answered, partial, quoted]
    facts: [[patterns]]
    gold: [{{source: notes.md, heading: Data mining}}]
    tags: [one]
  - {{id: graph, question: "What is GraphRAG?", expect: [stub], gold: [{{source: notes.md, heading: GraphRAG}}], split: test}}
"""


def write(program: Program, limit: float = 1.0) -> str:
    (program.folder / "cases.yaml").write_text(CASES.format(limit=limit))
    return "cases.yaml"


@pytest.mark.parametrize("command", [["eval"], ["eval", "check"]])
@pytest.mark.parametrize(("limit", "code"), [(1.0, 0), (1.1, 1)])
def test_eval_leaves_with_1_under_a_threshold(
    command: list[str], limit: float, code: int, ingested: Program, inside: Inside
) -> None:
    done = inside(ingested, *command, write(ingested, limit), "--retrieval-only", "--json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["schema"], report["passed"]) == (code, 1, code == 0)


def test_eval_of_a_set_that_is_not_there_is_wrong_usage(ingested: Program, inside: Inside) -> None:
    done = inside(ingested, "eval")
    assert (done.returncode, done.stdout) == (2, "")
    assert "eval/knowledge.yaml" in done.stderr


def test_help_of_eval_names_its_commands(ingested: Program, inside: Inside) -> None:
    shown = inside(ingested, "eval", "--help").stdout
    assert all(name in shown for name in ("check", "run", "report", "runs", "compare", "gate", "ablate"))


def test_a_run_is_kept_with_its_reports(ingested: Program, inside: Inside) -> None:
    folder = ingested.folder / "kept"
    done = inside(ingested, "eval", "run", write(ingested), "--declining", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    assert f"Kept in {folder}" in done.stderr
    assert {path.name for path in folder.iterdir()} == {
        "manifest.json", "cases.jsonl", "ended.json", "report.json", "report.md", "junit.xml",
    }  # fmt: skip
    report = json.loads((folder / "report.json").read_text())
    assert [(case["id"], case["answer"]["status"]) for case in report["cases"]] == [("mining", "quoted"), ("graph", "stub")]
    assert report["manifest"]["asker"]["model"].endswith("Declining:always")


def test_a_choice_of_cases(ingested: Program, inside: Inside) -> None:
    for options, left in ((["--tag", "one"], ["mining"]), (["--split", "test"], ["graph"]), (["--limit", "1"], ["mining"])):
        done = inside(ingested, "eval", "run", write(ingested), "--retrieval-only", "--json", *options)
        assert [case["id"] for case in json.loads(done.stdout)["cases"]] == left
    done = inside(ingested, "eval", "run", write(ingested), "--retrieval-only", "--tag", "absent")
    assert (done.returncode, "Its tags are one" in done.stderr) == (2, True)


def test_an_interrupt_leaves_what_was_asked_and_resume_goes_on(ingested: Program) -> None:
    cases = "".join(
        f'  - {{id: c{number}, question: "What is data mining, part {number}?", answerable: false}}\n' for number in range(60)
    )
    (ingested.folder / "many.yaml").write_text(f"name: many\nversion: 1\ncases:\n{cases}")
    kept = ingested.folder / "stopped" / "cases.jsonl"
    command = ("eval", "run", "many.yaml", "--declining", "--fresh", "--out", "stopped")
    child = ingested.start(*command)
    began = time.monotonic()
    while not (kept.exists() and kept.read_text().count("\n") > 1):
        assert time.monotonic() - began < 60
        assert child.poll() is None
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "--resume" in err
    assert "Traceback" not in err
    first = kept.read_text().count("\n")
    assert 1 < first < 60
    done = ingested(*command, "--resume")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [line["case"]["id"] for line in lines] == [f"c{number}" for number in range(60)]  # each once


def test_ablate_shows_a_row_for_each_way_of_searching(ingested: Program, inside: Inside) -> None:
    done = inside(ingested, "eval", "ablate", write(ingested), "--retrieval-only")
    assert [line[:13].strip() for line in done.stdout.splitlines()] == ["", "words", "vectors", "fused", "as shipped"]
