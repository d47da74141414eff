"""Outcomes as lines of JSON."""

import json
from dataclasses import replace

import pytest

from answers_by_hand import answer, answerable, passage, sentence
from notebot.errors import UsageError
from notebot.evals.outcome import Outcome, citations, from_line, silent, supported_text, to_line
from notebot.types import Status, Turn
from samples import ANSWER, STORE_PASSAGE

CASE = answerable(question="Which?", history=(Turn("user", "Höflich?\u2028"),), tags=("one",))
FULL = Outcome(
    CASE, (STORE_PASSAGE, passage("Tea")), ANSWER, (True, None),
    repeat=2, asked="which tea", offered=("a", "b"), draft="Gr\n", checked=(sentence("Green.", "Tea"),), first=0.5, seconds=1.25,
)  # fmt: skip
FAILED = Outcome(CASE, error="gone", crashed=True)


@pytest.mark.parametrize("outcome", [FULL, FAILED, replace(FULL, found=None, answer=None)])
def test_a_line_holds_everything(outcome):
    line = to_line(outcome)
    assert line.isascii()
    assert "\n" not in line
    assert from_line(line) == outcome


@pytest.mark.parametrize("line", ["", "{}", "[1]", to_line(FULL)[:-20], json.dumps({**json.loads(to_line(FULL)), "repeat": "x"})])
def test_what_is_no_outcome_is_refused(line):
    with pytest.raises(UsageError, match="this is no outcome of a run"):
        from_line(line)


def test_only_what_is_supported_counts():
    said = answer(Status.PARTIAL, sentence("Green.", "Tea"), sentence("Blue.", "Milk", supported=False))
    assert supported_text(said) == "Green."
    assert [citation.heading for citation in citations(said)] == [("Tea",)]
    assert [silent(answer(status)) for status in (Status.QUOTED, Status.DISAGREE, Status.STUB, Status.NOT_IN_NOTES)] == [
        False, False, True, True,
    ]  # fmt: skip
    assert FULL.key == ("a", 2)
