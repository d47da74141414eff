"""The commands around the notes: web, eval, doctor, models, config."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notebot import render
from notebot.cli.progress import Point, follow
from notebot.cli.screen import say, show, show_json
from notebot.cli.start import Json, bot_of, settings_of

if TYPE_CHECKING:
    from notebot.evals.run import Step


def web(
    ctx: typer.Context,
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where to listen on: one of this machine's own.")] = None,
    port: Annotated[int | None, typer.Option(metavar="N", help="Port to listen on; 0 takes any free one.")] = None,
) -> int:
    """
    \b
    Examples:
      notebot web
      notebot web --port 8000

    Serve the chat page until Ctrl-C, and print its address.
    """
    from notebot.web.host import serve

    with bot_of(ctx, {"host": host, "port": port}) as bot, serve(bot, host=bot.settings.host, port=bot.settings.port) as page:
        show(page.address)
        say("Ctrl-C stops it.")
        try:
            page.wait()
        except KeyboardInterrupt:
            say("Stopped.")  # the way this command is meant to end
    return 0


def evaluate(
    ctx: typer.Context,
    questions: Annotated[Path, typer.Argument(metavar="[SET]", help="A question set.")] = Path("eval/knowledge.yaml"),
    retrieval_only: Annotated[bool, typer.Option("--retrieval-only", help="Ask no model; measure what is found.")] = False,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot eval
      notebot eval eval/knowledge.yaml --retrieval-only
      notebot eval --json > figures.json

    Ask every question of a set and measure retrieval, answers, citations and silence.

    Exit code 1 when a figure misses the threshold in the set's file.
    """
    from notebot.evals import report, run

    with bot_of(ctx, {"open": False}) as bot:  # what the model adds is no answer
        found = follow(run.running(bot, questions, retrieval_only=retrieval_only), _point)
    if as_json:
        show_json(report.report_json(found))
    else:
        show(report.report_text(found))
    return 0 if report.passed(found) else 1


def doctor(ctx: typer.Context, as_json: Json = False) -> int:
    """
    \b
    Examples:
      notebot doctor
      notebot doctor --json | jq '.checks[] | select(.state != "ok")'

    Look at everything that notebot needs, and say what to do where something is wrong.

    Exit code 1 when something must be mended; a warning is no error.
    """
    from notebot.doctor import examine

    checks = []
    with bot_of(ctx) as bot:
        for check in examine(bot):
            checks.append(check)
            if not as_json:
                show(render.check_text(check))
    if as_json:
        show_json(render.checks_json(checks))
    return 1 if any(check.state == "fail" for check in checks) else 0


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


def _point(now: Step) -> Point:
    return Point("asking", now.done, now.total, now.question)
