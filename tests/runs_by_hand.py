"""Runs made by hand: outcomes of many cases that went well or not, for tests of what is done with runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from answers_by_hand import answer, passage, sentence
from notebot.evals.cases import Case, Place
from notebot.evals.manifest import Asker, How, Manifest
from notebot.evals.outcome import Outcome
from notebot.evals.store import Run
from notebot.types import Status

ASKER = Asker("scripted", "", "minilm", "i1", {"passages": 6}, "p1", "c1", "l1")
MANIFEST = Manifest("teas", 1, "teas.yaml", "s1", How(), ASKER, {}, "2026-11-28T02:00:00+00:00", 3, "abc")


def case(number: int, **fields: object) -> Case:
    common = {"id": f"c{number}", "question": f"Which {number}?", "expect": (Status.ANSWERED,), "facts": (("green",),)}
    gold = (Place("n.md", (f"H{number}",)),)
    return Case(**{**common, "gold": gold, "tags": ("odd" if number % 2 else "even",), **fields})


def outcome(number: int, right: bool) -> Outcome:
    """Of an answered case: with its fact, or with another word."""
    there = (passage(f"H{number}"),)
    said = replace(answer(Status.ANSWERED, sentence("Green." if right else "Blue.", f"H{number}")), passages=there)
    return Outcome(case(number), there, said, (True,), offered=(f"H{number}",), seconds=1.0)


def run(rights: Sequence[bool], name: str = "run", manifest: Manifest = MANIFEST) -> Run:
    return Run(Path(name), manifest, tuple(outcome(number, right) for number, right in enumerate(rights)))


def asked_by(**fields: object) -> Manifest:
    """A manifest with another asker."""
    return replace(MANIFEST, asker=replace(ASKER, **fields))
