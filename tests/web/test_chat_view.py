"""The page's frames, without a browser: what each event changes, and the last line."""

from __future__ import annotations

from types import ModuleType

import pytest

from notebot.errors import IndexMissing, ModelMissing
from notebot.events import Draft
from notebot.web.chat_view import frames, opening, standing, where
from notebot.web.desk import Asking, Desk


def test_first_frame_empties_the_box_and_moves_the_conversation_up(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    *_, (_, conversation, _, _) = frames(Desk(bot), Asking("One?"), ())
    box, following, earlier, now = next(frames(Desk(bot), Asking("Two?"), conversation))
    assert box == ""
    assert [exchange.question for exchange in following] == ["One?", "Two?"]
    assert "One?" in earlier
    assert "Two?" not in earlier
    assert "Two?" in now
    assert "One?" not in now


def test_last_frame_is_the_settled_answer(scripted: ModuleType) -> None:
    *_, (_, conversation, _, now) = frames(Desk(scripted.ScriptedBot(scripted.story())), Asking("One?"), ())
    assert conversation[-1].answer is not None
    assert 'class="exchange settled"' in now
    assert "<mark>" in now


def test_drafts_are_shown_in_steps_that_eyes_can_follow(scripted: ModuleType) -> None:
    many = [Draft("word ") for _ in range(2_000)]
    assert len(list(frames(Desk(scripted.ScriptedBot(many)), Asking("One?"), ()))) < 200


def test_blank_question_asks_nothing(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    assert len(list(frames(Desk(bot), Asking(""), ()))) == 1
    assert bot.asked == []


def test_opening_offers_examples(scripted: ModuleType) -> None:
    what, *buttons = opening(scripted.ScriptedBot([]))
    assert "your notes" in what
    assert next((button.value, button.visible) for button in buttons) == ("What is data mining?", True)


def test_opening_without_an_index_says_what_to_do(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    bot.missing = IndexMissing("There is no index yet. Run `notebot ingest`.")
    what, *buttons = opening(bot)
    assert "<code>notebot ingest</code>" in what
    assert not any(button.visible for button in buttons)


def test_standing(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    assert standing(bot) == ["scripted (test)", "runs on this machine", "1 note in 74 passages"]
    bot.no_model = ModelMissing("No chat model is installed. Run `make setup`.")
    bot.missing = IndexMissing("none")
    assert standing(bot) == ["No chat model is installed. Run `make setup`."]


@pytest.mark.parametrize(
    ("model", "host", "said"),
    [
        ("smollm2-135m (packaged)", "http://10.0.0.7:11434", "runs on this machine"),
        ("ollama/qwen3:4b", "http://127.0.0.1:11434", "runs on this machine"),
        ("ollama/qwen3:4b", "http://localhost:11434", "runs on this machine"),
        ("ollama/qwen3:4b", "http://[::1]:11434", "runs on this machine"),
        ("ollama/qwen3:4b", "http://10.0.0.7:11434", "runs on 10.0.0.7"),
        ("ollama/qwen3:4b", "https://gpu.example:443", "runs on gpu.example"),
    ],
)
def test_where_the_model_runs_is_said_honestly(model: str, host: str, said: str) -> None:
    assert where(model, host) == said
