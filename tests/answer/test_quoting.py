"""The best words of the notes, verbatim."""

from __future__ import annotations

from dataclasses import replace

from notebot.answer.alignment import prepare
from notebot.answer.quoting import best_quotes
from notebot.answer.relevance import UNREAD, Answered, Focus, focus
from notebot.models.minilm import MiniLM
from notebot.types import Chunk, Passage

MINING = """# Data mining

Semi-automatic analysis of data.

* Data analysis is used to test models and hypotheses
* Data mining uses ML to uncover patterns in large data volumes"""
SPARK = "# Databricks\n\nCloud platform for data science.\nBuilt on Apache Spark, a processing framework."


def quotes(question: str, texts: list[str], minilm: MiniLM, answered: Answered = UNREAD) -> list[str]:
    passages = [Passage(Chunk(str(n), "n.md", "n", (), text, 1, 1, False, ()), 1 - n / 10, 0.5) for n, text in enumerate(texts)]
    evidence = prepare(texts, minilm)
    about = replace(focus(question, evidence, minilm), answered=answered)
    found = best_quotes(passages, evidence, about)
    for sentence in found:
        (citation,) = sentence.citations
        assert texts[int(citation.passage_id)][citation.start : citation.end] == sentence.text == citation.quote
    return [sentence.text for sentence in found]


def said(passage: int, sentence: int, *, prose: bool = True, alone: float = 0.6) -> Answered:
    return Answered(0.7, prose=prose, at=(passage, sentence), alone=alone)


def test_the_passage_that_speaks_most_of_the_question_is_quoted_whatever_its_rank(minilm: MiniLM) -> None:
    found = quotes("difference between data mining and data analysis", [SPARK, MINING], minilm)
    assert "Data analysis is used to test models and hypotheses" in found
    assert "Data mining uses ML to uncover patterns in large data volumes" in found


def test_sentences_that_fit_much_less_are_left_out(minilm: MiniLM) -> None:
    assert quotes("What is Apache Spark?", [SPARK], minilm) == ["Built on Apache Spark, a processing framework."]


def test_the_sentence_that_most_likely_answers_is_quoted_wherever_it_stands(minilm: MiniLM) -> None:
    asked = "What is Apache Spark?"
    assert quotes(asked, [SPARK], minilm, said(0, 1)) == [
        "Cloud platform for data science.",
        "Built on Apache Spark, a processing framework.",
    ]
    assert quotes(asked, [SPARK, MINING], minilm, said(1, 3)) == [
        "Built on Apache Spark, a processing framework.",
        "Data mining uses ML to uncover patterns in large data volumes",
    ]
    assert len(quotes(asked, [SPARK], minilm, said(1, 1))) == 1  # of a passage that did not fit the model's window


def test_a_fragment_is_added_to_what_is_quoted_only_where_it_can_be_relied_on(minilm: MiniLM) -> None:
    asked = "What is Apache Spark?"
    assert len(quotes(asked, [SPARK, MINING], minilm, said(0, 1, prose=False, alone=0.1))) == 2
    assert len(quotes(asked, [SPARK, MINING], minilm, said(1, 1, prose=False, alone=0.4))) == 1
    assert len(quotes(asked, [SPARK, MINING], minilm, said(1, 3, prose=False, alone=0.6))) == 2


def test_a_heading_is_quoted_only_when_it_is_all_there_is(minilm: MiniLM) -> None:
    assert quotes("monitoring?", ["# Monitoring: Prometheus, Grafana"], minilm) == ["Monitoring: Prometheus, Grafana"]
    assert "Data mining" not in quotes("What is data mining?", [MINING], minilm)


def test_a_passage_about_just_this_is_quoted_from_its_beginning(minilm: MiniLM) -> None:
    assert quotes("What is data mining?", [SPARK, MINING], minilm)[0] == "Semi-automatic analysis of data."


