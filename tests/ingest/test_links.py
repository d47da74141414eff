"""Addresses of pages and of other notes, as they stand in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.ingest.links import bare_links, note_link, web_address, without_addresses, without_bare
from notebot.types import NoteLink


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("see https://x.y/a, (https://x.y/b_(c)) and HTTP://x.y.", ["https://x.y/a", "https://x.y/b_(c)", "HTTP://x.y"]),
        ("<https://x.y/a> `https://x.y/b` ftp://x.y https://", ["https://x.y/a", "https://x.y/b"]),
        ("https://x.y#:~:text=It%20ends.", ["https://x.y#:~:text=It%20ends."]),
    ],
)
def test_input_60_bare_addresses_end_where_the_sentence_goes_on(text: str, urls: list[str]) -> None:
    assert [url for url, _ in bare_links(text, 1)] == urls


def test_their_lines() -> None:
    assert list(bare_links("a\nhttps://x.y/1\n\nhttps://x.y/2", 7)) == [("https://x.y/1", 8), ("https://x.y/2", 10)]


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("other.md", NoteLink("other.md", 3)),
        ("../a%20b/c%23d.md?x=1#Part%20two", NoteLink("../a b/c#d.md", 3, "Part two")),
        ("#here", NoteLink("", 3, "here")),
        ("wiki-page", NoteLink("wiki-page", 3)),
        ("Notes.PDF#page=2", NoteLink("Notes.PDF", 3, "page=2")),
    ],
)
def test_links_to_notes(url: str, link: NoteLink) -> None:
    assert note_link(url, 3) == link


@pytest.mark.parametrize(
    "url",
    [
        "",
        "#",
        "a.png",
        "folder/",
        "https://x.y/a.md",
        "mailto:a@b.md",
        "javascript:a.md",
        "file:///a.md",
        "//h/a.md",
        "\\\\h\\a.md",
    ],
)
def test_what_is_no_link_to_a_note(url: str) -> None:
    assert note_link(url, 3) is None


def test_words_without_addresses() -> None:
    assert without_addresses("Feature store https://a.b/c") == "Feature store"
    assert without_addresses("https://a.b/c") == "https://a.b/c"
    assert without_bare("a https://b.c d") == "a  d"
    assert web_address("HTTPS://x.y")
    assert not web_address("https://x y")


@given(st.text(alphabet="htps:/.#%[]()a ", max_size=60))
def test_any_text_has_addresses_that_stand_in_it(text: str) -> None:
    assert all(url in text for url, _ in bare_links(text, 1))
    note_link(text, 1)
