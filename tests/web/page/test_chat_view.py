"""What an empty page says, the last line, and the orders of buttons."""

from __future__ import annotations

from contextlib import closing
from types import ModuleType

import pytest

from notebot.errors import IndexMissing, ModelMissing
from notebot.history.store import History
from notebot.web.desk import Desk
from notebot.web.page.chat_view import opening, read_order, standing, where


def test_opening_offers_examples(scripted: ModuleType) -> None:
    what, passes = opening(Desk(scripted.ScriptedBot([])))
    assert not passes
    assert "your notes" in what
    assert 'data-act="ask" data-text="What is data mining?">What is data mining?</button>' in what


def test_opening_without_an_index_says_what_to_do(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    bot.missing = IndexMissing("There is no index yet. Run `notebot ingest`.")
    what, passes = opening(Desk(bot))
    assert "Your notes have not been read yet" in what
    assert 'href="/notes"' in what
    assert "<button" not in what
    assert not passes


def test_standing(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    assert standing(bot) == ["scripted (test)", "runs on this machine", "1 note in 74 passages"]
    bot.no_model = ModelMissing("No chat model is installed. Run `make setup`.")
    bot.missing = IndexMissing("none")
    assert standing(bot) == ["No chat model is installed. Run `make setup`."]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('{"question": "What?", "again": 3}', ("What?", 3)),
        ('{"question": "What?", "again": 0}', ("What?", 0)),
        ('{"question": "What?", "again": -1}', ("", 0)),
        ('{"question": 7, "again": 0}', ("", 0)),
        ('{"question": "What?"}', ("", 0)),
        ('["What?"]', ("", 0)),
        ("What?", ("", 0)),
        ("", ("", 0)),
    ],
)
def test_only_an_order_is_carried_out(written: str, meant: tuple[str, int]) -> None:
    assert read_order(written) == meant


@pytest.mark.parametrize(
    ("model", "host", "said"),
    [
        ("smollm2-135m (packaged)", "http://10.0.0.7:11434", "runs on this machine"),
        ("ollama/qwen3:4b", "http://127.0.0.1:11434", "runs on this machine"),
        ("ollama/qwen3:4b", "http://localhost:11434", "runs on this machine"),
        ("ollama/qwen3:4b", "http://[::1]:11434", "runs on this machine"),
        ("ollama/qwen3:4b", "http://10.0.0.7:11434", "runs on 10.0.0.7"),
        ("ollama/qwen3:4b", "https://gpu.example:443", "runs on gpu.example"),
        ("ollama/qwen3-coder:480b-cloud", "http://127.0.0.1:11434", "runs in Ollama's cloud"),
        ("llamaindex:llama_index.llms.groq.Groq:x", "http://127.0.0.1:11434", "may run elsewhere: that package says where"),
    ],
)
def test_where_the_model_runs_is_said_honestly(model: str, host: str, said: str) -> None:
    assert where(model, host) == said


def test_a_history_that_was_damaged_is_told_on_the_page_and_where_it_lies_only_at_home(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    (bot.settings.data / "history.db").write_bytes(b"no database" * 1000)
    with closing(History.open(bot.settings.data)) as history:
        desk = Desk(bot, history)
        mine, _ = opening(desk)
        theirs, _ = opening(desk, "ada")
    assert '<p class="notice lost" role="status">The history of conversations was damaged. It has been put aside as' in mine
    assert str(bot.settings.data) in mine
    assert "damaged" in theirs
    assert str(bot.settings.data) not in theirs
    assert "What is data mining?" in mine  # and all else goes on


def test_a_whole_history_is_not_talked_about(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    with closing(History.open(bot.settings.data)) as history:
        assert "notice" not in opening(Desk(bot, history))[0]
