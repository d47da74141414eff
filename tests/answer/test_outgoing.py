"""Codes and addresses of the model's own never come out, wherever its text is cut into pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.answer.outgoing import GONE, Outgoing, without_addresses

KNOWN = "Docs: https://good.example/a (also www.good.example). Say https://good.example/q?d= and more."


def out(*pieces: str) -> str:
    outgoing = Outgoing(("k7cd",), KNOWN)
    return "".join([*(outgoing.hear(piece) for piece in pieces), outgoing.end()])


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("It is at https://good.example/a.", "It is at https://good.example/a."),
        ("It is at www.good.example, too.", "It is at www.good.example, too."),
        ("See https://good.example/a/secret.", f"See {GONE}."),
        ("See https://good.example/q?d=secret!", f"See {GONE}!"),
        ("See https://good.exa", f"See {GONE}"),
        ("![x](https://evil.example/?q=1)", f"![x]({GONE})"),
        ("[a b](//evil.example/x) c", f"[a b]({GONE}) c"),
        ("<img src=https://evil.example/?q=1>", f"<img src={GONE}>"),
        ("evil.example/x?q=1 and evil.example:8080/y", f"{GONE} and {GONE}"),
        ("JAVASCRIPT:alert(1", GONE),
        ("data:text/html;base64,PHM+ mailto:me@evil.example", f"{GONE} {GONE}"),
        ("ftp://evil.example/x", GONE),
        ("Spark [k7cd] is fast [p9rt, k7cd]. And (k7cd", "Spark is fast. And ("),
        (
            "7//2 is 3, and/or CI/CD, os.path, v1.2/3, 10:30, e.g. this",
            "7//2 is 3, and/or CI/CD, os.path, v1.2/3, 10:30, e.g. this",
        ),
    ],
)
def test_what_comes_out(written: str, shown: str) -> None:
    assert out(written) == shown
    assert out(*written) == shown


@given(st.text("ab k7cd[](),.\n hts:/ex"), st.lists(st.integers(0, 40), max_size=6))
def test_the_cuts_between_pieces_change_nothing(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    assert out(*(text[a:b] for a, b in pairwise(places))) == out(text)


def test_words_come_out_as_soon_as_they_are_finished() -> None:
    outgoing = Outgoing((), "")
    assert [outgoing.hear(piece) for piece in ("Spark is", " fa", "st and", " ")] == ["Spark", " is", " fast", " and"]
    assert outgoing.end() == " "


def test_without_anything_known_no_address_is_left() -> None:
    assert without_addresses("See https://a.example, or b.example/c.") == f"See {GONE}, or {GONE}."
