"""The command that reads notes together with the pages of a question set: eval ingest."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notebot.cli.progress import Point, follow
from notebot.cli.screen import show, show_json
from notebot.cli.start import MORE, Json, settings_of

if TYPE_CHECKING:
    from notebot.states import Progress

NO_LIMIT = 100_000  # pages of one ingest: the most that the setting takes


def ingest_set(
    ctx: typer.Context,
    questions: Annotated[Path, typer.Argument(metavar="SET", help="A question set with pages.")],
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot --knowledge eval/collections/village/notes eval ingest eval/collections/village/set.yaml

    Make the index equal to the notes, and to the pages that the question set brings along: where a note links to one of them, its
    file stands for what a server would send. Nothing is fetched; every other link counts as a page that cannot be had.

    An index with pages from the web is left alone: name another one with --data.
    """
    from notebot import render
    from notebot.bot import Bot
    from notebot.errors import IndexMissing, UsageError
    from notebot.evals import served
    from notebot.evals.cases import load_cases
    from notebot.evals.figures import FIGURES
    from notebot.states import IngestOptions

    wanted = load_cases(questions, figures=FIGURES)
    if not wanted.pages:
        raise UsageError(f"{questions} has no pages of its own. Read the notes with: notebot ingest --offline")
    pages = served.files_of(wanted, questions)
    settings = settings_of(ctx, {"links": True, "links_per_run": NO_LIMIT}).settings
    with Bot(settings, fetch=partial(served.Served, pages)) as bot:
        with suppress(IndexMissing):
            bot.read(served.refuse_to_mix)
        summary = follow(bot.ingesting(IngestOptions(refresh=True)), _point, form="json" if as_json else "text")
        missing = bot.read(partial(served.missing_pages, pages=pages))
    if as_json:
        show_json(render.summary_json(summary))
    else:
        show(render.summary_text(summary))
    if missing:
        raise UsageError(f"{len(missing)} pages of {questions} are not in the index: {'; '.join(missing)}.")
    return 0


def _point(now: Progress) -> Point:
    return Point(now.step, now.done, now.total, now.current)


def add_commands(group: typer.Typer) -> None:
    """Put the command of this file into the group of `eval`."""
    group.command("ingest", epilog=MORE, short_help="Read the notes with the pages of a set.")(ingest_set)
