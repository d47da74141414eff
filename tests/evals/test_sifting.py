"""Drafts are spread over notes and kinds, asked once whatever the words, and dropped where the passage does not bear them out."""

from dataclasses import replace
from random import Random

from notebot.evals.cases import Place
from notebot.evals.drafts import Draft
from notebot.evals.sifting import Asked, answered_after_all, spread, unborne
from notebot.models.support import open_support

TEXT = (
    "Tea\nGreen tea is a drink that is made of the young leaves of a shrub, steamed and dried as soon as they were "
    "picked by hand in the hills where it grows, and which keep their colour since they are never left to wither for long."
)
TEA = Draft("What is green tea made of?", "definition", "a.md", (Place("a.md", ("Tea",)),), TEXT, (("leaves",),), chunk_id="1")


def test_any_beginning_is_spread_over_the_notes_and_the_seed_decides():
    many = [replace(TEA, question=f"q{number}?", source=f"{number % 3}.md", chunk_id=str(number)) for number in range(9)]
    order = list(spread(many, Random(3)))  # noqa: S311
    assert sorted(one.question for one in order) == sorted(one.question for one in many)
    assert {one.source for one in order[:3]} == {"0.md", "1.md", "2.md"}
    assert order == list(spread(many, Random(3)))  # noqa: S311
    assert order != list(spread(many, Random(4)))  # noqa: S311


def test_the_same_question_in_other_words_is_kept_once(minilm):
    asked = Asked(minilm)
    assert asked.again(TEA) == ""
    assert asked.again(replace(TEA, question="Green tea is made of what?")) == TEA.question
    assert asked.again(replace(TEA, question="Which parts is green tea made from?")) == TEA.question
    elsewhere = replace(TEA, gold=(Place("b.md", ("Leaves",)),), facts=(("shrub",),))
    assert asked.again(replace(elsewhere, question="What is green tea composed of?")) == TEA.question
    assert asked.again(replace(TEA, question="How do trains brake?", facts=(("air",),))) == ""


def test_templates_on_different_topics_are_different_questions(minilm):
    asked = Asked(minilm)
    for topic in ("Quantization", "Kubernetes", "Distillation"):
        one = replace(TEA, question=f"What do my notes say about {topic}?", facts=((topic,),), chunk_id=topic)
        assert asked.again(one) == ""


def test_a_draft_has_to_be_borne_out(minilm):
    support = open_support()
    assert unborne(TEA, minilm, support) == ""
    assert unborne(replace(TEA, facts=(("roots",),)), minilm, support) == "the passage does not say its facts"
    assert unborne(replace(TEA, question="Who won the race?"), minilm, support) == "the passage does not speak of what is asked"
    other = replace(TEA, question="In which year was green tea first sold in Sweden?")
    assert unborne(other, minilm, support) == "the passage does not seem to answer it"
    assert unborne(other, minilm, None) == ""


def test_a_near_miss_that_a_passage_answers_is_seen(minilm):
    support = open_support()
    assert answered_after_all("What is green tea made of?", [TEXT], minilm, support)
    assert not answered_after_all("Who founded the railway company of Sweden?", [TEXT], minilm, support)
