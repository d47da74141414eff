"""Options as filters: each under its key, empty where none was given."""

from __future__ import annotations

from datetime import date

import pytest

from notebot.cli.narrowing import narrowing
from notebot.errors import UsageError
from notebot.types import NO_FILTERS, Filters


def test_options_are_the_filters_of_a_question() -> None:
    given = {"path": ["my notes/", "*.org"], "tag": ["#a"], "site": None, "after": "2024-03", "before": None}
    assert narrowing(given, notes_only=True) == Filters(("my notes/", "*.org"), ("a",), after=date(2024, 3, 1), notes_only=True)
    assert narrowing(dict.fromkeys(given), notes_only=False) == NO_FILTERS


def test_an_option_that_cannot_be_used_says_what_could() -> None:
    with pytest.raises(UsageError, match="before:2024-03-01"):
        narrowing({"before": "tomorrow"}, notes_only=False)
    with pytest.raises(UsageError, match="path:work/"):
        narrowing({"path": [""]}, notes_only=False)
