"""A sentence with several values falls into clauses that can stand alone; any other stays whole."""

from __future__ import annotations

import pytest

from notebot.answer.clauses import clauses
from pace import within


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("The shop opens at 9 and closes at 17:00.", ("The shop opens at 9", "The shop closes at 17:00.")),
        ("The server has 16 GB of memory and 8 cores.", ("The server has 16 GB of memory", "The server has 8 cores.")),
        ("A full plot is 84 €, a half plot 46 €.", ("A full plot is 84 €", "is a half plot 46 €.")),
        ("Bread costs 4 €, but rolls cost 1 €.", ("Bread costs 4 €", "rolls cost 1 €.")),
    ],
)
def test_each_clause_has_its_subject_its_verb_and_its_value(sentence: str, parts: tuple[str, ...]) -> None:
    assert clauses(sentence) == parts


@pytest.mark.parametrize(
    "sentence",
    [
        "The rent is 900 euros.",
        "The key costs 25 €, which you get back.",
        "We meet on Mondays and Thursdays.",
        "In 2023 we had 5 people, in 2024 we had 7.",
        "If it rains we meet at 10:00, otherwise at 11:00.",
        "Woke at 7:00, ran 5 km.",
        "",
    ],
)
def test_any_other_sentence_stays_whole(sentence: str) -> None:
    assert clauses(sentence) == (sentence,)


@pytest.mark.parametrize("text", ["It is 5" + " " * 20_000 + "x", "It is 5, " * 2_000, "and " * 5_000, "It is 5 and so " * 500])
def test_no_sentence_takes_long(text: str) -> None:
    with within(1.5):
        clauses(text)
