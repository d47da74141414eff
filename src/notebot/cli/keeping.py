"""The commands that keep the index: ingest, status."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from notebot import render
from notebot.cli.progress import Point, follow
from notebot.cli.screen import say, show, show_json
from notebot.cli.start import Json, bot_of
from notebot.errors import Locked, NotebotError, UsageError
from notebot.states import IngestOptions, Plan, Problem, Progress, Summary

if TYPE_CHECKING:
    from notebot.bot import Bot

LOCKED_SECONDS = 1.0  # between two attempts while another process writes the index
UNITS = {"reading": "notes", "fetching": "pages", "embedding": "passages", "storing": "passages"}
State = Literal["indexed", "stale", "skipped", "failed", "waiting"]


def ingest(  # noqa: PLR0913, PLR0917  one parameter an option is how typer reads them
    ctx: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help="Fetch nothing; use the linked pages that are already here.")
    ] = False,
    no_links: Annotated[bool, typer.Option("--no-links", help="Leave the linked pages out.")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask for every linked page again now.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl-C, and follow every change of the notes.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
    allow_empty: Annotated[bool, typer.Option("--allow-empty", help="The notes are meant to be gone: forget them.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Put a damaged index aside and make it anew.")] = False,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot ingest
      notebot ingest --knowledge ~/notes --knowledge ~/wiki
      notebot ingest --watch
      notebot ingest --json | jq .added

    Make the index equal to the notes. Only what has changed is worked on.

    Ctrl-C is safe: what was stored stays, and the next ingest goes on from there.

    With --json, progress goes to standard error, one object a line, unless that is a terminal. With --watch as well, standard
    output has one object a line for each ingest that changed something.
    """
    options = IngestOptions(
        offline=offline, links=not no_links, refresh=refresh, allow_empty=allow_empty, rebuild=rebuild
    )  # fmt: skip
    if dry_run and (watch or rebuild):
        raise UsageError("--dry-run writes nothing: leave --watch and --rebuild out.")
    with bot_of(ctx) as bot:
        if dry_run:
            _show_plan(bot.preview(options), as_json=as_json)
        elif watch:
            _watch(bot, options, as_json=as_json)
        else:
            summary = _interruptible(bot, options, as_json=as_json)
            if as_json:
                show_json(render.summary_json(summary))
            else:
                show(render.summary_text(summary))
    return 0


def status(
    ctx: typer.Context,
    state: Annotated[State | None, typer.Option("--state", help="List only the sources that are in this state.")] = None,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot status
      notebot status --state failed
      notebot status --json | jq .failed

    Show what the index holds, and which notes could not be read.
    """
    with bot_of(ctx) as bot:
        found = bot.state()
        listed = [source for source in found.sources if state in (None, source.state)]
        if as_json:
            show_json(render.state_json(found) | {"sources": [asdict(source) for source in listed]})
        elif state:
            for source in listed:
                show(render.one_line(f"{source.source}: {source.reason}" if source.reason else source.source))
        else:
            folders = ", ".join(str(folder) for folder in bot.settings.knowledge)
            show(f"{'Folders:':<16}{folders}\n{'Index:':<16}{bot.settings.data}\n{render.state_text(found)}")
    return 0


# --- one ingest ---------------------------------------------------------------------------------------------------


def _interruptible(bot: Bot, options: IngestOptions, *, as_json: bool) -> Summary:
    try:
        return follow(bot.ingesting(options), _point, form="json" if as_json else "text")
    except KeyboardInterrupt:
        raise KeyboardInterrupt("What was stored stays. Run `notebot ingest` again to go on.") from None


def _point(now: Progress) -> Point:
    return Point(now.step, now.done, now.total, now.current, UNITS.get(now.step, ""))


def _show_plan(plan: Plan, *, as_json: bool) -> None:
    if as_json:
        show_json({"schema": render.SCHEMA, **asdict(plan)})
        return
    show(
        f"{len(plan.added)} to add, {len(plan.changed)} changed, {len(plan.removed)} to remove, {plan.unchanged} unchanged, "
        f"{len(plan.fetch)} pages to ask for. Nothing was written."
    )
    for sign, names in (("+", plan.added), ("~", plan.changed), ("-", plan.removed), ("<", plan.fetch)):
        for name in names:
            show(f"  {sign} {render.one_line(name)}")
    for problem in plan.problems:
        show(_problem(problem))


# --- one after the other ------------------------------------------------------------------------------------------


def _watch(bot: Bot, options: IngestOptions, *, as_json: bool) -> None:
    """An ingest, then one after each change, until an interrupt: the way this is meant to end."""
    from notebot.ingest.watch import changes

    with closing(changes(bot.settings.knowledge, threading.Event())) as heard:
        next(heard)  # from now on no change is missed
        summary = _interruptible(bot, options, as_json=as_json)
        show(_event(render.summary_json(summary)) if as_json else render.summary_text(summary))
        say("Watching the notes. Ctrl-C stops it.")
        # What a person asked for once is not meant for each change that comes: an empty folder least of all.
        later = replace(options, refresh=False, allow_empty=False, rebuild=False)
        try:
            for _ in heard:
                summary = _again(bot, later, summary.problems, as_json=as_json) or summary
        except KeyboardInterrupt:
            say("Stopped.")


def _again(bot: Bot, options: IngestOptions, known: Sequence[Problem], *, as_json: bool) -> Summary | None:
    """One more ingest; None if it failed. What came of it is one line, and one for each problem that was not `known`."""
    try:
        summary = _when_free(bot, options, as_json=as_json)
    except NotebotError as error:
        _complain(error, as_json=as_json)
        return None
    new = [problem for problem in summary.problems if problem not in known]
    done = _done(summary)
    if as_json and (done or new):
        show(_event(render.summary_json(summary)))
    elif done or new:
        show("\n".join([f"{_clock()} {', '.join([*done, f'{summary.seconds:.1f} s'])}", *map(_problem, new)]))
    return summary


def _when_free(bot: Bot, options: IngestOptions, *, as_json: bool) -> Summary:
    """An ingest as soon as no other process writes the index: that one may have looked before this change."""
    waiting = False
    while True:
        try:
            return follow(bot.ingesting(options), _point, form="json" if as_json else "late")
        except Locked as error:
            if not waiting:
                _complain(error, as_json=as_json)
            waiting = True
            time.sleep(LOCKED_SECONDS)


def _done(summary: Summary) -> list[str]:
    counts = (
        (summary.added, "added"), (summary.changed, "changed"), (summary.removed, "removed"),
        (summary.fetched, "pages asked for"), (summary.embedded, "passages embedded"),
    )  # fmt: skip
    return [f"{count} {what}" for count, what in counts if count]


def _complain(error: NotebotError, *, as_json: bool) -> None:
    if as_json:
        show(_event(render.error_json(error)))
    else:
        say(f"{_clock()} Error: {render.one_line(str(error))}")


def _event(value: Mapping[str, object]) -> str:
    """An object on a line of its own, with the time."""
    return json.dumps({"at": datetime.now(UTC).isoformat(timespec="seconds"), **value})


def _problem(problem: Problem) -> str:
    return f"  {render.one_line(problem.source)}: {render.one_line(problem.reason)}"


def _clock() -> str:
    return time.strftime("%H:%M:%S")
