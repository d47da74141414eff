"""The maps as SVG: everything is a link, reachable by keyboard, told as a list as well, and hostile names are text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from notebot.index.outline import Heading, NoteOutline, Outline
from notebot.index.picture import Picture, Point
from notebot.web.page.maps import OFFERED, map_of, point_map, tree_map
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


def many(count: int) -> Outline:
    notes = [NoteOutline(f"folder/note {n:05}.md", "", (Heading((f"H{n}",), f"c{n}", 1, False),)) for n in range(count)]
    return Outline(tuple(notes), {})


def test_a_large_collection_does_not_send_all_its_names() -> None:
    html = map_of(many(3_000), "")
    assert len(html) < 300_000
    assert "<option" not in html
    assert map_of(many(20), "").count("<option") == 20


@pytest.mark.parametrize("wanted", ["folder/note 00017.md", "00017", "NOTE 00017"])
def test_a_part_of_a_name_is_enough_to_choose_a_note(wanted: str) -> None:
    html = map_of(many(200), wanted)
    assert 'value="folder/note 00017.md"' in html
    assert "H17" in html
    assert "H18" not in html


def test_several_notes_of_one_name_are_offered() -> None:
    html = map_of(many(3_000), "note 0001")
    assert "11 notes have this" in html
    assert html.count("show=map&amp;note=") == 11
    assert "<svg" not in html
    every = map_of(many(3_000), "note")
    assert "the first 100" in every
    assert every.count("show=map&amp;note=") == OFFERED
    assert "No note has this" in map_of(many(3_000), "elsewhere")


def test_what_is_searched_for_is_text() -> None:
    html = map_of(many(3), '"><img src=x>')
    assert "<img" not in html
