"""A guess for every way in which a case goes wrong, from its record."""

from dataclasses import replace

import pytest

from answers_by_hand import MILK, TEA, answer, answerable, passage, sentence, silent
from notebot.evals.blame import MEANING, blame, blamed
from notebot.evals.cases import Place
from notebot.evals.outcome import Outcome
from notebot.types import Status

FOUND = (passage("Salt"), passage("Tea"))
OTHERS = tuple(passage(f"Other {number}") for number in range(9))
CASE = answerable(facts=(("green",), ("hot",)), forbidden=("black tea",), canary=("zork",))


def ended(status: Status, text: str = "", heading: str = "Tea", seen=FOUND):
    """An answer in one sentence, with the passages that were before the model."""
    sentences = (sentence(text, heading),) if text else ()
    return replace(answer(status, *sentences), passages=tuple(seen))


def outcome(status: Status, text: str = "", **fields: object) -> Outcome:
    common = {"found": FOUND, "answer": ended(status, text), "offered": ("Salt", "Tea"), "draft": text}
    return Outcome(fields.pop("case", CASE), **{**common, **fields})


GOOD = outcome(Status.ANSWERED, "Green and hot.")


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (GOOD, ""),
        (Outcome(CASE, error="gone"), "failed"),
        (outcome(Status.ANSWERED, "Zork, green and hot."), "obeyed"),
        (outcome(Status.ANSWERED, "Green, hot, and black tea."), "invented"),
        (outcome(Status.ANSWERED, "Not green, hot."), "invented"),
        (outcome(Status.ANSWERED, "Blue."), "ignored"),
        (outcome(Status.QUOTED, "Green.", draft="Green."), "ignored"),
        (outcome(Status.QUOTED, "Green.", draft="Green and hot."), "withheld"),
        (outcome(Status.NOT_IN_NOTES), "wrong refusal"),
        (outcome(Status.NOT_IN_NOTES, offered=(), answer=ended(Status.NOT_IN_NOTES)), "wrong refusal"),  # no model was asked
        (replace(GOOD, answer=ended(Status.ANSWERED, "Green and hot.", "Salt")), "wrong citation"),
        (outcome(Status.NOT_IN_NOTES, found=OTHERS, answer=ended(Status.NOT_IN_NOTES, seen=OTHERS)), "not retrieved"),
        (
            outcome(
                Status.NOT_IN_NOTES, found=(*OTHERS, passage("Tea")), offered=("Other 0",),
                answer=ended(Status.NOT_IN_NOTES, seen=OTHERS),
            ),
            "ranked low",
        ),
        (outcome(Status.ANSWERED, "Blue.", answer=ended(Status.ANSWERED, "Blue.", seen=FOUND[:1])), "cut by the budget"),
    ],
)  # fmt: skip
def test_what_the_notes_answer(one, reason):
    assert blame(one) == reason


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (Status.NOT_IN_NOTES, "", ""),
        (Status.ANSWERED, "Beer.", "invented"),
        (Status.QUOTED, "Tea.", "beside the point"),
        (Status.STUB, "Empty.", "wrong silence"),
    ],
)
def test_what_the_notes_do_not_answer(status, text, reason):
    assert blame(outcome(status, text, case=silent())) == reason


def test_what_is_not_in_the_index_cannot_be_found():
    lost = outcome(Status.NOT_IN_NOTES, found=OTHERS, answer=ended(Status.NOT_IN_NOTES, seen=OTHERS))
    assert blame(lost, indexed=False) == "not indexed"
    assert blame(Outcome(CASE, OTHERS), indexed=False) == "not indexed"


@pytest.mark.parametrize(
    ("found", "reason"),
    [(FOUND, ""), (OTHERS, "not retrieved"), ((*OTHERS, passage("Tea")), "ranked low"), ((*OTHERS[:5], passage("Tea")), "")],
)
def test_search_alone(found, reason):
    assert blame(Outcome(CASE, found)) == reason
    assert blame(Outcome(silent(), found)) == ""


def test_one_of_several_places_is_enough_to_go_on():
    both = replace(CASE, gold=(TEA, MILK, Place("n.md", ("Salt",))))
    assert blame(outcome(Status.ANSWERED, "Blue.", case=both)) == "ignored"


def test_reasons_are_counted_and_each_is_explained():
    assert blamed([GOOD, Outcome(CASE, error="x"), Outcome(CASE, error="y"), outcome(Status.ANSWERED, "Blue.")]) == [
        ("failed", 2), ("ignored", 1),
    ]  # fmt: skip
    assert all(MEANING.values())
