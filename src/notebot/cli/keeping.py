"""The commands that keep the index: ingest, status."""

from __future__ import annotations

from typing import Annotated

import typer

from notebot import render
from notebot.cli.progress import Point, follow
from notebot.cli.screen import show, show_json
from notebot.cli.start import Json, bot_of
from notebot.types import Progress


def ingest(
    ctx: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help="Fetch nothing; use the linked pages that are already here.")
    ] = False,
    no_links: Annotated[bool, typer.Option("--no-links", help="Leave the linked pages out.")] = False,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot ingest
      notebot ingest --knowledge ~/notes --knowledge ~/wiki
      notebot ingest --json | jq .added

    Make the index equal to the notes. Only what has changed is worked on.

    Ctrl-C is safe: what was stored stays, and the next ingest goes on from there.
    """
    with bot_of(ctx) as bot:
        try:
            summary = follow(bot.ingesting(offline=offline, links=not no_links), _point)
        except KeyboardInterrupt:
            raise KeyboardInterrupt("What was stored stays. Run `notebot ingest` again to go on.") from None
    if as_json:
        show_json(render.summary_json(summary))
    else:
        show(render.summary_text(summary))
    return 0


def status(ctx: typer.Context, as_json: Json = False) -> int:
    """
    \b
    Examples:
      notebot status
      notebot status --json | jq .failed

    Show what the index holds, and which notes could not be read.
    """
    with bot_of(ctx) as bot:
        state = bot.state()
        if as_json:
            show_json(render.state_json(state))
        else:
            folders = ", ".join(str(folder) for folder in bot.settings.knowledge)
            show(f"{'Folders:':<16}{folders}\n{'Index:':<16}{bot.settings.data}\n{render.state_text(state)}")
    return 0


def _point(now: Progress) -> Point:
    return Point(now.step, now.done, now.total, now.current)
