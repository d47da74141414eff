"""Slips of the pen, mended from the words of real notes."""

from __future__ import annotations

import pytest

from notebot.index.terms import Terms
from notebot.models.minilm import MiniLM
from notebot.retrieve.retriever import Retriever
from notebot.retrieve.spelling import distances, mended


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("what is databriks built on?", "what is databricks built on?"),
        ("waht is Kuberntes", "what is Kubernetes"),
        ("foundaton models", "foundation models"),
        ("databrcks's tools", "databricks's tools"),
        ("exmaples of tomatos", "examples of tomatos"),  # another form of what the notes have is found as it is
        ("promethius", "prometheus"),
        ("distribtued proccessing", "distributed processing"),
    ],
)
def test_a_misspelt_word_becomes_the_word_of_the_notes(retriever: Retriever, minilm: MiniLM, asked: str, meant: str) -> None:
    assert mended(asked, Terms(retriever.catalog), lambda word: minilm.count_tokens(word) == 1) == meant


@pytest.mark.parametrize(
    "asked",
    [
        "What is Apache Kafka?",
        "GPT4, CI/CD, num_ctx, os.path or C++?",
        "How did I set up Terraform?",
        'Where do I say "databriks"?',
        "path:databriks.md -kuberntes",
        "https://example.org/databriks",
        "DATABRIKS",
        "Was ist maschinelles Lernen?",
        "日本語の質問",
        "",
    ],
)
def test_what_is_no_slip_is_left_alone(retriever: Retriever, minilm: MiniLM, asked: str) -> None:
    assert mended(asked, Terms(retriever.catalog), lambda word: minilm.count_tokens(word) == 1) == asked


def test_slips_are_counted_to_each_beginning_of_a_word() -> None:
    assert distances("databrick", "databriks", 2)[-1] == 2  # c for nothing, and an s
    assert min(distances("databrick", "databriks", 2)) == 1
    assert distances("teh", "the", 1)[-1] == 1  # neighbours exchanged count once
    assert distances("mining", "garden", 1) == []
