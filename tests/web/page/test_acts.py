"""The buttons below an answer: which there are, and what they copy."""

from __future__ import annotations

import re
from html import unescape
from types import ModuleType

from notebot.history.store import Feedback
from notebot.types import Status
from notebot.web.page.acts import actions_html, questions_html
from notebot.web.page.exchange import Exchange, Trouble


def acts(html: str) -> list[str]:
    return re.findall(r'data-act="([^"]+)"', html)


def answered(scripted: ModuleType, feedback: Feedback | None = None, *follow_ups: str) -> str:
    answer = scripted.answer(Status.PARTIAL, (scripted.FIRST, scripted.SECOND))
    return actions_html(Exchange(3, "What?", sentences=answer.sentences, answer=answer, feedback=feedback, follow_ups=follow_ups))


def test_an_answer_can_be_copied_asked_again_and_judged(scripted: ModuleType) -> None:
    assert acts(answered(scripted)) == ["copy-text", "retry", "edit", "up", "down"]


def test_where_there_is_no_answer_it_can_be_asked_again() -> None:
    assert acts(actions_html(Exchange(1, "What?", trouble=Trouble("No", "no")))) == ["retry", "edit"]
    assert actions_html(Exchange(1, "What?")) == ""


def test_the_copy_is_markdown_with_its_citations(scripted: ModuleType) -> None:
    found = re.search(r'data-act="copy-text" data-text="([^"]*)"', answered(scripted))
    assert found is not None
    copied = unescape(found[1])
    assert copied.startswith("What?\n\nData mining is the automatic or semi-automatic analysis")
    assert "[1] [2]" in copied
    assert "notes.md:15" in copied
    assert "projects/tests.md:24" in copied


def test_what_was_thought_of_it_is_shown(scripted: ModuleType) -> None:
    def pressed(feedback: Feedback | None) -> list[str]:
        return re.findall(r'data-act="(\w+)" aria-pressed="true"', answered(scripted, feedback))

    assert pressed(None) == []
    assert pressed(Feedback("up")) == ["up"]
    assert pressed(Feedback("down", "not true")) == ["down"]


def test_next_questions_are_buttons(scripted: ModuleType) -> None:
    assert 'data-act="ask" data-text="What about &lt;b&gt;?">What about &lt;b&gt;?</button>' in answered(
        scripted, None, "What about <b>?"
    )
    assert questions_html([]) == ""
