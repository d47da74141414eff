"""What is done with kept runs, as commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import pytest

from notebot.evals.store import Ending, Keeper
from runs_by_hand import MANIFEST, run

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Program

    Inside = Callable[..., subprocess.CompletedProcess[str]]


def keep(folder: Path, rights: list[bool]) -> None:
    with Keeper.begin(folder, MANIFEST) as keeper:
        for outcome in run(rights).outcomes:
            keeper.add(outcome)
        keeper.end(Ending("2026-11-28T03:00:00+00:00", None))


@pytest.fixture
def kept(notebot: Program) -> Program:
    """A program with a data folder that holds two runs, one of them much worse."""
    home = notebot.folder / "data" / "evals"
    keep(home / "good", [True] * 40)
    keep(home / "bad", [False] * 30 + [True] * 10)
    return notebot


def call(inside: Inside, program: Program, *arguments: str) -> subprocess.CompletedProcess[str]:
    return inside(program, "eval", *arguments, "--data", "data")


def test_runs_are_listed(kept: Program, inside: Inside) -> None:
    rows = json.loads(call(inside, kept, "runs", "--json").stdout)["runs"]
    assert [(row["run"], row["set"], row["model"], row["ended"]) for row in rows] == [
        ("bad", "teas", "scripted", True), ("good", "teas", "scripted", True),
    ]  # fmt: skip
    assert "good" in call(inside, kept, "runs").stdout
    empty = inside(kept, "eval", "runs", "--data", "elsewhere")
    assert (empty.returncode, "notebot eval run" in empty.stderr) == (0, True)


def test_a_report_in_every_form(kept: Program, inside: Inside) -> None:
    assert "teas 1: 40 questions, answers by scripted" in call(inside, kept, "report", "good").stdout
    assert json.loads(call(inside, kept, "report", "good", "--format", "json").stdout)["passed"] is True
    assert call(inside, kept, "report", "good", "--format", "markdown").stdout.startswith("# teas 1\n")
    suite = Xml.fromstring(call(inside, kept, "report", "bad", "--format", "junit").stdout.encode())  # noqa: S314 - made here
    assert suite.get("failures") == "30"


def test_two_runs_are_compared(kept: Program, inside: Inside) -> None:
    shown = call(inside, kept, "compare", "good", "bad").stdout
    assert "Questions that changed sides (correct): 30" in shown
    assert "worse  c0: Which 0?" in shown
    value = json.loads(call(inside, kept, "compare", "good", "good", "--json").stdout)
    assert {row["delta"] for row in value["figures"]} == {0.0}


def test_the_gate_has_three_exit_codes(kept: Program, inside: Inside) -> None:
    keep(kept.folder / "data" / "evals" / "slip", [True] * 38 + [False] * 2)
    wrote = call(inside, kept, "gate", "good", "--baseline", "base.json", "--accept")
    assert (wrote.returncode, wrote.stderr) == (0, "Wrote base.json\n")
    ends = {}
    for name in ("good", "bad", "slip"):
        done = call(inside, kept, "gate", name, "--baseline", "base.json")
        ends[name] = (done.returncode, done.stdout.splitlines()[-1])
    assert ends == {"good": (0, "Passed."), "bad": (10, "Regression."), "slip": (11, "Inconclusive.")}
    wide = call(inside, kept, "gate", "slip", "--baseline", "base.json", "--margin", "0.3", "--json")
    assert (wide.returncode, json.loads(wide.stdout)["ruling"]) == (0, "passed")


def test_wrong_usage_says_what_to_do(kept: Program, inside: Inside) -> None:
    for arguments, said in (
        (["report", "absent"], "notebot eval runs"),
        (["gate", "good", "--accept"], "--baseline"),
        (["gate", "good", "--baseline", "absent.json"], "--accept"),
    ):
        done = call(inside, kept, *arguments)
        assert (done.returncode, said in done.stderr) == (2, True)
