"""Search over real notes: words, vectors, stubs."""

from __future__ import annotations

from pathlib import Path

import pytest

from linked_notes import PAGE, STORE, linked
from notebot.models.minilm import MiniLM
from notebot.retrieve.retriever import Retriever
from notebot.types import Filters


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


def test_a_question_for_two_things_finds_both_first(retriever: Retriever) -> None:
    passages = retriever.search("What is Databricks built on, and how often are tomatoes watered?")
    assert {passage.chunk.heading[-1] for passage in passages[:2]} == {"Databricks", "Tomatoes"}
    assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)
    assert len({passage.chunk.id for passage in passages}) == len(passages)


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


def test_a_page_is_found_with_how_it_was_come_by(tmp_path: Path, minilm: MiniLM) -> None:
    with linked(tmp_path, minilm) as retriever:
        found = retriever.search("Who coined the term at Uber?")[0].chunk
    assert (found.source, found.unit) == (PAGE, "")
    assert found.page is not None
    assert (found.page.url, [(at.source, at.line) for at in found.page.linked_from]) == (STORE, [("mlops.md", 1)])


def test_the_part_that_the_note_points_at_comes_first_of_its_page(tmp_path: Path, minilm: MiniLM) -> None:
    with linked(tmp_path, minilm) as retriever:
        parts = [passage.chunk for passage in retriever.search("What is a feature store?") if passage.chunk.page]
    assert len(parts) > 1
    assert [part.page.meant for part in parts if part.page] == [True] + [False] * (len(parts) - 1)


def test_while_vectors_are_missing_words_find_and_similarity_is_still_known(tmp_path: Path, minilm: MiniLM) -> None:
    question = "How often does training run?"
    with linked(tmp_path / "whole", minilm) as retriever:
        whole = {passage.chunk.id: passage.similarity for passage in retriever.search(question)}
    with linked(tmp_path / "words", minilm, embedded=False) as retriever:
        found = retriever.search(question)
    assert found[0].chunk.heading == ("Training",)
    assert found[0].similarity > 0.5
    assert [passage.similarity for passage in found] == pytest.approx([whole[passage.chunk.id] for passage in found], abs=0.02)


def test_the_same_content_in_a_thousand_files_is_one_passage_and_hides_nothing(
    tmp_path: Path, minilm: MiniLM
) -> None:  # bad input 27
    notes = {f"copy{number:04}.md": "# Storks\n\nThe stork nests on chimneys.\n" for number in range(1000)}
    notes["other.md"] = "# Herons\n\nThe heron waits in shallow water, unlike the stork.\n"
    with linked(tmp_path, minilm, notes=notes, embedded=False) as retriever:
        found = [passage.chunk.heading for passage in retriever.search("Where does the stork nest?")]
    assert found == [("Storks",), ("Herons",)]


def test_a_filter_leaves_a_full_list_of_what_passes_it(retriever: Retriever) -> None:
    def found(filters: Filters) -> list[str]:
        return [
            passage.chunk.heading[-1] for passage in retriever.search("What framework is Databricks built on?", filters=filters)
        ]

    assert found(Filters(paths=("garden",))) == ["Tomatoes"]
    assert sorted(found(Filters(paths=("learning/",)))) == ["Foundation model", "Monitoring: Prometheus, Grafana"]
    assert found(Filters(phrases=("Apache Spark",)))[0] == "Databricks"
    assert "Databricks" not in found(Filters(without=("lake",)))
    assert found(Filters(tags=("none",))) == []


def test_three_of_a_thousand_are_found_though_all_others_are_nearer(tmp_path: Path, minilm: MiniLM) -> None:
    notes = {f"near{number:04}.md": f"# Storks {number}\n\nThe stork nests on chimney {number}.\n" for number in range(600)}
    notes |= {f"far/{name}.md": f"# {name}\n\nSalt and {name}.\n" for name in ("bread", "butter", "cheese")}
    with linked(tmp_path, minilm, notes=notes) as retriever:
        found = retriever.search("Where does the stork nest?", filters=Filters(paths=("far/",)))
        assert sorted(passage.chunk.source for passage in found) == ["far/bread.md", "far/butter.md", "far/cheese.md"]


def test_without_a_question_what_passes_is_listed(tmp_path: Path, minilm: MiniLM) -> None:
    with linked(tmp_path, minilm) as retriever:
        listed = [passage.chunk.source for passage in retriever.matching(Filters(phrases=("feature store",)))]
        assert listed == [PAGE, "mlops.md"]  # a note without any date comes last
        assert [passage.chunk.source for passage in retriever.matching(Filters(sites=("qwak.example",)))] == [PAGE]
        asked = retriever.search("training", filters=Filters(notes_only=True))
        assert {passage.chunk.source for passage in asked} == {"mlops.md"}
        assert retriever.matching(Filters(tags=("none",))) == []
