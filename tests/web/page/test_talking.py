"""A question kept, answered frame by frame, and kept as it came out; with a real history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from notebot.errors import ModelUnreachable, NotThere
from notebot.events import Draft
from notebot.history.store import History
from notebot.web.desk import Asking, Desk
from notebot.web.page.talking import Frame, frames, reopened


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def bot(scripted: ModuleType) -> Any:
    return scripted.ScriptedBot(scripted.story())


def ask(desk: Desk, question: str, conversation: str = "", again: int = 0) -> list[Frame]:
    return list(frames(desk, Asking(question), conversation=conversation, again=again))


def only(history: History) -> str:
    (conversation,) = history.conversations()
    return conversation.id


def test_a_question_is_kept_before_the_bot_hears_of_it(bot: Any, history: History) -> None:
    growing = frames(Desk(bot, history), Asking("One?"))
    first = next(growing)
    assert bot.asked == []
    (entry,) = history.entries(only(history))
    assert (entry.question, entry.state) == ("One?", "open")
    assert f'data-entry="{entry.id}" data-conversation="{entry.conversation}"' in first.now
    assert first.earlier == ""


def test_the_last_frame_is_the_settled_answer_and_that_is_kept(bot: Any, history: History) -> None:
    *_, last = ask(Desk(bot, history), "One?")
    assert 'class="exchange settled"' in last.now
    assert "<mark>" in last.now
    (entry,) = history.entries(only(history))
    assert entry.state == "answered"
    assert entry.answer is not None
    assert len(entry.answer.sentences) == 3


def test_a_conversation_goes_on_and_moves_up(bot: Any, history: History) -> None:
    desk = Desk(bot, history)
    ask(desk, "One?")
    first, *rest = ask(desk, "Two?", only(history))
    assert "One?" in (first.earlier or "")
    assert "Two?" not in (first.earlier or "")
    assert "Two?" in first.now
    assert all(frame.earlier is None for frame in rest)
    assert [turn.role for turn in bot.asked[-1][1]] == ["user", "assistant"]
    assert [entry.question for entry in history.entries(only(history))] == ["One?", "Two?"]


def test_asking_again_forgets_what_came_after(bot: Any, history: History) -> None:
    desk = Desk(bot, history)
    ask(desk, "One?")
    for question in ("Two?", "Three?"):
        ask(desk, question, only(history))
    first, *_ = ask(desk, "Second?", only(history), again=2)
    assert [entry.question for entry in history.entries(only(history))] == ["One?", "Second?"]
    assert 'data-number="2"' in first.now
    assert "Three?" not in (first.earlier or "")
    assert next(turn.text for turn in bot.asked[-1][1]) == "One?"


def test_what_was_checked_is_kept_when_the_answer_is_stopped(bot: Any, history: History) -> None:
    growing = frames(Desk(bot, history), Asking("One?"))
    for frame in growing:
        if 'class="chip"' in frame.now:
            break
    growing.close()  # type: ignore[attr-defined]  # it is a generator
    assert bot.running == 0
    (entry,) = history.entries(only(history))
    assert entry.state == "stopped"
    assert entry.answer is not None
    assert entry.answer.sentences
    shown = reopened(Desk(bot, history), entry.conversation, "").now
    assert "This answer was stopped" in shown
    assert entry.answer.sentences[0].text in shown


def test_what_went_wrong_is_kept_in_words(scripted: ModuleType, history: History) -> None:
    desk = Desk(scripted.ScriptedBot([ModelUnreachable("Ollama does not answer. Run: `ollama serve`")]), history)
    *_, last = ask(desk, "One?")
    again = reopened(desk, only(history), "")
    for frame in (last, again):
        assert "<h3>No model can answer at the moment</h3>" in frame.now
        assert "<code>ollama serve</code>" in frame.now
        assert 'data-act="retry"' in frame.now


def test_a_conversation_that_was_deleted_elsewhere_loses_no_question(bot: Any, history: History) -> None:
    desk = Desk(bot, history)
    ask(desk, "One?")
    gone = only(history)
    history.delete(gone)
    ask(desk, "Two?", gone)
    assert [entry.question for entry in history.entries(only(history))] == ["Two?"]


def test_deleting_a_conversation_while_it_is_answered_ends_well(bot: Any, history: History) -> None:
    growing = frames(Desk(bot, history), Asking("One?"))
    next(growing)
    history.delete(only(history))
    *_, last = growing
    assert "settled" in last.now
    assert history.conversations() == []


def test_another_user_s_conversation_is_not_there(bot: Any, history: History) -> None:
    desk = Desk(bot, history)
    ask(desk, "One?")
    with pytest.raises(NotThere):
        reopened(desk, only(history), "other")
    list(frames(desk, Asking("Mine?", user="other"), conversation=only(history)))
    assert [entry.question for entry in history.entries(only(history))] == ["One?"]
    assert bot.asked[-1] == ("Mine?", ())


def test_reopened_shows_all_of_it(bot: Any, history: History) -> None:
    desk = Desk(bot, history)
    ask(desk, "One?")
    ask(desk, "Two?", only(history))
    frame = reopened(desk, only(history), "")
    assert "One?" in (frame.earlier or "")
    assert "Two?" in frame.now
    assert frame.now.count('class="chip"') == 3


def test_the_next_questions_stand_below_the_latest_answer_alone(scripted: ModuleType, bot: Any, history: History) -> None:
    bot.more = scripted.MORE
    desk = Desk(bot, history)
    *_, last = ask(desk, "One?")
    assert 'data-text="What do my notes say about Databricks?"' in last.now
    first, *_, last = ask(desk, "What do my notes say about Databricks?", only(history))
    assert "What do my notes say about" not in (first.earlier or "")
    assert 'data-text="What do my notes say about Databricks?"' not in last.now
    assert 'data-text="What do my notes say about Spark?"' in last.now


def test_drafts_are_shown_in_steps_that_eyes_can_follow(scripted: ModuleType, history: History) -> None:
    many = [Draft("word ") for _ in range(2_000)]
    assert len(ask(Desk(scripted.ScriptedBot(many), history), "One?")) < 200


def test_a_blank_question_asks_and_keeps_nothing(bot: Any, history: History) -> None:
    assert ask(Desk(bot, history), "") == []
    assert bot.asked == []
    assert history.conversations() == []
