"""The list of conversations, and that the reasons on the page are those that the history keeps."""

from __future__ import annotations

from notebot.history.store import REASONS as KEPT
from notebot.history.store import Conversation
from notebot.web.page.sidebar import REASONS, WHY, conversations_html


def row(ident: str, title: str) -> Conversation:
    return Conversation(ident, title, "2026-11-28T10:00:00+00:00", "2026-11-28T10:00:00+00:00", 2)


def test_each_conversation_has_its_address_and_the_present_one_is_marked() -> None:
    html = conversations_html([row("a-1", "First"), row("b_2", "Second")], current="b_2")
    assert '<a href="/?c=a-1" dir="auto">First</a>' in html
    assert '<a href="/?c=b_2" aria-current="page" dir="auto">Second</a>' in html
    assert 'href="/page/export?c=a-1&amp;as=json" download' in html
    assert 'data-act="delete" data-id="a-1" data-title="First"' in html


def test_titles_stay_text() -> None:
    html = conversations_html([row('"><b>', '<script>alert("1")</script>')])
    assert "<script>" not in html
    assert "<b>" not in html
    assert 'href="/?c=%22%3E%3Cb%3E"' in html


def test_an_empty_list_says_why() -> None:
    assert "will be kept here" in conversations_html([])
    assert "has all of these words" in conversations_html([], search="whales")


def test_the_reasons_are_those_that_the_history_knows() -> None:
    assert set(REASONS) == set(KEPT)
    assert all(f'value="{reason}"' in WHY for reason in KEPT)
