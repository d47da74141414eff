"""notebot eval label, calibrate, judge and report --html, on a run that was kept."""

import json

import pytest

from notebot.evals.labels import LABELS, Label
from notebot.evals.store import CASES

SET = """name: s
version: 1
cases:
  - id: mining
    question: What is data mining?
    answerable: true
    facts: [[patterns]]
    gold: [{source: notes.md, heading: Data mining}]
"""


@pytest.fixture(scope="module")
def run(ingested, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    (folder / "set.yaml").write_text(SET, encoding="utf-8")
    done = ingested("eval", "run", str(folder / "set.yaml"), "--declining", "--out", str(folder / "run"))
    assert (folder / "run" / CASES).exists(), done.stderr
    return folder / "run"


def test_labels_are_held_against_the_check(ingested, run):
    assert "notebot eval label RUN" in ingested("eval", "calibrate", str(run)).stderr
    labels = [
        Label(f"c.{n}", "supported" if n % 2 else "not", "x", 0.9 if n % 2 else 0.2, bool(n % 2), True, f"n{n}")
        for n in range(20)
    ]
    lines = (json.dumps({name: getattr(one, name) for name in Label.__dataclass_fields__}) for one in labels)
    (run / LABELS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    done = ingested("eval", "calibrate", str(run), "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["n"], found["auroc"]["value"], found["judges"][0]["kappa"]["value"]) == (20, 1.0, 1.0)
    assert "Exploratory" in found["trust"]


def test_labelling_wants_a_terminal_or_says_that_there_is_nothing(ingested, run):
    done = ingested("eval", "label", str(run))
    assert done.returncode in (0, 2)
    assert "claim" in done.stdout + done.stderr


def test_without_another_model_there_is_no_second_voice(ingested, run):
    done = ingested("eval", "judge", str(run))
    assert done.returncode == 2
    assert "--judge" in done.stderr


def test_a_run_becomes_a_page(ingested, run, tmp_path):
    done = ingested("eval", "report", str(run), "--html", str(tmp_path / "report.html"))
    assert done.returncode == 0, done.stderr
    assert "<!doctype html>" in (tmp_path / "report.html").read_text(encoding="utf-8")
