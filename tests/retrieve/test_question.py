"""What is searched for."""

from __future__ import annotations

import pytest

from notebot.errors import UsageError
from notebot.retrieve.question import asks_for, read_question, search_words


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "?", "?!…", "\x00\x1b"])
def test_a_question_that_asks_nothing_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        read_question(text)


def test_a_question_of_100_000_characters_is_refused_with_the_limit() -> None:
    with pytest.raises(UsageError, match=r"100,000 characters; at most 8,000"):
        read_question("x" * 100_000)


def test_control_characters_do_not_get_in() -> None:
    assert read_question(" What\x1b[31m is\nSpark?\x07 ") == "What[31m is Spark?"


def test_stop_words_are_left_out_unless_there_is_nothing_else() -> None:
    assert search_words("What is the CI/CD of this?") == ["ci/cd"]
    assert search_words("to be or not to be") == ["to", "be", "or", "not"]


def test_thanks_can_be_searched_for_and_not_be_asked() -> None:
    assert read_question("thanks") == "thanks"
    with pytest.raises(UsageError, match="“thanks” is no question, so nothing was searched for"):
        read_question("thanks", asked=True)


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("What is Kubernetes?", "Kubernetes"),
        ("what is kubernets", "Kubernetes"),
        ("What steps does EDA have?", "Exploratory data analysis"),
        ("What are GANs?", "Generative adversarial networks"),
        ("How do I select features? Feature selection!", "Feature selection"),
    ],
)
def test_a_heading_is_asked_for_by_its_words_slips_allowed_or_by_its_initials(question: str, heading: str) -> None:
    assert asks_for(question, heading)


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("What is search?", "Semantic search"),
        ("What is a foundation model?", "Sequence models"),
        ("What is progression?", "Regression"),
        ("What is Ray?", "Rag"),
        ("What?", "Kubernetes"),
        ("Which file format does Delta Lake store its data in?", "Feature store"),
    ],
)
def test_a_heading_that_is_only_near_is_not_asked_for(question: str, heading: str) -> None:
    assert not asks_for(question, heading)
