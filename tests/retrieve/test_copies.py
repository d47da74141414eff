"""Copies are folded, and nothing that disagrees is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.index.catalog import Hit
from notebot.retrieve.copies import distinct
from notebot.retrieve.ranking import Ranked
from notebot.types import Chunk, NoteLine, Page

TEXT = (
    "The backup of the studio runs every night at three, and it is kept for thirty days on the server behind the workshop. "
    "The key to it hangs in the office, next to the calendar of the fire brigade."
)


def note(name: str, text: str, *, score: float = 0.5, heading: tuple[str, ...] = ()) -> Ranked:
    return Hit(name, score), Chunk(name, f"{name}.md", name, heading, text, 1, 1, False, ())


def page(name: str, text: str, *, score: float = 0.5) -> Ranked:
    about = Page("https://a.example", "2026-11-24T00:00:00+00:00", False, (NoteLine("n.md", 1),), False)
    return Hit(name, score), Chunk(name, "https://a.example", name, (), text, 1, 1, False, (), unit="", page=about)


def names(ranked: list[Ranked]) -> list[str]:
    return [hit.chunk_id for hit, _ in ranked]


def test_the_same_text_is_shown_once_at_its_best_rank_as_the_note() -> None:
    ranked = [
        page("p", "# A\nwords", score=0.9),
        note("x", "x", score=0.8),
        note("n", "# A\n words ", score=0.7),
        note("m", "# A\nwords", score=0.6),
    ]
    assert [(hit.chunk_id, hit.score) for hit, _ in distinct(ranked)] == [("n", 0.9), ("x", 0.8)]


def test_the_same_words_under_other_headings_are_not_the_same() -> None:
    ranked = [note("n", TEXT, heading=("Spark", "Pros")), note("m", TEXT, heading=("Ray", "Pros"))]
    assert distinct(ranked) == ranked


@pytest.mark.parametrize(
    "other",
    [
        TEXT.upper(),
        TEXT.replace("backup", "**backup**").replace(", and", " and"),
        TEXT.replace("calendar", "calender").replace("workshop", "wokrshop").replace("calender", "calendar"),
        TEXT.replace("server", "servver"),
        TEXT + " Ask Maria for it.",
        TEXT.replace("studio", "big studio"),
    ],
)
def test_texts_that_differ_in_little_are_shown_once_as_the_fuller(other: str) -> None:
    for pair in ([note("a", TEXT, score=0.9), note("b", other)], [note("b", other, score=0.9), note("a", TEXT)]):
        ((hit, chunk),) = distinct(pair)
        assert hit.score == 0.9
        assert hit.chunk_id == chunk.id
        assert len(chunk.text.split()) == len(max(TEXT, other, key=lambda text: len(text.split())).split())


@pytest.mark.parametrize(
    "other",
    [
        TEXT.replace("thirty", "ninety"),
        TEXT.replace("is kept", "is not kept"),
        TEXT.replace("hangs", "never hangs"),
        TEXT.replace("every night", "only on Sundays"),
        TEXT.replace("runs", "doesn't always run"),
        TEXT + " This is no longer true.",
        TEXT + " Since 2025.",
        TEXT.replace("office", "kitchen"),
        TEXT.replace("behind", "before"),
        TEXT + " " + " ".join(["something else altogether"] * 12),
    ],
)
def test_texts_that_disagree_are_both_shown(other: str) -> None:
    ranked = [note("a", TEXT, score=0.9), note("b", other)]
    assert names(distinct(ranked)) == ["a", "b"]
    assert names(distinct(ranked[::-1])) == ["b", "a"]


def test_a_note_stands_for_a_page_only_if_it_says_all_of_it() -> None:
    assert names(distinct([page("p", TEXT), note("n", TEXT + " Ask Maria.")])) == ["n"]
    assert names(distinct([page("p", TEXT + " Ask Maria."), note("n", TEXT)])) == ["p", "n"]


def test_of_short_texts_each_word_counts() -> None:
    assert names(distinct([note("a", "Water them in the morning"), note("b", "Water them early in the morning")])) == ["a", "b"]


def test_of_a_row_of_copies_the_fullest_is_left() -> None:
    row = [note(f"n{at}", TEXT + " Ask Maria for it." * at) for at in range(3)]
    assert names(distinct(row)) == names(distinct(row[::-1])) == ["n2"]


@given(
    st.lists(st.sampled_from("river stone bridge walks under quiet evening light 3 17 not".split()), min_size=12, max_size=40),
    st.data(),
)
def test_a_number_or_a_negation_more_or_less_always_keeps_both(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words)))
    changed = [*words[:at], data.draw(st.sampled_from(["12", "never", "not", "1.5", "isn't", "-4", "v2"])), *words[at:]]
    ranked = [note("a", " ".join(words)), note("b", " ".join(changed))]
    assert names(distinct(ranked)) == ["a", "b"]
