"""What is stored and what is asked must meet in one form."""

from __future__ import annotations

import pytest

from notebot.index.words import fold, match_any


def test_ordinary_text_is_left_alone() -> None:
    assert fold("CI/CD: GitHub Actions") == "CI/CD: GitHub Actions"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("so\u00adft zero\u200bwidth \u202eturned", "soft zerowidth turned"),
        ("\ufb01ne \uff21\uff22", "fine AB"),
        ("e\u0301", "é"),
        ("機械学習 ML", " 機  械  学  習  ML"),
    ],
)
def test_one_form_for_what_looks_the_same(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_terms_are_taken_literally() -> None:
    assert match_any(["c++", 'say "x"', "a AND b"]) == '"c++" OR "say ""x""" OR "a AND b"'
    assert match_any(["", "?", "--", "\0"]) == ""
