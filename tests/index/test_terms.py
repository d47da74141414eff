"""The vocabulary of an index."""

from __future__ import annotations

from notebot.index.terms import Terms
from notebot.retrieve.retriever import Retriever


def test_words_are_known_in_any_form(retriever: Retriever) -> None:
    terms = Terms(retriever.catalog)
    assert terms.holds("databricks")
    assert terms.holds("frameworks")
    assert not terms.holds("databriks")
    assert not terms.holds("")


def test_terms_that_begin_alike_come_with_how_many_passages_hold_them(retriever: Retriever) -> None:
    found = dict(Terms(retriever.catalog).beginning("m", longest=6))
    assert found["model"] == 1
    assert all(term.startswith("m") and len(term) <= 6 for term in found)


def test_a_term_leads_to_the_passages_that_have_it(retriever: Retriever) -> None:
    terms = Terms(retriever.catalog)
    (text,) = terms.texts_of("kubernet", 5)
    assert "Kubernetes" in text
    assert terms.texts_of("nosuchterm", 5) == []
    assert terms.texts("Kubernetes", 5) == [text]
    assert len(terms.texts("the", 1)) <= 1


def test_headings_are_those_of_what_words_find(retriever: Retriever) -> None:
    terms = Terms(retriever.catalog)
    assert terms.headings_of(["databricks"], 3)[0] == "Databricks"
    assert terms.headings_of([], 3) == []
    assert ("Kubernetes",) in terms.headings()
