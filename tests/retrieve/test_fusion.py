"""Two ranked lists become one."""

from __future__ import annotations

import pytest

from notebot.index.catalog import Hit
from notebot.retrieve.fusion import fuse


def test_scores_are_brought_to_one_scale_before_they_are_added() -> None:
    words = [Hit("a", 9.0), Hit("b", 3.0)]
    vectors = [Hit("b", 0.8), Hit("a", 0.2)]
    fused = fuse([words, vectors], [1.0, 1.0])
    # a: (1 + .05) / 2, b: (.05 + 1) / 2: a tie, broken by id
    assert [(hit.chunk_id, hit.score) for hit in fused] == [("a", pytest.approx(0.525)), ("b", pytest.approx(0.525))]


def test_a_chunk_that_both_engines_find_beats_one_that_only_one_finds() -> None:
    fused = fuse([[Hit("a", 2.0), Hit("b", 1.9), Hit("z", 0.0)], [Hit("c", 0.9), Hit("b", 0.85), Hit("y", 0.1)]], [1.0, 1.0])
    assert fused[0].chunk_id == "b"


def test_weights_count() -> None:
    lists = [[Hit("a", 2.0), Hit("b", 1.0)], [Hit("b", 0.9), Hit("a", 0.1)]]
    assert fuse(lists, [3.0, 1.0])[0].chunk_id == "a"
    assert fuse(lists, [1.0, 3.0])[0].chunk_id == "b"


def test_equal_scores_and_empty_lists_are_no_trouble() -> None:
    assert fuse([[], []], [1.0, 1.0]) == []
    assert [hit.chunk_id for hit in fuse([[Hit("b", 1.0), Hit("a", 1.0)], []], [1.0, 1.0])] == ["a", "b"]
