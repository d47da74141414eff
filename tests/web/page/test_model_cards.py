"""What is said of models: which answers, where it runs, what can be chosen, and how to get a better one."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebot.models.ollama import PullProgress
from notebot.models.registry import ModelRow
from notebot.settings import Settings
from notebot.web.page.model_cards import Models, choices, chosen_value, download_html, models_now, now_html, runs_where
from notebot.web.page.pulling import Download
from scripted_ollama import MODEL, Reply, line, scripted, usual

NOBODY = "http://127.0.0.1:9"


def settings(host: str = NOBODY, **values: object) -> Settings:
    return Settings(data=Path("unused"), ollama_host=host, **values)  # type: ignore[arg-type]


def row(name: str, where: str = "ollama") -> ModelRow:
    return ModelRow(f"ollama/{name}", "chat", where, 2_600_000_000, True, False)  # type: ignore[arg-type]


def test_without_ollama_the_packaged_model_answers_and_the_commands_are_named() -> None:
    found = models_now(settings())
    html = now_html(settings(), found)
    assert "smollm2" in found.answers
    assert "<strong>yes</strong>" in html
    for command in ("ollama serve", "ollama pull qwen3:4b"):
        assert f"<code>{command}</code>" in html
    assert [value for _, value in choices(settings(), found)] == ["auto", "packaged"]


def test_an_ollama_without_models_offers_the_download() -> None:
    with scripted(usual(tags=Reply([line({"models": []})]))) as server:
        html = now_html(settings(server.address), models_now(settings(server.address)))
    assert "has no model that can answer yet" in html


def test_installed_models_can_be_chosen_and_those_elsewhere_say_so() -> None:
    cloud = {**MODEL, "name": "big:120b-cloud", "model": "big:120b-cloud"}
    with scripted(usual(tags=Reply([line({"models": [MODEL, cloud]})]))) as server:
        found = models_now(settings(server.address))
        offered = {value: label for label, value in choices(settings(server.address), found)}
    assert found.answers == "ollama/tiny:latest"
    assert "ollama/tiny:latest" in offered["auto"]
    assert set(offered) == {"auto", "packaged", "ollama/tiny:latest", "ollama/big:120b-cloud"}
    assert "your notes would leave this one" in offered["ollama/big:120b-cloud"]


def test_a_model_that_has_vanished_is_said_and_stays_chosen() -> None:
    with scripted(usual()) as server:
        gone = settings(server.address, model="gone:7b")
        found = models_now(gone)
        assert "ollama pull gone:7b" in now_html(gone, found)
        assert ("gone:7b (not installed)", "gone:7b") in choices(gone, found)


@pytest.mark.parametrize(
    ("model", "value"), [("tiny", "ollama/tiny:latest"), ("ollama/tiny", "ollama/tiny:latest"), ("smollm2", "packaged")]
)
def test_the_same_model_by_another_name(model: str, value: str) -> None:
    assert chosen_value(model, ["auto", "packaged", "ollama/tiny:latest"]) == value


@pytest.mark.parametrize(
    ("host", "answers", "where", "local"),
    [
        (NOBODY, "smollm2-135m (packaged)", "ollama", True),
        (NOBODY, "ollama/a", "ollama", True),
        (NOBODY, "ollama/a", "ollama (runs elsewhere)", False),
        ("http://10.0.0.5:11434", "ollama/a", "ollama", False),
        ("http://10.0.0.5:11434", "smollm2-135m (packaged)", "ollama", True),
        (NOBODY, "llamaindex:llama_index.llms.groq.Groq:x", "ollama", False),
    ],
)
def test_notes_that_would_leave_this_machine_are_warned_of(host: str, answers: str, where: str, local: bool) -> None:
    found = Models(answers, "", True, (row("a", where),))
    assert runs_where(settings(host), found)[0] is local
    assert ("Notes will leave this machine" in now_html(settings(host), found)) is not local


def test_downloads_in_words() -> None:
    assert download_html(Download()) == ""
    half = download_html(Download("m", working=True, progress=PullProgress("<b>", 1_300_000_000, 2_600_000_000)))
    assert 'value="1300000000"' in half
    assert "1,300 of 2,600 MB" in half
    assert "<b>" not in half
    assert "is ready" in download_html(Download("m", ready=True))
    assert "cancelled" in download_html(Download("m", cancelled=True))
    assert "broke" in download_html(Download("m", problem="It broke."))
