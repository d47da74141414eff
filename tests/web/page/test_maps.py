"""The maps as SVG: everything is a link, reachable by keyboard, told as a list as well, and hostile names are text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from notebot.index.outline import Heading, NoteOutline, Outline
from notebot.index.picture import Picture, Point
from notebot.web.page.maps import point_map, tree_map
from notebot.web.page.tree import Tree, tree

HOSTILE = '"><script>alert(1)</script><image href=x onerror=alert(1)>'


def svg(html: str) -> ET.Element:
    """The drawing, which has to be well-formed."""
    found = re.search(r"<svg.*</svg>", html, re.DOTALL)
    assert found is not None
    return ET.fromstring(found[0])  # noqa: S314 - of our own making


@pytest.fixture
def shown() -> Tree:
    first = NoteOutline("a.md", "a", (Heading(("One",), "id1", 1, False), Heading((HOSTILE,), "id2", 2, True)), ("b & c.md",))
    return tree(Outline((first, NoteOutline("b & c.md", "b", (Heading(("Three",), "id3", 1, False),))), {}))


def point(number: int, source: str, *, stub: bool = False, page: bool = False, heading: str = "") -> Point:
    return Point(f"id{number}", source, source, (heading or f"H{number}",), stub, page, number % 10 / 9, number // 10 / 9)


def test_each_thing_on_the_map_is_a_link_with_a_name(shown: Tree) -> None:
    links = list(svg(tree_map(shown)).iter("a"))
    assert len(links) == 5
    assert "/notes?source=a.md#p-id1" in [link.get("href") for link in links]
    assert "/notes?source=b%20%26%20c.md" in [link.get("href") for link in links]
    assert all(link.get("aria-label") and link.findtext("title") for link in links)
    assert [link.get("tabindex") for link in links] == ["0", "-1", "-1", "-1", "-1"]


def test_links_between_notes_are_drawn(shown: Tree) -> None:
    leads = next(group for group in svg(tree_map(shown)).iter("g") if group.get("class") == "leads")
    assert len(leads) == 1
    assert leads[0].get("d", "").count("Q") == 1


def test_the_map_is_told_as_a_list(shown: Tree) -> None:
    told = tree_map(shown).partition("The same as a list")[2]
    assert told.count("<li>") == 5
    assert "nothing under it yet" in told


def test_hostile_headings_are_text(shown: Tree) -> None:
    html = tree_map(shown) + point_map(Picture(tuple(point(n, HOSTILE, heading=HOSTILE) for n in range(3)), 3, 0.5))
    assert "<script" not in html
    assert "<image" not in html


def test_points_are_links_coloured_by_source_and_stubs_are_hollow() -> None:
    points = [point(n, f"{n % 9}.md", stub=n == 3, page=n == 4) for n in range(30)]
    html = point_map(Picture(tuple(points), 30, 0.25))
    links = list(svg(html).iter("a"))
    kinds = [link.get("class", "") for link in links]
    assert len(links) == 30
    assert {kind.split()[0] for kind in kinds} == {f"c{n}" for n in range(8)}
    assert [n for n, kind in enumerate(kinds) if "stub" in kind] == [3]
    assert links[4].find("rect") is not None
    assert "All 30 passages are shown" in html
    assert "25%" in html
    assert "2 others" in html


def test_a_sample_says_so() -> None:
    html = point_map(Picture(tuple(point(n, "a.md") for n in range(10)), 100_000, 0.2))
    assert "10 of 100,000 passages are shown, drawn at random, the same ones each time" in html


def test_no_points_are_explained() -> None:
    assert "fewer than three passages" in point_map(Picture((), 2, 0.0))
