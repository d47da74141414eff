"""The command that makes the notes a tool of other programs: mcp."""

from __future__ import annotations

import typer

from notebot.cli.start import bot_of


def mcp(ctx: typer.Context) -> int:
    """
    \b
    Examples:
      notebot mcp
      notebot --knowledge ~/notes mcp
      claude mcp add notes -- notebot --knowledge ~/notes mcp

    Let an AI client search, ask and read the notes, over the Model Context Protocol on standard input and output.

    Clients start this command themselves: put it into their configuration (docs/api.md shows how). While it runs, the index
    follows the notes. Messages go to standard error. It ends when its input does.
    """
    from notebot.web.desk import Desk
    from notebot.web.doors.mcp import serve_stdio
    from notebot.web.following import Following

    with bot_of(ctx) as bot:
        desk = Desk(bot)
        following = Following(bot, desk.busy) if bot.settings.watch else None
        try:
            serve_stdio(desk)
        finally:
            if following:
                following.close()
    return 0
