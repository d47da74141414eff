"""Which part of a page a link means."""

from __future__ import annotations

import pytest

from notebot.index.linked import Lead, note_lines, page_of, points_at
from notebot.types import Link, NoteLine
from notebot.urls import Address


def lead(section: str = "", *quotes: str, line: int = 1) -> Lead:
    return Lead(NoteLine("n.md", line), Address("https://x.y", section, quotes))


@pytest.mark.parametrize(
    ("leads", "anchor", "text", "meant"),
    [
        ([lead()], "part", "text", False),
        ([lead("part")], "part", "text", True),
        ([lead("part")], "above part", "text", True),
        ([lead("part")], "apart", "text", False),
        ([lead("part")], "other", "text", False),
        ([lead("")], "", "text", False),
        ([lead("", "Feature Stores are")], "", "Finally, **feature stores** are\nstorage", True),
        ([lead("", "not there"), lead("", "storage")], "", "a storage system", True),
        ([lead("", "not there")], "part", "text", False),
        ([lead("", "word " * 12 + "and what stands in the next chunk")], "", "word " * 12, True),
        ([lead("", "")], "", "text", False),
    ],
)
def test_a_fragment_means_the_part_it_names(leads: list[Lead], anchor: str, text: str, meant: bool) -> None:
    assert points_at(leads, anchor, text) is meant


def test_lines_are_named_once_and_in_order() -> None:
    assert note_lines([lead(line=3), lead(line=1), lead("x", line=3)]) == (NoteLine("n.md", 1), NoteLine("n.md", 3))


def test_what_is_never_fetched_has_no_page() -> None:
    assert page_of(Link("http://user:pass@x.y/", 1)) == ""
    assert page_of(Link("https://www.x.y/a#b", 1)) == page_of(Link("http://x.y/a", 2)) != ""
