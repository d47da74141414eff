"""ALCE's scores by hand, each of its quirks pinned."""

import pytest

from answers_by_hand import answer, sentence
from notebot.evals.alce import Cited, score, sentences, texts
from notebot.types import Status
from samples import ANSWER

PASSAGES = {"a": "A", "b": "B", "c": "C", "d": "D"}


def holding(*pairs: str):
    """Carries a claim whose letters are all in the text; `pairs` are claims that are carried by nothing."""
    return lambda text, claim: claim not in pairs and set(claim) <= set(text)


def scored(*cited: tuple[str, str]) -> tuple[float, float] | None:
    found = score([Cited(text, tuple(passages)) for text, passages in cited], PASSAGES, holding("X"))
    return found and (found.recall, found.precision)


def test_every_sentence_carried_by_its_one_citation():
    assert scored(("A", "a"), ("B", "b")) == (1.0, 1.0)


def test_recall_is_the_share_of_carried_sentences():
    # 1 of 2 carried; of two citations one is needed, the other carries nothing
    assert scored(("A", "a"), ("A", "b")) == (0.5, 0.5)


def test_a_citation_that_the_others_make_needless_is_not_precise():
    # "A" from a and b: a carries it alone; without b, a still does: b is not needed
    assert scored(("A", "ab")) == (1.0, 0.5)


def test_citations_that_carry_it_only_together_are_all_needed():
    assert scored(("AB", "ab")) == (1.0, 1.0)


def test_only_the_first_three_citations_count():
    assert scored(("D", "abcd")) == (0.0, 0.0)  # d would carry it, and is the fourth: three counted, none needed
    assert scored(("A", "abcd")) == (1.0, pytest.approx(1 / 3))


def test_no_sentence_is_skipped_and_no_citation_is_none():
    assert scored() is None
    assert scored(("A", "")) == (0.0, 0.0)


def test_a_citation_of_nothing_makes_its_sentence_uncarried_and_is_not_counted():
    assert scored(("A", "ae"), ("B", "b")) == (0.5, 1.0)


def test_what_is_carried_by_nothing_has_no_precise_citation():
    assert scored(("X", "a")) == (0.0, 0.0)


def test_spans_of_one_passage_are_one_citation():
    assert sentences(ANSWER)[0].passages == ("id1",)
    assert texts(ANSWER)["id1"].startswith("ML > RAG")


def test_only_what_is_shown_as_an_answer_is_scored():
    assert sentences(answer(Status.STUB, sentence("Empty.", "Tea"))) == []
    assert [one.text for one in sentences(answer(Status.PARTIAL, sentence("A.", "Tea"), sentence("B.", supported=False)))] == [
        "A."
    ]
