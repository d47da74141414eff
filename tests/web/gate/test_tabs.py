"""Tabs belong to whoever opened them, however they are named in a request."""

from __future__ import annotations

import pytest

from notebot.web.gate import tabs
from notebot.web.gate.tabs import Tabs, tabs_named


def test_the_first_to_use_a_tab_owns_it() -> None:
    kept = Tabs()
    assert kept.belongs("t1", "ada")
    assert kept.belongs("t1", "ada")
    assert not kept.belongs("t1", "bob")
    assert kept.belongs("t2", "bob")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "REMEMBERED", 3)
    kept = Tabs()
    for number in range(100):
        assert kept.belongs(str(number), "ada")
    assert len(kept._owners) == 3


@pytest.mark.parametrize(
    ("path", "query", "body", "named"),
    [
        ("/gradio_api/heartbeat/abc", b"", b"", ["abc"]),
        ("/gradio_api/queue/data", b"session_hash=abc", b"", ["abc"]),
        ("/gradio_api/queue/data", b"session_hash=a&session_hash=b", b"", ["a", "b"]),
        ("/gradio_api/queue/data", b"session%5Fhash=a%62c", b"", ["abc"]),
        ("/gradio_api/queue/join", b"", b'{"session_hash": "abc", "data": []}', ["abc"]),
        ("/gradio_api/queue/join", b"", b'{"session_hash": "mine", "session_hash": "yours"}', ["mine", "yours"]),
        ("/gradio_api/queue/join", b"", '{"session_hash": "abc"}'.encode("utf-16"), ["abc"]),
        ("/gradio_api/queue/join", b"__theme=light", b'{"session_h\\u0061sh": "abc"}', ["abc"]),
        ("/gradio_api/cancel", b"", b'{"session_hash": "abc", "fn_index": 1, "event_id": "e"}', ["abc"]),
        ("/gradio_api/queue/join", b"", b"", []),
        ("/gradio_api/queue/join", b"", b"[1, 2]", []),
        ("/api/ask", b"session_hash=abc", b"", []),
    ],
)
def test_every_way_to_name_a_tab(path: str, query: bytes, body: bytes, named: list[str]) -> None:
    assert tabs_named(path, query, body) == named


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe\xff", b"[" * 200_000])
def test_input_96_what_cannot_be_read_is_not_passed_on(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  each parser's own words
        tabs_named("/gradio_api/queue/join", b"", body)
