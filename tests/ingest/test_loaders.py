"""Bytes to a Document, whatever the format. Bad inputs by number: test_bad_inputs.py and its neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.errors import NotesError
from notebot.ingest.decoding import decode
from notebot.ingest.loaders import load


def test_line_numbers_count_in_the_file() -> None:
    document = load("a/note.md", b"---\r\ntitle: The title\r\ntags: [a, b]\r\n---\r\n\r\n# Head\r\n\r\nsee https://x.y\r\n")
    assert document.title == "The title"
    assert document.front_matter == {"title": "The title", "tags": "a, b"}
    (section,) = document.sections
    assert (section.heading, section.first_line, section.last_line) == (("Head",), 6, 8)
    assert [(link.url, link.line) for link in document.links] == [("https://x.y", 8)]
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Only\n\n## One\n\n## Two\n", "Only"),
        ("before\n\n# Only\n", "Only"),
        ("# One\n\n# Two\n", "name"),
        ("## One\n\n# Two\n", "name"),
        ("text\n", "name"),
    ],
)
def test_the_title_is_the_one_top_heading_or_the_file_s_name(text: str, title: str) -> None:
    assert load("folder/name.md", text.encode()).title == title


def test_plain_text_has_no_headings() -> None:
    document = load("a.TXT", b"\n# one\n\ntwo https://x.y\n\n")
    (section,) = document.sections
    assert (section.heading, section.text, section.first_line, section.last_line) == ((), "# one\n\ntwo https://x.y", 2, 4)
    assert [(link.url, link.line) for link in document.links] == [("https://x.y", 4)]


def test_front_matter_and_tags_of_the_text() -> None:
    document = load("a.md", b"---\ntags: [one, two]\naliases: [x, y]\n---\n#two #three [[z]]")
    assert document.tags == ("one", "two", "three")
    assert document.front_matter["aliases"] == "x, y"
    assert [(link.target, link.line) for link in document.note_links] == [("z", 5)]
    assert document.unit == "line"


def test_front_matter_alone_can_be_found_where_it_stands() -> None:
    (section,) = load("a.md", b"---\ntitle: Lonely\nabout: nothing else\n---\n").sections
    assert (section.text, section.first_line, section.last_line) == ("title: Lonely\nabout: nothing else", 2, 3)
    (section,) = load("a.md", b'{"title": "Lonely"}').sections
    assert (section.text, section.first_line, section.last_line) == ('{"title": "Lonely"}', 1, 1)


@pytest.mark.parametrize(
    ("source", "data", "reason"),
    [
        ("a.md", b"%PDF-1.7", "is a PDF document, not text"),
        ("a.html", b"\x89PNG\r\n", "is a PNG image, not text"),
        ("a.pdf", b"\x89PNG\r\n", "is a PNG image, not a PDF document"),
        ("a.docx", b"%PDF-1.7", "is a PDF document, not a zip archive or an office document"),
    ],
)
def test_a_file_that_was_only_renamed_is_refused(source: str, data: bytes, reason: str) -> None:
    with pytest.raises(NotesError, match=f"^{reason}$"):
        load(source, data)


MARKS = [
    "#",
    "*",
    "=",
    "-",
    "~",
    "`",
    "::",
    ".. ",
    "[[",
    "]]",
    "](",
    "|",
    "+++",
    "---",
    "{",
    "}",
    '"',
    ":",
    "#+begin_src",
    "\n",
    " ",
    "a",
]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(MARKS), max_size=80).map(lambda parts: "".join(parts).encode()))
)
@pytest.mark.parametrize("source", ["a.md", "a.txt", "a.rst", "a.org"])
def test_any_bytes_are_a_document_or_refused(source: str, data: bytes) -> None:
    try:
        document = load(source, data)
    except NotesError:
        return
    lines = decode(data)[0].split("\n")
    for section in document.sections:
        assert section.text == "\n".join(lines[section.first_line - 1 : section.last_line])
    assert all(1 <= link.line <= len(lines) for link in (*document.links, *document.note_links))
    document.title.encode()
