"""What similarity cannot see, by rule."""

from __future__ import annotations

import pytest

from notebot.answer.contradiction import OPPOSITES, contradiction, numbers


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1B+ parameters", {1e9}),
        ("one billion", {1e9}),
        ("3.5 million and 10 %", {3.5e6, 10.0}),
        ("1,000 rows, 1000 columns", {1000.0}),
        ("two categories", {2.0}),
        ("ResNet-50, v2.1 and GPT4", set()),
        ("in 2013.", {2013.0}),
        ("80k", {80_000.0}),
        ("nothing", set()),
    ],
)
def test_numbers_are_read_by_value(text: str, values: set[float]) -> None:
    assert set(numbers(text)) == values


@pytest.mark.parametrize(
    ("claim", "nearest", "said"),
    [
        ("It has 12 layers.", "It has 24 layers.", "number 12"),
        ("All cats are black.", "Not all cats are black.", "not all"),
        ("Cats are black.", "Not all cats are black.", "not all"),
        ("Every cat sleeps.", "Not every cat sleeps.", "not every"),
        ("Not all cats sleep.", "Cats sleep.", "not all"),
        ("It does not scale.", "It scales.", "not"),
        ("It never scales.", "It scales.", "never"),
        ("It is designed for one task.", "It is not designed for one task.", "not designed"),
        ("It uses labels.", "It works without using labels.", "without"),
        ("It relies on tape.", "Rather than relying on tape, it copies to disk.", "rather than"),
        ("It is cheap.", "It is expensive.", "expensive"),
        ("It is structured.", "It is unstructured.", "unstructured"),
        ("There is one output.", "There are multiple outputs.", "multiple"),
        ("It has 1 parameter.", "1B+ parameters", "number 1"),
        ("Every cat is not black.", "All cats are black, but not all black things are cats.", "not black"),
        ("It is not the only source of labels.", "Rather than relying on datasets, it makes labels.", "not the only source"),
        ("A single task", "It is general (not designed for a single task).", "not designed"),
    ],
)
def test_what_speaks_against_the_claim_is_named(claim: str, nearest: str, said: str) -> None:
    assert said in contradiction(claim, nearest).lower()


@pytest.mark.parametrize(
    ("claim", "nearest"),
    [
        ("It has one billion rows.", "1B+ rows"),
        ("All dogs bark.", "All dogs bark, but not all cats do."),
        ("No, not all cats are black.", "Not all cats are black."),
        ("It does not scale.", "It cannot scale."),
        ("It copies to disk.", "Rather than relying on tape, it copies to disk."),
        ("It is general.", "It is general (not designed for one task)."),
        ("It has three parts.", "Parts: a, b, c"),
        ("It is expensive.", "Very expensive to acquire."),
    ],
)
def test_what_agrees_is_left_alone(claim: str, nearest: str) -> None:
    assert contradiction(claim, nearest) == ""


def test_no_word_is_its_own_opposite() -> None:
    assert all(not one & other for one, other in OPPOSITES)
