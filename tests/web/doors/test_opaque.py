"""Ids of sources: one each, no path in them, and nowhere to lead to but the index."""

from __future__ import annotations

from contextlib import suppress
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.errors import NotThere
from notebot.web.doors.opaque import found, name_of, opaque


@given(st.text(max_size=60))
def test_every_name_comes_back(name: str) -> None:
    token = opaque(name)
    assert name_of(token) == name
    assert not set(token) & set("/+=.%\\ ")


@given(st.text(max_size=30))
def test_one_source_has_one_id(token: str) -> None:
    with suppress(NotThere):
        assert opaque(name_of(token)) == token


def test_another_spelling_of_an_id_is_none() -> None:
    assert name_of("YQ") == "a"
    for token in ("YR", "YQ==", "YQ=", "Y Q", "YQ\n"):  # the first has other bits at its end, and decodes to the same
        with pytest.raises(NotThere):
            name_of(token)


@pytest.mark.parametrize("name", ["../notes.md", "/etc/passwd", "C:foo", "\\\\server\\share", "notes.md\0", "NOTES.md", ""])
def test_what_the_index_does_not_have_is_not_there(scripted: ModuleType, name: str) -> None:
    with pytest.raises(NotThere):
        found(scripted.ScriptedBot([]), name_of(opaque(name)))


def test_what_it_has_is_found(scripted: ModuleType) -> None:
    state, chunks = found(scripted.ScriptedBot([]), name_of(opaque("notes.md")))
    assert state.source == "notes.md"
    assert {chunk.source for chunk in chunks} == {"notes.md"}
