"""Headings and what is said to sections. More of it is tested with each format."""

from __future__ import annotations

import pytest

from notebot.ingest.outline import Heading, sections, title_of, whole


def test_sections_are_slices_with_their_ancestry() -> None:
    lines = ["", "before", "", "A", "", "B", "said", "", "C"]
    headings = [Heading(1, "A", 3, 4), Heading(2, "B", 5, 6), Heading(1, "C", 8, 9)]
    found = list(sections(lines, headings, [1, 6], first_line=11))
    assert [(part.heading, part.text, part.first_line, part.last_line, part.stub) for part in found] == [
        ((), "before", 12, 12, False),
        (("A",), "A", 14, 14, False),
        (("A", "B"), "B\nsaid", 16, 17, False),
        (("C",), "C", 19, 19, True),
    ]


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_nothing_is_no_section(text: str) -> None:
    assert whole(text) == ()


def test_a_whole_text_is_one_section() -> None:
    (part,) = whole("\n\none\n\ntwo\n\n", first_line=5)
    assert (part.heading, part.text, part.first_line, part.last_line) == ((), "one\n\ntwo", 7, 9)


def test_a_title() -> None:
    parts = list(sections(["A", "B"], [Heading(1, "A", 0, 1), Heading(2, "B", 1, 2)], []))
    assert title_of("x/name.md", parts, "  Given\n one ") == "Given one"
    assert title_of("x/name.md", parts) == "A"
    assert title_of("x/name.md", whole("text")) == "name"
