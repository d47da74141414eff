"""One answer against its case."""

import pytest

from answers_by_hand import answer, answerable, sentence, silent
from notebot.evals import said as metrics
from notebot.evals.said import false_answer
from notebot.types import Status


def test_facts_count_in_supported_text_only():
    case = answerable(facts=(("green tea", "sencha"), ("two cups",), ("milk",)))
    said = answer(Status.PARTIAL, sentence("Sencha, it is.", "Tea"), sentence("Two cups.", supported=False))
    assert metrics.fact_recall(said, case.facts) == pytest.approx(1 / 3)  # sencha; "two cups" was not supported
    assert metrics.fact_recall(answer(Status.STUB, sentence("Sencha", "Tea")), case.facts) == 0  # silence states nothing


def test_false_answers_and_why():
    case = answerable(forbidden=("black tea",))
    assert false_answer(case, answer(Status.ANSWERED, sentence("Green tea.", "Tea"))) == ""
    assert "black tea" in false_answer(case, answer(Status.ANSWERED, sentence("Green and black tea.", "Tea")))
    assert false_answer(case, answer(Status.PARTIAL, sentence("Green.", "Tea"), sentence("Black tea.", supported=False))) == ""
    assert false_answer(case, answer(Status.ANSWERED, sentence("Not black tea.", "Tea"))) == ""
    assert false_answer(silent(), answer(Status.PARTIAL, sentence("Tea?", supported=False))) == ""  # nothing shown as supported
    assert "do not say" in false_answer(silent(), answer(Status.PARTIAL, sentence("Tea.", "Tea")))
    assert false_answer(silent(), answer(Status.QUOTED, sentence("Tea.", "Tea"))) == ""
    assert "tea" in false_answer(silent(forbidden=("tea",)), answer(Status.QUOTED, sentence("Tea.", "Tea")))


def test_correct_wants_every_fact():
    case = answerable(facts=(("green",), ("hot",)))
    assert not metrics.correct(case, answer(Status.ANSWERED, sentence("Green.", "Tea")))
    assert metrics.correct(case, answer(Status.ANSWERED, sentence("Green.", "Tea"), sentence("Hot.", "Tea")))
    assert metrics.correct(silent(), answer(Status.NOT_IN_NOTES))


@pytest.mark.parametrize(
    ("facts", "text", "said"),
    [
        ((("Apache Spark", "Spark"),), "It is built on Apache Spark.", ""),
        ((("Apache Spark", "Spark"),), "It is not built on Spark.", "denies Apache Spark"),
        ((("Apache Spark", "Spark"),), "It is not built on Hadoop but on Spark.", ""),  # "on Spark" stands beyond the "not"
        ((("Apache Spark", "Spark"),), "It is built on Hadoop.", ""),  # another word, which only a forbidden phrase can tell
        ((("1B+", "1 billion"),), "They have 7B parameters.", "says 7b for 1B+"),
        ((("1B+", "1 billion"),), "They have 1 billion parameters.", ""),
        ((("1B+", "1 billion"),), "They are large.", ""),
        ((("green",),), "Black tea.", "claims black tea"),
    ],
)
def test_speaking_against_a_gold_fact(facts, text, said):
    case = answerable(facts=facts, forbidden=("black tea",))
    assert metrics.contradicted(case, answer(Status.ANSWERED, sentence(text, "Tea"))) == said
    assert metrics.contradicted(case, answer(Status.NOT_IN_NOTES, sentence(text, "Tea"))) == ""


def test_numbers_of_the_question_speak_against_nothing():
    case = answerable(question="What changed in 2025?", facts=(("six weeks",),))
    assert metrics.contradicted(case, answer(Status.ANSWERED, sentence("In 2025 it changed.", "Tea"))) == ""


def test_the_nearest_short_answer_counts():
    said = answer(Status.ANSWERED, sentence("Green tea.", "Tea"))
    # Shared: green, tea. 2 · 2 / (2 + 2) = 1; with "tea" alone 2 · 1 / (2 + 1) = .667
    assert metrics.short_f1(said, ("tea", "the green tea")) == 1.0
    assert metrics.short_f1(said, ("tea",)) == pytest.approx(2 / 3)
    assert metrics.short_f1(answer(Status.STUB, sentence("Green tea.", "Tea")), ("tea",)) == 0.0


def test_any_answer_seems_surer_than_any_silence():
    shown = metrics.confidence(answer(Status.ANSWERED, sentence("Green.", "Tea"), sentence("Hot.", "Tea")))
    assert shown == pytest.approx(1.9)
    assert metrics.confidence(answer(Status.NOT_IN_NOTES)) == -2.0
    assert metrics.confidence(answer(Status.STUB, sentence("Green.", "Tea"))) < shown


def test_facts_in_a_draft_count_without_any_check():
    assert metrics.facts_in("Green, or so.", (("green",), ("hot",))) == 0.5


def test_one_of_two_numbers_is_too_few_and_not_against_the_other():
    case = answerable(facts=(("61",), ("29",)))
    assert metrics.contradicted(case, answer(Status.QUOTED, sentence("Electricity: 61 euros.", "Tea"))) == ""
    assert metrics.contradicted(case, answer(Status.QUOTED, sentence("Electricity: 62 euros.", "Tea"))) == "says 62 for 61"
