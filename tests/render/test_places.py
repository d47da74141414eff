"""Places in words, for every kind of source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notebot import render
from notebot.types import NoteLine, Unit
from samples import PASSAGE, STORE


@pytest.mark.parametrize(
    ("source", "unit", "first", "last", "shown"),
    [
        ("notes.md", "line", 12, 12, "notes.md:12"),
        ("notes.md", "line", 12, 14, "notes.md:12-14"),
        ("paper.pdf", "page", 3, 3, "paper.pdf, page 3"),
        ("paper.pdf", "page", 3, 4, "paper.pdf, pages 3-4"),
        ("plan.ipynb", "cell", 4, 4, "plan.ipynb, cell 4"),
        ("report.docx", "", 1, 9, "report.docx"),
        ("a\nb\x1b[2J.md", "line", 1, 1, "a b.md:1"),
    ],
)
def test_a_place_in_a_file(source: str, unit: Unit, first: int, last: int, shown: str) -> None:
    assert render.place_text(source, first, last, unit=unit) == shown


@pytest.mark.parametrize(
    ("title", "url", "shown"),
    [
        ("Feature store", "https://www.qwak.com/post/x", "Feature store (qwak.com)"),
        ("", "https://qwak.com/post/x", "qwak.com"),
        ("qwak.com", "https://qwak.com/", "qwak.com"),
        ("Local", "http://127.0.0.1:8000/a", "Local (127.0.0.1)"),
        ("Odd", "https://[::1", "Odd (https://[::1)"),
        ("T\x1b[2J\n2", "https://a.example", "T 2 (a.example)"),
    ],
)
def test_a_page_goes_by_its_title_and_its_site(title: str, url: str, shown: str) -> None:
    assert render.page_text(title, url) == shown


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ([], ""),
        ([("a.md", 3)], "linked from a.md line 3"),
        ([("a.md", 3), ("a.md", 7), ("b.md", 1)], "linked from a.md lines 3, 7; b.md line 1"),
        ([("a.md", n) for n in range(1, 8)], "linked from a.md lines 1, 2, 3; and 4 more"),
    ],
)
def test_the_notes_that_lead_to_a_page(lines: list[tuple[str, int]], shown: str) -> None:
    assert render.leads_text([NoteLine(*line) for line in lines]) == shown


def test_a_passage_says_where_it_stands() -> None:
    assert render.chunk_text(PASSAGE.chunk) == "notes.md:12-13"
    assert render.chunk_text(STORE) == (
        "Feature store (qwak.com), fetched 2026-11-24, linked from notes.md line 59; work/mlops.md line 3"
    )


def test_an_old_copy_of_a_page_is_said_to_be_one() -> None:
    assert STORE.page is not None
    stale = replace(STORE, unit="page", page=replace(STORE.page, stale=True, linked_from=()))
    assert render.chunk_text(stale) == "Feature store (qwak.com), pages 1-2, last good copy of 2026-11-24"
