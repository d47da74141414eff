"""From the options of a command line to settings and a Bot. Imports nothing heavy before it is asked to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from notebot.bot import Bot
    from notebot.settings import Loaded
    from notebot.settings_file import SettingsFile

Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
MORE = "The options of every command (--knowledge, --data, --model, ...) are in `notebot --help`."


def settings_of(ctx: typer.Context, given: Mapping[str, object] | None = None) -> Loaded:
    """The settings of this run, with the options of one command (`host`, `port`) on top. Raises SettingsError."""
    from notebot.settings import load

    common = cast("Mapping[str, object]", ctx.find_root().obj)
    return load({**common, **(given or {})})


def settings_file_of(ctx: typer.Context, given: Mapping[str, object] | None = None) -> SettingsFile:
    """The same, for a command in which they can be changed."""
    from notebot.settings_file import SettingsFile

    common = cast("Mapping[str, object]", ctx.find_root().obj)
    return SettingsFile({**common, **(given or {})})


def bot_of(ctx: typer.Context, given: Mapping[str, object] | None = None) -> Bot:
    """A Bot with the settings of this run, and the options of one command on top. Raises SettingsError."""
    from notebot.bot import Bot

    return Bot(settings_of(ctx, given).settings)
