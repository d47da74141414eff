"""Phrases in texts, word by word."""

import pytest

from notebot.evals.wording import claims, denies, states, token_f1


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("They use GitHub Actions.", "github actions", True),
        ("It is fine-tuned by prompting", "fine tuned", True),
        ("It has 1B+ parameters", "1B+", True),
        ("It has 1B+ parameters", "1B", False),
        ("It has 21B parameters", "1B", False),  # words, not letters
        ("a catalogue", "cat", False),
        ("see feature_extraction", "feature extraction", True),
        ("It isn’t one", "is not one", True),
        ("It cannot and can't", "can not and can not", True),
        ("", "x", False),
    ],
)
def test_a_phrase_is_found_word_for_word(text, phrase, found):
    assert states(text, phrase) is found


@pytest.mark.parametrize(
    ("text", "phrase", "claimed"),
    [
        ("It is designed for a single task.", "a single task", True),
        ("It is not designed for a single task.", "a single task", False),
        ("It is not, as some say, designed for a single task.", "a single task", True),  # too far: the set must list this one
        ("But not all pretrained models are foundation models.", "all pretrained models are foundation models", False),
        ("All cats are grey; not all cats are grey.", "all cats are grey", True),  # one of two places is enough
        ("No, all cats are grey.", "all cats are grey", True),  # the "no" answers something else
        ("No, every cat is not grey.", "every cat is not grey", True),
        ("Not that every cat is not grey.", "every cat is not grey", True),  # a phrase with its own "not"
    ],
)
def test_a_denied_phrase_is_not_claimed(text, phrase, claimed):
    assert claims(text, phrase) is claimed


def test_what_is_denied_everywhere():
    assert denies("It is not Spark.", "Spark")
    assert not denies("It is Spark, not that it is not Spark.", "Spark")
    assert not denies("It is Hadoop.", "Spark")


@pytest.mark.parametrize(
    ("text", "short", "value"),
    [
        ("The grey disk", "grey disk", 1.0),  # articles count for nothing
        ("It goes to the grey disk", "grey disk", 2 * 2 / (5 + 2)),
        ("two two", "two", 2 * 1 / (2 + 1)),  # each word as often as it stands
        ("blue", "grey disk", 0.0),
        ("", "grey disk", 0.0),
    ],
)
def test_token_f1(text, short, value):
    assert token_f1(text, short) == pytest.approx(value)
