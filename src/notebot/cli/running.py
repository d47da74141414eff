"""The commands around the notes: web, doctor, config."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notebot import render
from notebot.cli.screen import say, show, show_json
from notebot.cli.start import Json, bot_of, settings_file_of, settings_of
from notebot.errors import UsageError

if TYPE_CHECKING:
    from notebot.bot import Bot
    from notebot.doctor import Check


def web(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where to listen on: one of this machine's own.")] = None,
    port: Annotated[int | None, typer.Option(metavar="N", help="Port to listen on; 0 takes any free one.")] = None,
    log_level: Annotated[str | None, typer.Option(metavar="LEVEL", help="Log: off, warning, info (each request), debug.")] = None,
) -> int:
    """
    \b
    Examples:
      notebot web
      notebot web --port 8000
      notebot web --log-level info 2>> notebot.log

    Serve the chat page until Ctrl-C, and print its address.
    """
    from notebot.bot import Bot
    from notebot.web.host import serve
    from notebot.web.watch.logs import logging_to

    file = settings_file_of(ctx, {"host": host, "port": port, "log": log_level})
    at = file.loaded.settings
    logged = logging_to(sys.stderr, at.log)
    with logged, Bot(at) as bot, serve(bot, host=at.host, port=at.port, settings_file=file) as page:
        show(page.address)
        if page.notice:
            say(page.notice)
        say("Ctrl-C stops it.")
        try:
            page.wait()
        except KeyboardInterrupt:
            say("Stopped.")  # the way this command is meant to end
    return 0


def doctor(
    ctx: typer.Context,
    as_json: Json = False,
    bundle: Annotated[Path | None, typer.Option(metavar="FILE", help="Write all of it to FILE, for a report of a fault.")] = None,
    redact: Annotated[bool, typer.Option("--redact", help="With --bundle: without names, folders and addresses, too.")] = False,
) -> int:
    """
    \b
    Examples:
      notebot doctor
      notebot doctor --json | jq '.checks[] | select(.state != "ok")'
      notebot doctor --bundle report.json --redact

    Look at everything that notebot needs, and say what to do where something is wrong.

    Exit code 1 when something must be mended; a warning is no error. A bundle holds versions, settings, these findings and
    counts, and never a word of notes, questions or answers. Read it before you send it to anybody.
    """
    from notebot.doctor import examine

    if redact and bundle is None:
        raise UsageError("--redact says what a bundle leaves out. Name its file, too: notebot doctor --bundle FILE --redact")
    checks = []
    with bot_of(ctx) as bot:
        for check in examine(bot):
            checks.append(check)
            if not as_json:
                show(render.check_text(check))
        if bundle:
            _bundle(ctx, bot, checks, bundle, redact=redact)
    if as_json:
        show_json(render.checks_json(checks))
    return 1 if any(check.state == "fail" for check in checks) else 0


def _bundle(ctx: typer.Context, bot: Bot, checks: list[Check], path: Path, *, redact: bool) -> None:
    """Write the bundle, readable for its owner only. Raises UsageError."""
    from notebot.cli.bundle import bundle_json

    text = render.dumps(bundle_json(settings_of(ctx), checks, bot, redact=redact))
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}. Choose another file.") from error
    say(f"Written to {path}. Read it before you send it to anybody.")


def config(ctx: typer.Context, as_json: Json = False) -> int:
    """
    \b
    Examples:
      notebot config
      NOTEBOT_MODEL=qwen3:4b notebot config --json | jq '.settings.model'

    Show every setting, and where it was read.
    """
    loaded = settings_of(ctx)
    values = loaded.settings.model_dump(mode="json")
    if as_json:
        rows = {key: {"value": value, "origin": loaded.origins[key]} for key, value in values.items()}
        show_json({"schema": render.SCHEMA, "settings": rows})
    else:
        for key, value in values.items():
            text = ", ".join(value) if isinstance(value, list) else str(value)
            show(f"{key:<16}{render.one_line(text)}  ({loaded.origins[key]})")
    return 0
