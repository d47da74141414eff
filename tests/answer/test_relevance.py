"""Whether what the notes say answers what was asked."""

from __future__ import annotations

import pytest

from notebot.answer.alignment import prepare
from notebot.answer.relevance import UNREAD, answered, fits, focus, headed, mentions, topic_stub
from notebot.models.minilm import MiniLM
from notebot.models.support import open_support
from notebot.types import Chunk, Passage


def passage(text: str, *, stub: bool = False) -> Passage:
    heading = (text.partition("\n")[0].lstrip("# "),)
    return Passage(Chunk(text[:8], "notes.md", "notes", heading, text, 1, 1, stub, ()), 1.0, 1.0)


def test_the_focus_of_a_question_is_what_some_passage_must_speak_of(minilm: MiniLM) -> None:
    evidence = prepare(["# Databricks\n\nCloud platform for data engineering.", "# Grafana\n\nCharts."], minilm)
    about = focus("What is the license of Databricks?", evidence, minilm)
    assert about.words == ("license", "Databricks")
    assert about.missing == ("license",)
    assert [about.share(0), about.share(1)] == [0.5, 0.0]
    assert about.enough


def test_of_a_sum_of_money_nothing_has_to_say_that_it_is_high(minilm: MiniLM) -> None:
    evidence = prepare(["# Flat\n\nThe rent is 940 euros. The workbench is by the door."], minilm)
    assert focus("How high is the rent?", evidence, minilm).missing == ()
    assert focus("How high is the workbench?", evidence, minilm).missing == ("high",)


def test_a_passage_is_headed_by_what_is_asked_with_all_of_its_words(minilm: MiniLM) -> None:
    about = focus("How is shellac mixed?", prepare(["# Mixing shellac"], minilm), minilm)
    assert headed(about, [passage("# Gates"), passage("# Mixing shellac\n\n60 g flakes")])
    assert not headed(about, [passage("# Mixing"), passage("# Shellac")])
    assert not headed(focus("What is it?", prepare(["# It"], minilm), minilm), [passage("# It")])


def test_a_question_about_something_else_has_too_little_of_its_focus(minilm: MiniLM) -> None:
    evidence = prepare(["# Databricks\n\nCloud platform for data engineering."], minilm)
    assert not focus("Who won the world cup final?", evidence, minilm).enough


def test_a_question_without_content_words_is_not_judged(minilm: MiniLM) -> None:
    about = focus("What is it?", prepare(["# Spark"], minilm), minilm)
    assert about.enough
    assert about.share(0) == 1.0


@pytest.mark.parametrize(
    ("question", "text", "answers"),
    [
        ("How many layers does it have?", "It has 24 layers.", True),
        ("How many layers does it have?", "It has multiple layers.", True),
        ("How many layers does it have?", "It has layers.", False),
        ("How often is it watered?", "Water it every morning.", True),
        ("How often is it watered?", "Water it 3 times.", True),
        ("How often is it watered?", "Water it well.", False),
        ("When was it founded?", "It was founded in 2013.", True),
        ("When was it founded?", "It is a cloud platform.", False),
        ("Which year did it start?", "In May 2020.", True),
        ("How high is it?", "It is 890 mm.", True),
        ("How high is it?", "It is not.", False),
        ("Who invented Spark?", "Spark was invented by Matei Zaharia.", True),
        ("Who invented Spark?", "Spark is a framework.", False),
        ("When do I use it?", "Use it for large data.", True),
        ("What is Spark?", "A framework.", True),
    ],
)
def test_a_number_a_date_and_a_person_are_answered_with_one(question: str, text: str, answers: bool) -> None:
    assert fits(question, [text]) is answers


def test_a_stub_is_the_topic_when_the_question_asks_for_all_of_its_heading() -> None:
    stubs = [passage("# Kubernetes", stub=True), passage("# Semantic search", stub=True)]
    assert topic_stub("What is Kubernetes?", stubs) is stubs[0]
    assert topic_stub("What is semantic search?", stubs) is stubs[1]
    assert topic_stub("What is search?", stubs) is None
    assert topic_stub("What is Kubernetes?", [passage("# Kubernetes\n\nRuns containers.")]) is None


def test_another_note_may_mention_what_a_stub_names() -> None:
    assert mentions(passage("# Databricks\n\nBuilt on Apache Spark, a framework"), "Apache Spark")
    assert not mentions(passage("# Databricks\n\nA cloud platform"), "Apache Spark")


PROSE = (
    "The town hall of Elmsworth was built between 1861 and 1866 by the architect Mary Hale in the style of the Italian palaces "
    "that she had seen in her youth. It burned down in the winter of 1904, and its walls were used again for the new library, "
    "which was opened by the mayor two years later."
)


def test_prose_that_holds_no_answer_is_told_from_prose_that_does(minilm: MiniLM) -> None:
    evidence, support = prepare([PROSE], minilm), open_support()
    said = answered("Who built the town hall of Elmsworth?", evidence, support)
    unsaid = answered("How much did the town hall of Elmsworth cost?", evidence, support)
    assert unsaid.probability < 0.4 < said.probability
    assert (said.at, unsaid.at) == ((0, 0), (0, 0))


def test_the_sentence_that_answers_is_told_from_its_neighbours(minilm: MiniLM) -> None:
    found = answered("When was the library opened?", prepare(["# Milk\n- 2 litres", PROSE], minilm), open_support())
    assert found.at == (1, 1)


def test_of_fragments_nothing_is_judged(minilm: MiniLM) -> None:
    assert answered("How much is it?", prepare(["# Milk\n- 2 litres\n- semi-skimmed"], minilm), open_support()).prose is False
    assert answered("How much is it?", [], open_support()) == UNREAD
