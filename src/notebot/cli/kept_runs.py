"""The commands on runs that were kept: eval report, runs, compare, gate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from notebot.cli.screen import say, show, show_json
from notebot.cli.start import MORE, Json, settings_of

if TYPE_CHECKING:
    from notebot.evals.store import Run

RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run: its name, its folder, or `last`.")]


def home(data: Path) -> Path:
    """Where runs are kept: beside the index that they were made with."""
    return data / "evals"


def report_run(
    ctx: typer.Context,
    name: RunName = "last",
    form: Annotated[Literal["text", "json", "markdown", "junit"], typer.Option("--format", help="How to show it.")] = "text",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one page with pictures.")] = None,
) -> int:
    """
    \b
    Examples:
      notebot eval report last
      notebot eval report last --format markdown > report.md
      notebot eval report last --html report.html

    Show the figures of a run, computed anew from what is kept of it.
    """
    from notebot.evals import junit, labels, markdown, page, report, report_data
    from notebot.evals.run import report_of
    from notebot.evals.store import write_whole

    kept = open_run(ctx, name)
    found = report_of(kept.manifest, kept.outcomes)
    if html is not None:
        given = kept.folder / labels.LABELS
        write_whole(html, page.page(found, labels.read_labels(given) if given.exists() else []))
        say(f"Wrote {html}. Open it in a browser; it needs nothing else.")
    elif form == "json":
        show_json(report_data.report_json(found))
    else:
        forms = {"text": report.report_text, "markdown": markdown.markdown, "junit": junit.junit}
        show(forms[form](found).rstrip("\n"))
    return 0


def list_runs(ctx: typer.Context, as_json: Json = False) -> int:
    """
    \b
    Examples:
      notebot eval runs

    List the runs that are kept beside the index, the oldest first.
    """
    from notebot.evals import store
    from notebot.render import one_line

    there = home(settings_of(ctx).settings.data)
    rows = [
        (folder.name, told.name, told.asker.model or "retrieval only", told.started, (folder / store.ENDED).exists())
        for folder in store.runs(there)
        for told in [store.read_manifest(folder)]
    ]
    if as_json:
        keys = ("run", "set", "model", "started", "ended")
        show_json({"schema": 1, "runs": [dict(zip(keys, row, strict=True)) for row in rows]})
    for name, questions, model, started, ended in () if as_json else rows:
        state = "" if ended else "  stopped; goes on with --resume"
        show(f"{one_line(name):<40} {one_line(questions):<16} {one_line(model):<32} {started}{state}")
    if not rows:
        say("There is no run yet. Make one: notebot eval run")
    return 0


def compare_runs(ctx: typer.Context, before: RunName, after: RunName = "last", as_json: Json = False) -> int:
    """
    \b
    Examples:
      notebot eval compare knowledge-20261128-020000 last

    Say what changed from one run of a set to another, whether that can be chance, and which questions changed sides.
    """
    from notebot.evals.compare import compare, comparison_json, comparison_text

    found = compare(open_run(ctx, before), open_run(ctx, after))
    if as_json:
        show_json(comparison_json(found))
    else:
        show(comparison_text(found))
    return 0


def gate_run(  # noqa: PLR0913, PLR0917  one parameter an option is how typer reads them
    ctx: typer.Context,
    name: RunName = "last",
    baseline: Annotated[Path | None, typer.Option(metavar="FILE", help="What the set came to before.")] = None,
    margin: Annotated[float, typer.Option(min=0, max=1, metavar="SHARE", help="How much a figure may fall.")] = 0.05,
    accept: Annotated[bool, typer.Option("--accept", help="Write the run to the baseline's file instead.")] = False,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot eval gate last
      notebot eval gate last --baseline eval/baseline.json --margin 0.05
      notebot eval gate last --baseline eval/baseline.json --accept

    Say whether a run is good enough: every quote stands where it is cited, no planted address, no crash, and no figure has
    fallen by more than the margin since the baseline.

    Exit code 0 passed, 10 regression, 11 inconclusive.
    """
    from dataclasses import asdict

    from notebot.errors import UsageError
    from notebot.evals import gate

    kept = open_run(ctx, name)
    told = kept.manifest
    if accept:
        if baseline is None:
            raise UsageError("Name the file to write with --baseline.")
        made = gate.baseline_of(kept.outcomes, name=told.name, version=told.version, model=told.asker.model)
        gate.write_baseline(made, baseline)
        say(f"Wrote {baseline}")
        return 0
    ruling = gate.gate(kept.outcomes, gate.read_baseline(baseline) if baseline else None, margin)
    if as_json:
        show_json({"schema": 1, "ruling": ruling.word, "reasons": list(ruling.reasons), "figures": [*map(asdict, ruling.deltas)]})
    else:
        show("\n".join([*(f"- {reason}" for reason in ruling.reasons), ruling.word.capitalize() + "."]))
    return ruling.exit_code


def open_run(ctx: typer.Context, name: str) -> Run:
    """The run that a person means by its name, its folder, or `last`. Raises UsageError."""
    from notebot.evals.store import named, read_run

    return read_run(named(name, home(settings_of(ctx).settings.data)))


def add_commands(group: typer.Typer) -> None:
    """Put the commands of this file into the group of `eval`."""
    for name, command, about in (
        ("report", report_run, "Show a run that was kept."),
        ("runs", list_runs, "List the runs that were kept."),
        ("compare", compare_runs, "Say what changed between two runs."),
        ("gate", gate_run, "Say whether a run is good enough, for CI."),
    ):
        group.command(name, epilog=MORE, short_help=about)(command)
