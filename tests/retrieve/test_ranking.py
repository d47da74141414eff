"""The order of notes and pages."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from notebot.index.catalog import Hit
from notebot.retrieve.ranking import MEANT, NEARLY_EQUAL, PARTS, Ranked, prefer_notes
from notebot.types import Chunk, NoteLine, Page


def note(name: str, score: float, *, text: str = "", heading: tuple[str, ...] = ()) -> Ranked:
    return Hit(name, score), Chunk(name, f"{name}.md", name, heading, text or name, 1, 1, False, ())


def page(name: str, score: float, *, site: str = "a.example", meant: bool = False, text: str = "") -> Ranked:
    about = Page(f"https://{site}", "2026-11-24T00:00:00+00:00", False, (NoteLine("n.md", 1),), meant)
    return Hit(name, score), Chunk(name, f"https://{site}", site, (), text or name, 1, 1, False, (), unit="", page=about)


def names(ranked: list[Ranked]) -> list[str]:
    return [hit.chunk_id for hit, _ in ranked]


@given(st.lists(st.floats(0, 1), max_size=20))
def test_notes_of_their_own_stay_as_they_are(scores: list[float]) -> None:
    ranked = [note(f"n{number:02}", score) for number, score in enumerate(sorted(scores, reverse=True))]
    assert prefer_notes(ranked) == ranked


def test_a_note_stands_before_a_page_that_fits_equally_well_and_behind_one_that_fits_better() -> None:
    assert names(prefer_notes([page("p", 0.6), note("n", 0.6 - NEARLY_EQUAL / 2)])) == ["n", "p"]
    assert names(prefer_notes([page("p", 0.75), note("n", 0.25), page("q", 0.25, site="b.example")])) == ["p", "n", "q"]


def test_the_part_that_a_note_points_at_comes_first_of_its_page_and_gains_nothing_on_others() -> None:
    ranked = [page("other", 0.8, site="b.example"), page("near", 0.7), note("n", 0.68), page("meant", 0.5, meant=True)]
    assert names(prefer_notes(ranked)) == ["other", "n", "meant", "near"]


def test_a_part_that_is_meant_but_fits_much_less_stays_where_it_is() -> None:
    assert names(prefer_notes([page("near", 0.9), page("meant", 0.9 - MEANT - 0.1, meant=True)])) == ["near", "meant"]


def test_many_parts_of_one_page_do_not_crowd_out_the_rest() -> None:
    parts = [page(f"p{number}", 0.9 - number / 100) for number in range(8)]
    ranked = names(prefer_notes([*parts, note("n", 0.6), page("q", 0.62, site="b.example")]))
    assert ranked[: PARTS + 2] == ["p0", "p1", "p2", "n", "q"]
    assert sorted(ranked) == sorted([*names(parts), "n", "q"])


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 1)), max_size=30))
def test_scores_fall_and_nothing_is_lost(kinds: list[tuple[bool, bool, float]]) -> None:
    made = [
        page(f"{number:02}", score, meant=meant) if is_page else note(f"{number:02}", score)
        for number, (is_page, meant, score) in enumerate(kinds)
    ]
    ranked = prefer_notes(made)
    scores = [hit.score for hit, _ in ranked]
    assert sorted(names(ranked)) == sorted(names(made))
    assert scores == sorted(scores, reverse=True)
    assert prefer_notes(made[::-1]) == ranked


def test_one_long_section_does_not_hide_another_note_on_the_topic() -> None:
    section = [(Hit(f"s{number}", 0.9 - number / 100), replace(note("s", 0)[1], id=f"s{number}")) for number in range(8)]
    ranked = names(prefer_notes([*section, note("other", 0.8), note("far", 0.3)]))
    assert ranked.index("other") == PARTS
    assert ranked[-1] == "far"
