"""What counts as a word, and which words are forms of the same."""

from __future__ import annotations

import pytest

from notebot.retrieve.vocabulary import content, stem, words


@pytest.mark.parametrize(
    ("one", "other"),
    [("layers", "layer"), ("anomalies", "anomaly"), ("trained", "training"), ("Models", "model's"), ("databases", "database")],
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("class", "clay"), ("ml", "mlflow"), ("data", "date")])
def test_different_words_do_not(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_content_leaves_out_what_says_nothing_of_its_own() -> None:
    assert content("What are the tools that I use for CI/CD?") == ["ci/cd"]


def test_a_pronoun_says_nothing_with_its_verb_behind_it_either() -> None:
    assert content("I'd think they've left, we're sure you’ll know that it's Ann's") == ["think", "left", "sure", "ann"]


def test_identifiers_are_one_word() -> None:
    assert words("Does CI/CD use C++, num_ctx or node.js?") == ["does", "ci/cd", "use", "c++", "num_ctx", "or", "node.js"]
