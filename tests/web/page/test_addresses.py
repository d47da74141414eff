"""Addresses of our own pages say what they show, whatever it is called."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from notebot.web.page.addresses import line_address, notes_address, source_address


@pytest.mark.parametrize("name", ["a.md", "b & c#d?.md", "../x", "https://example.org/a?b=c#d", "ü/日本.md", "100%.md", '"<>'])
def test_a_name_comes_back_as_it_was(name: str) -> None:
    parts = urlsplit(source_address(name, "c1"))
    assert (parts.path, parse_qs(parts.query), parts.fragment) == ("/notes", {"source": [name]}, "p-c1")
    assert urlsplit(line_address(name, 7)).fragment == "L7"


def test_what_is_empty_is_left_out() -> None:
    assert notes_address({"show": "", "state": ""}) == "/notes"
    assert notes_address({"show": "links", "from": "200", "q": ""}) == "/notes?show=links&from=200"
