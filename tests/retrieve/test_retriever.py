"""Search over real notes: words, vectors, stubs."""

from __future__ import annotations

import pytest

from notebot.retrieve.retriever import Retriever


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("What framework is Databricks built on?", "Databricks"),
        ("watering vegetables", "Tomatoes"),  # no word in common: found by meaning
        ("1B+ parameters", "Foundation model"),
        ("Kubernetes", "Kubernetes"),  # a stub
        ("Which dashboards watch the servers?", "Monitoring: Prometheus, Grafana"),
        ("databrick", "Databricks"),
    ],
)
def test_the_right_passage_comes_first(retriever: Retriever, question: str, heading: str) -> None:
    assert retriever.search(question)[0].chunk.heading[-1] == heading


def test_scores_fall_and_similarities_are_cosines(retriever: Retriever) -> None:
    passages = retriever.search("What framework is Databricks built on?")
    assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)
    assert all(-1 <= p.similarity <= 1 for p in passages)
    assert passages[0].similarity > 0.5


def test_the_same_question_gives_the_same_list_and_a_limit_is_kept(retriever: Retriever) -> None:
    first = retriever.search("models", limit=3)
    assert first == retriever.search("models", limit=3)
    assert len(first) == 3
    assert retriever.search("models", limit=0) == []


@pytest.mark.parametrize(
    "question",
    ["???", "the of and", "日本語の質問", '"; DROP TABLE chunks', "{{7*7}} {context}", "a" * 8000, "C++ node.js AND foo:bar"],
)
def test_odd_questions_find_something_or_nothing_but_never_fail(retriever: Retriever, question: str) -> None:
    assert isinstance(retriever.search(question), list)
