"""A passage in its section: the words marked, the place named, and the ways to open it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from notebot.types import Chunk
from notebot.web.page.reader import Cited, editor_url, gone_html, passage_html, read_marks, read_near

FILE = Path("/home/me/my notes/100% #1/ünï.md")


def chunks(*headings: str) -> list[Chunk]:
    return [
        Chunk(f"c{at}", "a.md", "a", (heading,), f"Text number {at}.\n", at, at, False, ())
        for at, heading in enumerate(headings, 1)
    ]


def test_the_section_is_every_neighbour_with_the_same_heading() -> None:
    html = passage_html(Cited(chunks("One", "Two", "Two", "Two", "Three", "Two"), 2, ((5, 11),)))
    assert re.findall(r"number</mark> (\d)|number (\d)", html) == [("", "2"), ("3", ""), ("", "4")]
    assert html.count("<mark>") == 1
    assert '<div class="cited"><span class="line">Text <mark>number</mark> 3.</span></div>' in html


def test_a_note_names_its_lines_and_its_path(scripted: ModuleType) -> None:
    place = scripted.FIRST.citations[0]
    html = passage_html(Cited([scripted.MINING], 0, ((place.start, place.end),), file=Path("/n/notes.md")))
    assert '<span class="badge">note</span>notes.md<span class="lines">line 15</span>' in html
    assert 'data-act="copy-text" data-text="/n/notes.md:15"' in html
    assert "<h2>" in html
    assert "# Data mining" not in html


def test_who_may_not_know_where_the_note_lies_gets_its_name(scripted: ModuleType) -> None:
    html = passage_html(Cited([scripted.MINING], 0), "vscode")
    assert 'data-text="notes.md:11-18"' in html
    assert "vscode:" not in html


def test_a_page_opens_at_the_words_and_says_its_age(scripted: ModuleType) -> None:
    quote = "A feature store keeps the features"
    start = scripted.STORE.text.index(quote)
    html = passage_html(Cited([scripted.STORE], 0, ((start, start + len(quote)),)))
    assert 'href="https://www.qwak.com/post/what-is-a-feature-store#:~:text=A%20feature%20store%20keeps%20the%20features"' in html
    assert "Open the page at these words" in html
    assert "fetched 2026-11-24" in html
    assert "linked from notes.md line 59" in html
    old = replace(scripted.STORE, page=replace(scripted.STORE.page, stale=True, url="javascript:alert(1)"))
    assert '<span class="badge stale">last good copy' in passage_html(Cited([old], 0))
    assert "<a " not in passage_html(Cited([old], 0))


def test_what_is_no_longer_there_says_so() -> None:
    assert "has changed since" in passage_html(Cited(chunks("One"), 0, changed=True))
    assert "no longer in the index" in gone_html()


@pytest.mark.parametrize(
    ("written", "marks"),
    [
        ("0-4", ((0, 4),)),
        ("5-11.0-4", ((0, 4), (5, 11))),
        ("0-4.3-8", ((0, 8),)),
        ("5-999999", ((5, 15),)),
        ("", ()),
        ("4-0", ()),
        ("-1-4", ()),
        ("a-b", ()),
        ("1-2-3", ()),
        ("²-³", ()),
        ("9999999999-99999999999", ()),
        ("500-900", ()),
    ],
)
def test_marks_are_stretches_of_the_text(written: str, marks: tuple[tuple[int, int], ...]) -> None:
    assert read_marks(written, chunks("One")[0]) == marks


def test_editors_are_given_the_path_safely(scripted: ModuleType) -> None:
    place = scripted.FIRST.citations[0]
    assert editor_url(FILE, place, "none") == ""
    assert (
        editor_url(FILE, place, "obsidian") == "obsidian://open?path=%2Fhome%2Fme%2Fmy%20notes%2F100%25%20%231%2F%C3%BCn%C3%AF.md"
    )
    assert editor_url(FILE, place, "vscode") == "vscode://file/home/me/my%20notes/100%25%20%231/%C3%BCn%C3%AF.md:15"
    assert editor_url(FILE, replace(place, unit="page"), "vscode").endswith(".md")
    html = passage_html(Cited([scripted.MINING], 0, ((place.start, place.end),), file=FILE), "vscode")
    assert (
        '<a href="vscode://file/home/me/my%20notes/100%25%20%231/%C3%BCn%C3%AF.md:15" rel="noreferrer">Open in VS Code</a>'
        in html
    )


def test_foreign_text_stays_text() -> None:
    evil = '<img src=x onerror="alert(1)">'
    chunk = Chunk(evil, evil, evil, (evil,), f"{evil}\n\n|{evil}|\n|-|\n|{evil}|\n```\n{evil}\n```\n", 1, 8, False, ())
    html = passage_html(Cited([chunk], 0, ((3, 9),), file=Path(f"/{evil}")), "vscode")
    assert "<img" not in html
    assert 'onerror="' not in html


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0.7132", 0.7132),
        ("1", 1.0),
        ("-0.1", -0.1),
        ("", None),
        ("nan", None),
        ("1e9", None),
        ("7", None),
        ("<b>", None),
        ("٠.٥", None),
    ],
)
def test_only_a_number_says_how_near_it_was(written: str, read: float | None) -> None:
    assert read_near(written) == read


def test_the_panel_says_how_near_it_was(scripted: ModuleType) -> None:
    assert '1 is the same">close<' in passage_html(Cited([scripted.MINING], 0, near=0.71))
    assert 'class="near"' not in passage_html(Cited([scripted.MINING], 0))
