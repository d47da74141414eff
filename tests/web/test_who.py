"""Whose request it is."""

from __future__ import annotations

from notebot.history.store import ME
from notebot.web.who import KEY, user_of


def test_whoever_the_guard_found() -> None:
    assert user_of({}) == ME
    assert user_of({KEY: "ada"}) == "ada"
