"""The view at /settings: what is set and by whom, and a change that counts from the next question on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from notebot.bot import Bot
from notebot.settings_file import SettingsFile
from notebot.surroundings import Surroundings
from notebot.web.desk import Desk
from notebot.web.page.settings_view import UNCHANGEABLE, lock, looked, saved

FIELDS = ("model", "open", "context_tokens", "answer_tokens", "passages", "links", "ollama_host")
AS_IT_IS = ("auto", "strict", 4096, 400, 6, True, "http://127.0.0.1:9")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    variables = {"NOTEBOT_ANSWER_TOKENS": "400", "OLLAMA_HOST": "127.0.0.1:9"}
    around = Surroundings(variables, tmp_path, tmp_path, tmp_path / "config", tmp_path / "data")
    file = SettingsFile({}, around=around)
    with Bot(file.loaded.settings) as bot:
        made = Desk(bot)
        made.settings_file = file
        yield made


def changed(**values: object) -> list[object]:
    return [values.get(key, now) for key, now in zip(FIELDS, AS_IT_IS, strict=True)]


def test_it_has_its_place(served: Any) -> None:
    assert '"settings"' in httpx.get(served.address + "/settings").text


def test_fields_show_what_is_set_and_who_sets_it(desk: Desk) -> None:
    _, model, mode, window, longest, passages, links, host = looked(desk)
    assert (model.value, mode.value, window.value, passages.value) == ("auto", "strict", 4096, 6)
    assert (links.value, host.value) == (True, "http://127.0.0.1:9")
    assert longest.interactive is False
    assert "NOTEBOT_ANSWER_TOKENS" in longest.info
    assert all(field.interactive for field in (model, mode, window, passages, links, host))


def test_a_change_is_written_and_counts_at_once(desk: Desk) -> None:
    said, *_ = saved(desk, changed(model="packaged", open="open", passages=4, links=False))
    now = desk.bot.settings
    assert (now.model, now.open, now.passages, now.links) == ("packaged", True, 4, False)
    assert "next question" in said
    assert desk.settings_file is not None
    assert desk.settings_file.path.read_text() == 'model = "packaged"\nopen = true\npassages = 4\nlinks = false\n'
    assert "smollm2" in desk.bot.model_name()
    assert "Nothing was changed" in saved(desk, changed(model="packaged", open="open", passages=4, links=False))[0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"passages": 0}, "passages"), ({"passages": None}, "passages"), ({"passages": 2.5}, "passages"),
        ({"context_tokens": 600}, "at most half"), ({"ollama_host": "not an address"}, "ollama_host"), ({"model": ""}, "model"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_and_changes_nothing(desk: Desk, values: dict[str, object], words: str) -> None:
    before = desk.bot.settings
    said, *rest = saved(desk, changed(**values))
    assert 'role="alert"' in said
    assert words in said
    assert len(rest) == len(looked(desk))
    assert desk.bot.settings == before
    assert desk.settings_file is not None
    assert not desk.settings_file.path.exists()


def test_where_a_variable_decides_the_field_is_not_written(desk: Desk) -> None:
    saved(desk, changed(answer_tokens=100))
    assert desk.bot.settings.answer_tokens == 400


def test_on_a_server_for_many_nothing_can_be_changed(desk: Desk) -> None:
    desk.settings_file = None
    assert UNCHANGEABLE in saved(desk, changed(passages=4))[0]
    assert desk.bot.settings.passages == 6
    assert lock(None, "model") == UNCHANGEABLE
    assert not any(field.interactive for field in looked(desk)[1:])


def test_hostile_values_come_back_as_text(desk: Desk) -> None:
    assert "<img" not in saved(desk, changed(ollama_host="<img src=x>"))[0]
