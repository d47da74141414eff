"""Whose request it is."""

from __future__ import annotations

from notebot.history.store import ME
from notebot.web.gate.who import ADDRESS, KEY, address_key, user_of


def test_whoever_the_guard_found() -> None:
    assert user_of({}) == ME
    assert user_of({KEY: "ada"}) == "ada"


def test_the_address_that_wrong_guesses_count_for() -> None:
    assert address_key({}) == "unknown"
    assert address_key({ADDRESS: "10.0.0.7"}) == "10.0.0.7"
