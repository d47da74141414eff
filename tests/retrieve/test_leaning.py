"""Which questions lean on what was said before, and what is no question at all."""

from __future__ import annotations

import pytest

from notebot.retrieve.leaning import is_question, leans


@pytest.mark.parametrize(
    "question",
    [
        "What is it built on?",
        "What are its drawbacks?",
        "the drawbacks?",
        "and in Python?",
        "How long?",
        "How many parameters?",
        "Why expensive?",
        "Tell me more",
        "Is that the same as regression?",
        "Which of them has several outputs?",
        "Which is better for images?",
        "Are both supervised?",
        "How does the technique work?",
        "What are the stages?",
        "Where do we stay there?",
    ],
)
def test_a_question_leans_that_points_elsewhere_or_is_only_a_piece_of_one(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is data mining?",
        "And what is Kubernetes?",
        "feature engineering",
        "ONNX",
        "tools that serve models",
        "What is Databricks and what is it built on?",
        "Is it possible to grow tomatoes in winter?",
        "Why does it cost so much to make a foundation model?",
        "How does Q-learning update its table in reinforcement learning?",
        "What did Anna say about her new job?",
        "Which is better, tabs or spaces?",
        "After the merger, who owns the building?",
        "Is there a note on Docker?",
        "What was decided this week about hiring?",
    ],
)
def test_a_question_that_names_its_own_topic_does_not(question: str) -> None:
    assert not leans(question)


@pytest.mark.parametrize("text", ["thanks", "Thank you so much!", "ok", "Ok, great. Thanks!", "hello", "got it", "that helps :)"])
def test_what_is_only_said_is_no_question(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize("text", ["ok and why?", "What is OK?", "thanks, and the cost?", "hello world", "good models", "why"])
def test_what_asks_something_is_one(text: str) -> None:
    assert is_question(text)
