"""From what is typed to what is searched for, all steps together."""

from __future__ import annotations

from notebot.index.terms import Terms
from notebot.models.minilm import MiniLM
from notebot.retrieve.retriever import Retriever
from notebot.retrieve.rewriting import rewritten
from notebot.types import Turn


def test_slips_in_a_question_and_in_the_one_before_it_are_mended(retriever: Retriever, minilm: MiniLM) -> None:
    history = [Turn("user", "what is databriks?"), Turn("assistant", "A cloud platform.")]
    terms = Terms(retriever.catalog)
    reading = rewritten("waht is it built on", history, terms, lambda word: minilm.count_tokens(word) == 1)
    assert (reading.text, reading.forms) == ("what is databricks built on", ("what is databricks built on",))


def test_a_good_question_is_searched_for_as_it_is(retriever: Retriever, minilm: MiniLM) -> None:
    question = "What framework is Databricks built on?"
    reading = rewritten(question, [], Terms(retriever.catalog), lambda word: minilm.count_tokens(word) == 1)
    assert reading.text == question