def test_a_sentence_that_leads_into_a_list_brings_the_list(minilm: MiniLM) -> None:
    text = "# Patterns\n\nThere are patterns like\n* Groups\n* Outliers\n* Dependencies\n* Rules\n\nThe end of it."
    found = quotes("patterns?", [text], minilm)
    assert found == ["There are patterns like", "Groups", "Outliers", "Dependencies", "Rules"]


def test_a_heading_that_names_all_that_is_asked_leads_into_its_list(minilm: MiniLM) -> None:
    text = "# Databricks\n\n* Cloud platform\n* Lakehouse\n* Delta Lake\n* MLflow\n* Notebooks\n\nThat is all."
    found = quotes("What is Databricks?", [text], minilm)
    assert found == ["Cloud platform", "Lakehouse", "Delta Lake", "MLflow", "Notebooks"]


def test_a_list_of_which_three_items_would_be_quoted_is_quoted_whole(minilm: MiniLM) -> None:
    items = ["pack a cash box", "pack a tent", "pack a rope", "pack two chairs", "a lamp"]
    text = "# Fair\n\n" + "".join(f"- {item}\n" for item in items)
    assert quotes("What do I pack for the fair?", [text], minilm) == items
    many = "# Fair\n\n" + "".join(f"- pack box {number}\n" for number in range(1, 20))
    assert len(quotes("What do I pack for the fair?", [many], minilm)) == 3


def test_of_a_long_list_that_is_led_into_the_first_twelve_are_quoted(minilm: MiniLM) -> None:
    text = "What I pack for the fair:\n" + "".join(f"- box {number}\n" for number in range(1, 20))
    found = quotes("What do I pack for the fair?", [text], minilm)
    assert found == ["What I pack for the fair:", *(f"box {number}" for number in range(1, 13))]


def test_a_sentence_inside_a_list_does_not_bring_the_rest_of_it(minilm: MiniLM) -> None:
    text = "# Databricks\n\n* Cloud platform. Scalable infrastructure.\n* Delta Lake\n* Built on Apache Spark, a framework"
    assert quotes("What framework is Databricks built on?", [text], minilm)[-1:] == ["Built on Apache Spark, a framework"]
    assert "Delta Lake" not in quotes("What framework is Databricks built on?", [text], minilm)


def test_no_passages_no_quotes(minilm: MiniLM) -> None:
    assert quotes("What is data mining?", [], minilm) == []


def test_a_row_of_a_table_is_quoted_with_its_head_and_no_head_without_a_row(minilm: MiniLM) -> None:
    rows = ["| Wood | Thickness | € per cubic metre |", "|---|---|---|", "| oak | 52 mm | 2150 |", "| beech | 40 mm | 1320 |"]
    text = "\n".join(["# Quote", "", *rows, "", "Delivery 65 €."])
    found = quotes("What does a cubic metre of oak cost?", [text], minilm)
    assert found == ["| Wood | Thickness | € per cubic metre |", "| oak | 52 mm | 2150 |"]


def test_what_is_quoted_does_not_depend_on_the_order_in_which_words_are_counted(minilm: MiniLM) -> None:
    """Python orders sets by a seed of each process, and sums of floats differ in their last place by order."""
    text = "The first sentence is here.\n\nThe second one is here.\n\nThe third one is here."
    passages = [Passage(Chunk("0", "n.md", "n", (), text, 1, 1, False, ()), 1.0, 0.5)]
    evidence = prepare([text], minilm)
    found = set()
    for number in range(200):
        a, b, c, d, e = (f"{letter}{number}" for letter in "abcde")
        spoken = (frozenset({b, c, d}), frozenset({a, b, c, d, e}), frozenset({a, b, c, d}))  # the third fits .6 of the second
        about = Focus("What?", (a, b, c, d, e), (spoken,))
        found.add(tuple(sentence.text for sentence in best_quotes(passages, evidence, about)))
    assert found == {("The second one is here.", "The third one is here.")}
