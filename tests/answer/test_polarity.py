"""Yes and No before an answer: kept where the rest of it bears them out."""

from __future__ import annotations

import pytest

from notebot.answer.polarity import borne_out


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Is Spark fast?", "Yes, Spark is fast."),
        ("Does Spark run on a laptop?", "Yes. It runs on a laptop and on a cluster."),
        ("Can I plant them before the last frost?", "No, plant them after the last frost."),
        ("Do all foundation models use text?", "No, not all foundation models use text."),
        ("Does the boiler go off at 1.4 bar?", "No - it goes off at 1 bar."),
        ("Is Spark fast?", "Spark is fast."),
        ("Which notes are there?", "Notes on Spark."),  # no No
    ],
)
def test_it_stays_where_the_rest_says_the_same(question: str, text: str) -> None:
    assert borne_out(text, question) == text


@pytest.mark.parametrize(
    ("question", "text", "left"),
    [
        (
            "Can I plant tomatoes out before the last frost?",
            "Yes, you can plant tomatoes out after 15 May, never before the last frost.",
            "You can plant tomatoes out after 15 May, never before the last frost.",
        ),
        ("Does the boiler go off at 1.4 bar?", "Yes: the boiler goes off at 1 bar.", "The boiler goes off at 1 bar."),
        ("Is Spark fast?", "No, Spark is fast.", "Spark is fast."),
        ("Isn't Spark fast?", "Yes, Spark is fast.", "Spark is fast."),
        ("What is Spark?", "Yes, Spark is a framework.", "Spark is a framework."),
    ],
)
def test_it_goes_where_the_rest_does_not_say_so(question: str, text: str, left: str) -> None:
    assert borne_out(text, question) == left
