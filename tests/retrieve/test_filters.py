"""Filters typed into a question: what is one, what only looks like one, and what is said of one that cannot be used."""

from __future__ import annotations

import time
from datetime import date

import pytest

from notebot.errors import UsageError
from notebot.retrieve.filters import joined, narrowed, read_filter, read_filters, unfiltered, written
from notebot.types import NO_FILTERS, Filters, Turn


@pytest.mark.parametrize(
    ("typed", "rest", "filters"),
    [
        ("path:work/ What is RAG?", "What is RAG?", Filters(paths=("work/",))),
        ('What is RAG? path:"my notes/2024"', "What is RAG?", Filters(paths=("my notes/2024",))),
        ("path:a path:*.org budget", "budget", Filters(paths=("a", "*.org"))),
        ("Which tools? tag:#project/alpha.", "Which tools?", Filters(tags=("project/alpha",))),
        ("TAG:ml tag:ml x", "x", Filters(tags=("ml",))),
        ("after:2024 x", "x", Filters(after=date(2024, 1, 1))),
        ("x after:2024-03 before:2024-4-05", "x", Filters(after=date(2024, 3, 1), before=date(2024, 4, 5))),
        ("after:2023 after:2024 before:2026 before:2025 x", "x", Filters(after=date(2024, 1, 1), before=date(2025, 1, 1))),
        ("site:Example.org x", "x", Filters(sites=("example.org",))),
        ("site:https://docs.example.org/a?b#c x", "x", Filters(sites=("docs.example.org",))),
        ("What did I note? notes-only", "What did I note?", Filters(notes_only=True)),
        ("jaguar -car -C++ -日本", "jaguar", Filters(without=("car", "C++", "日本"))),
        ('jaguar -"fast car"', "jaguar", Filters(without=("fast car",))),
        ('What does "foundation  model" mean?', 'What does "foundation model" mean?', Filters(phrases=("foundation model",))),
        ("Was ist („großes Modell“)?", 'Was ist ("großes Modell")?', Filters(phrases=("großes Modell",))),
        ('"see tag:x -that"', '"see tag:x -that"', Filters(phrases=("see tag:x -that",))),
        ("tag:x", "", Filters(tags=("x",))),
        ("tag:x ?", "", Filters(tags=("x",))),
    ],
)
def test_filters_are_taken_out_of_the_question(typed: str, rest: str, filters: Filters) -> None:
    assert read_filters(typed) == (rest, filters)


@pytest.mark.parametrize(
    "typed",
    [
        "What is CI/CD: GitHub Actions?",
        "path: what does it mean?",
        "Which path:",
        "See https://example.org/path:a/tag:b?after:c",
        "user:path and filepath:x",
        "What does rm -rf do? And ls -l?",
        "Is it below -20 degrees, or -5.5?",
        "The well-known --force flag - what does it do?",
        'A 6" pipe and a 4" pipe',
        'An open " quotation mark, and "" nothing',
        "notes-only-mode",
        "tag:- after:? site:.",
        "???",
        "",
    ],
)
def test_what_only_looks_like_a_filter_stays_where_it_stands(typed: str) -> None:
    assert read_filters(typed) == (typed, NO_FILTERS)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("after:yesterdayish x", "after:yesterdayish cannot be used.*after:2024, after:2024-03, after:2024-03-01"),
        ("before:2024-02-30 x", "before:2024-03-01"),
        ("after:2024-13", "after:2024-03"),
        ("after:03/2024", "after:2024-03"),
        ("site:example x", "site:example.org"),
        ("site:exa_mple..org x", "site:example.org"),
        ("tag:#_ x", "tag:project"),
        ("path:_ x", "path:work/"),
        ("-tag:draft x", "only words and phrases can be left out"),
        ("site:example.org notes-only x", "Use one of them"),
    ],
)
def test_a_value_that_cannot_be_used_says_what_could(typed: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_filters(typed)


def test_a_long_question_is_read_in_a_blink() -> None:
    for piece in ('"a ', "-a", "„a", 'path:"', "tag:", "((", "-" * 7):
        before = time.thread_time()
        read_filters((piece * 4000)[:8000])
        assert time.thread_time() - before < 1


def test_flags_and_the_question_count_together() -> None:
    given = joined(read_filter("tag", "a"), read_filter("after", "2024"), Filters(notes_only=True))
    assert narrowed(" tag:b after:2023\tWhat? ", given) == (
        "What?", Filters(tags=("a", "b"), after=date(2024, 1, 1), notes_only=True),
    )  # fmt: skip
    assert narrowed("", given) == ("", given)
    assert narrowed("tag:a", NO_FILTERS) == ("", Filters(tags=("a",)))
    for nothing in ("", " ?"):
        with pytest.raises(UsageError, match="The question is empty"):
            narrowed(nothing, NO_FILTERS)


def test_what_is_written_can_be_typed_again() -> None:
    every = Filters(
        ("work/", "my notes", "note?"), ("a/b",), ("example.org",), date(2024, 3, 1), date(2025, 1, 1), False,
        ("open source",), ("draft", "old version"),
    )  # fmt: skip
    assert read_filters(f"What? {written(every)}") == ('What? "open source"', every)
    assert written(Filters(notes_only=True)) == "notes-only"
    assert written(NO_FILTERS) == ""
    assert bool(every)
    assert not NO_FILTERS


def test_earlier_questions_are_kept_without_their_filters() -> None:
    said = [
        Turn("user", "What is RAG? tag:ml"),
        Turn("assistant", "see tag:ml"),
        Turn("user", "after:soon x"),
        Turn("user", "tag:ml"),
    ]
    assert [turn.text for turn in unfiltered(said)] == ["What is RAG?", "see tag:ml", "after:soon x", "tag:ml"]
