"""Places on the round map: labels never lie upon each other, and the same tree is always drawn alike."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from notebot.web.page.radial import LEAST_RADIUS, SLOT, placed
from notebot.web.page.tree import Node


def node(label: str, *children: Node) -> Node:
    return Node(label, "heading", label, "/", children=children)


def forest(notes: int, headings: int) -> list[Node]:
    return [node(f"n{n}", *(node(f"n{n}h{h}") for h in range(headings))) for n in range(notes)]


@pytest.mark.parametrize(("notes", "headings"), [(1, 1), (1, 40), (5, 8), (2, 0), (30, 5), (150, 0)])
def test_ends_have_room_for_their_labels(notes: int, headings: int) -> None:
    at = placed(forest(notes, headings))
    ends = [spot for spot in at.spots if not spot.node.children]
    assert all(spot.labelled and spot.radius == at.radius >= LEAST_RADIUS for spot in ends)
    for one, other in pairwise(sorted(ends, key=lambda spot: spot.angle)):
        assert math.dist((one.x, one.y), (other.x, other.y)) >= SLOT * 0.95
    assert all(math.hypot(spot.x, spot.y) <= at.reach for spot in at.spots)
    assert all(0 <= spot.angle < 360 for spot in at.spots)


def test_a_single_note_stands_in_the_middle_and_several_round_it() -> None:
    assert placed(forest(1, 3)).spots[0].radius == 0
    several = placed(forest(3, 3))
    assert [spot.radius > 0 for spot in several.spots if spot.node.children] == [True] * 3


def test_branches_join_what_belongs_together() -> None:
    at = placed([node("a", node("b", node("c")), node("d"))])
    assert {(at.spots[a].node.label, at.spots[b].node.label) for a, b in at.branches} == {("a", "b"), ("b", "c"), ("a", "d")}


def test_inner_labels_that_would_lie_upon_each_other_are_left_out() -> None:
    at = placed(forest(60, 1))
    inner = [spot for spot in at.spots if spot.node.children]
    shown = [spot for spot in inner if spot.labelled]
    assert 0 < len(shown) < len(inner)
    for one, other in pairwise(shown):
        assert math.radians(other.angle - one.angle) * one.radius >= SLOT


def test_the_same_tree_is_drawn_alike() -> None:
    assert placed(forest(4, 6)) == placed(forest(4, 6))


def test_nothing_has_a_place_for_nothing() -> None:
    assert placed([]).spots == ()
