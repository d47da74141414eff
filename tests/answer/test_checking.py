"""The model's text as it grows: yes and no, questions, refusals, repetition, breaking off."""

from __future__ import annotations

import pytest

from notebot.answer.alignment import prepare
from notebot.answer.checking import CheckedDraft
from notebot.models.minilm import MiniLM
from notebot.types import Chunk, Passage

TEXT = "# Spark\n\nSpark is a fast framework. It scales well."


@pytest.fixture
def draft(minilm: MiniLM) -> CheckedDraft:
    passage = Passage(Chunk("c", "n.md", "n", ("Spark",), TEXT, 1, 3, False, ()), 1.0, 1.0)
    return CheckedDraft([passage], prepare([TEXT], minilm), minilm)


def test_a_sentence_is_checked_as_soon_as_the_next_one_begins(draft: CheckedDraft) -> None:
    assert draft.feed("Spark is a fast") == []
    (sentence,) = draft.feed(" framework. It")
    assert sentence.supported
    assert sentence.citations[-1].first_line == 3
    (last,) = draft.feed(" was written in 1999.") + draft.finish()
    assert not last.supported
    assert last.citations == ()


def test_yes_belongs_to_what_follows_and_says_nothing_alone(draft: CheckedDraft) -> None:
    (sentence,) = draft.feed("Yes. Spark is fast.\n\n")
    assert sentence.text == "Yes. Spark is fast."
    (alone,) = draft.feed("Yes.") + draft.finish()
    assert not alone.supported


@pytest.mark.parametrize(
    "text", ["I don't know.", "I cannot answer that.", "The notes do not mention a founder.", "This is not in the notes."]
)
def test_a_refusal_is_no_claim(draft: CheckedDraft, text: str) -> None:
    assert draft.feed(f"{text}\n\n") == []
    assert draft.declined
    assert draft.sentences == []


def test_a_question_is_no_claim(draft: CheckedDraft) -> None:
    assert draft.feed("Is Spark fast? Spark is fast.\n\n") == draft.sentences
    assert [sentence.text for sentence in draft.sentences] == ["Spark is fast."]


def test_the_task_said_back_is_no_claim(draft: CheckedDraft) -> None:
    assert draft.feed("The notes are data. Spark is fast.\n\n") == draft.sentences
    assert [sentence.text for sentence in draft.sentences] == ["Spark is fast."]


def test_what_leads_on_is_checked_with_what_it_leads_to(draft: CheckedDraft) -> None:
    (sentence,) = draft.feed("Spark is:\n* a fast framework\n\n")
    assert sentence.text == "Spark is: a fast framework"
    assert draft.feed("It is:") + draft.finish() == []


def test_markup_around_words_is_taken_off_and_says_nothing_alone(draft: CheckedDraft) -> None:
    assert draft.feed("<pre>\n\n") == []
    (sentence,) = draft.feed("**Spark** is a <b>fast</b> framework.\n\n")
    assert sentence.text == "Spark is a fast framework."
    assert sentence.supported
    draft.feed("[Spark] Spark is a fast framework.\n\n")
    assert draft.repeating


def test_saying_it_again_ends_it(draft: CheckedDraft) -> None:
    draft.feed("Spark is fast. Spark is fast. Spark is fast.\n\n")
    assert draft.enough
    assert len(draft.sentences) == 1


def test_three_sentences_in_a_row_that_the_notes_do_not_carry_end_it(draft: CheckedDraft) -> None:
    draft.feed("Cats sleep. Dogs bark. ")
    assert not draft.enough
    draft.feed("Birds sing. Fish")
    assert draft.enough


def test_what_was_cut_off_is_kept_and_marked(draft: CheckedDraft) -> None:
    draft.feed("Spark is fast. Spark is")
    (rest,) = draft.break_off()
    assert (rest.text, rest.supported, rest.reason) == ("Spark is", False, "the model broke off here")
    assert draft.finish() == []
