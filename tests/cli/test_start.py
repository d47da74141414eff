"""From a command line's options to settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from notebot.cli.app import app
from notebot.cli.start import bot_of, settings_of


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Context:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("NOTEBOT_")]:
        monkeypatch.delenv(name)
    root = get_command(app).make_context("notebot", ["config"])
    root.obj = {"model": "common", "data": Path("d"), "knowledge": None}
    return typer.Context(root.command, parent=root)


def test_options_become_settings_and_what_is_absent_a_default(ctx: typer.Context, tmp_path: Path) -> None:
    loaded = settings_of(ctx)
    assert (loaded.settings.model, loaded.settings.data) == ("common", tmp_path / "d")
    assert loaded.settings.knowledge == (tmp_path / "knowledge",)
    assert (loaded.origins["model"], loaded.origins["knowledge"]) == ("argument", "default")


def test_options_of_one_command_come_on_top(ctx: typer.Context) -> None:
    assert settings_of(ctx, {"port": 0, "host": None}).settings.port == 0
    with bot_of(ctx, {"port": 5}) as bot:
        assert (bot.settings.port, bot.settings.model) == (5, "common")
