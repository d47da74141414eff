"""Follow-ups made whole. The large set of conversations is eval/follow_ups.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from notebot.retrieve.follow_up import standalone, topic_of
from notebot.types import Turn

CONVERSATIONS = yaml.safe_load((Path(__file__).parents[2] / "eval" / "follow_ups.yaml").read_text(encoding="utf-8"))
HEADINGS = ["Databricks", "Foundation model", "Data mining", "Kubernetes", "Regression", "Feature engineering: a step"]


def headings(text: str) -> Sequence[str]:
    """Those that share a word with the text, as a search for its words finds them."""
    said = {word.strip("?.,").lower().rstrip("s") for word in text.split()}
    return [heading for heading in HEADINGS if said & {word.strip(":").lower().rstrip("s") for word in heading.split()}]


def talk(*questions: str, answer: str = "Something.") -> list[Turn]:
    return [turn for question in questions for turn in (Turn("user", question), Turn("assistant", answer))]


@pytest.mark.parametrize(
    ("said", "question", "whole"),
    [
        (["What is Databricks?"], "What is it built on?", "What is Databricks built on?"),
        (["What is Databricks?"], "What are its components?", "What are Databricks' components?"),
        (["What are foundation models?"], "How many parameters do they have?", "How many parameters do foundation models have?"),
        (["What is Databricks?"], "the drawbacks?", "Databricks: the drawbacks?"),
        (["What is Databricks?"], "What about Kubernetes?", "What is Kubernetes?"),
        (["Explain feature engineering."], "and in sklearn?", "Explain feature engineering in sklearn?"),
        (["Are foundation models expensive?"], "Why?", "Are foundation models expensive: Why?"),
        (["What is Databricks?", "What is it built on?", "Is it fast?"], "And its cost?", "Databricks' cost"),
        (["What is Databricks?", "What is data mining?"], "Is it hard?", "Is data mining hard?"),
        (["What is Databricks?", "thanks"], "Is it fast?", "Is Databricks fast?"),
    ],
)
def test_a_follow_up_takes_the_topic_of_the_conversation(said: Sequence[str], question: str, whole: str) -> None:
    assert standalone(question, talk(*said), headings) == whole


def test_the_second_one_is_the_second_of_the_list_that_was_the_answer() -> None:
    history = talk(
        "Which kinds?", answer="Your notes say:\n- Multiple regression: many features\n- Univariate regression: one output"
    )
    assert standalone("Explain the second one", history, headings) == "Explain Univariate regression"
    assert standalone("Explain the last one", history, headings) == "Explain Univariate regression"
    assert "regression" not in standalone("Explain the fifth one", history, headings)


def test_without_a_conversation_nothing_is_taken_from_it() -> None:
    assert standalone("What is it?", [], headings) == "What is it?"


def test_a_topic_is_what_a_heading_shares_with_the_question() -> None:
    assert topic_of("What is Databricks built on top of?", headings) == "Databricks"
    assert topic_of("How many outputs does univariate regression have?", headings) == "univariate regression"
    assert topic_of("When is the rent due?", headings) == "rent due"


@pytest.mark.parametrize("name", ["tuned", "held_out"])
def test_nearly_all_conversations_are_read_rightly(name: str) -> None:
    wrong = []
    for case in CONVERSATIONS[name]:
        history = talk(*case["said"], answer=case.get("answers", "Something."))
        whole = standalone(case["ask"], history, headings)
        if (whole != case["ask"]) != ("topic" in case) or case.get("never", "\0").lower() in whole.lower():
            wrong.append((case["said"], case["ask"], whole))
    assert len(wrong) <= 2, wrong
    assert sum("topic" not in case for case in CONVERSATIONS[name]) >= len(CONVERSATIONS[name]) // 2
