"""Codes that cannot be confused, and none of them left in what a model writes."""

from __future__ import annotations

import itertools
import re

import pytest

from notebot.answer.codes import SHAPE, draw_codes, strip_codes

CODES = ("k7cd", "h3xy")


def test_any_two_codes_differ_in_two_places_and_none_has_a_sign_that_looks_like_another() -> None:
    for mark in ("a", "k3x9", "ffee0011"):
        codes = draw_codes(mark, 100)
        assert all(sum(a != b for a, b in zip(one, other, strict=True)) >= 2 for one, other in itertools.combinations(codes, 2))
        assert not set("".join(codes)) & set("0oO1lI2zZ5sS8B6g")
        assert all(re.fullmatch(SHAPE, code) for code in codes)


def test_the_mark_decides_and_a_longer_list_begins_with_the_shorter() -> None:
    assert draw_codes("k3x9", 6) == draw_codes("k3x9", 20)[:6]
    assert not set(draw_codes("k3x9", 6)) & set(draw_codes("k3x8", 6))
    with pytest.raises(ValueError, match="kept apart"):
        draw_codes("k3x9", 101)


@pytest.mark.parametrize(
    ("written", "left", "named"),
    [
        ("Spark is fast [k7cd].", "Spark is fast.", ("k7cd",)),
        ("Spark is fast. [k7cd, h3xy] It runs.", "Spark is fast. It runs.", CODES),
        ("Spark is fast (k7cd; h3xy).", "Spark is fast.", CODES),
        ("Spark [h3xy] is fast [k7cd] and [h3xy] cheap.", "Spark is fast and cheap.", ("k7cd", "h3xy")),
        ("As k7cd says, it is fast.", "As says, it is fast.", ("k7cd",)),
        ("Made up [p9rt].", "Made up.", ()),
        ("The part p9rt is no code of ours.", "The part p9rt is no code of ours.", ()),
        ("[Heading] and [1] and [todo] stay.", "[Heading] and [1] and [todo] stay.", ()),
    ],
)
def test_codes_are_taken_out_and_named(written: str, left: str, named: tuple[str, ...]) -> None:
    text, found = strip_codes(written, CODES)
    assert text == left
    assert sorted(found) == sorted(named)
