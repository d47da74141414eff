"""What is exported is what was kept: every entry in order, with what the person thought of it, and of nobody else's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from notebot.errors import NotThere
from notebot.history.export import exported
from notebot.history.store import Feedback, History
from samples import ANSWER


def test_every_entry_with_its_verdict(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        first = history.begin("What is retrieval?")
        history.end(first.id, "answered", answer=ANSWER)
        history.judge(first.id, Feedback("down", "wrong source", "see b.md"))
        second = history.begin("And why?", conversation=first.conversation)
        history.end(second.id, "failed", trouble="There is no model.")
        history.rename(first.conversation, "Retrieval")
        title, said = exported(history, first.conversation)
    assert title == "Retrieval"
    assert [(one.question, one.state, one.trouble) for one in said] == [
        ("What is retrieval?", "answered", ""),
        ("And why?", "failed", "There is no model."),
    ]
    assert said[0].answer == ANSWER
    assert [(one.verdict, one.reason, one.note) for one in said] == [("down", "wrong source", "see b.md"), ("", "", "")]


def test_of_nobody_else(tmp_path: Path) -> None:
    with closing(History.open(tmp_path)) as history:
        hers = history.begin("What is retrieval?", user="ada").conversation
        with pytest.raises(NotThere):
            exported(history, hers, user="bob")
