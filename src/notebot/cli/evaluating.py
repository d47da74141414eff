"""The commands that measure: eval, and below it check, run and ablate. What is done with kept runs is in kept_runs.py."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from typer.core import TyperGroup

from notebot.cli import eval_drafts, eval_labels, eval_pages
from notebot.cli.kept_runs import add_commands, home
from notebot.cli.progress import Point, follow
from notebot.cli.screen import say, show, show_json
from notebot.cli.start import MORE, Json, bot_of

if TYPE_CHECKING:
    from typer._click import Context

    from notebot.evals.run import Report, Step

DEFAULT_SET = Path("eval/knowledge.yaml")
DECLINING = "llamaindex:notebot.evals.declining.Declining:always"
QUICK = "check"  # what `notebot eval` alone, or with a set, means

Set = Annotated[Path, typer.Argument(metavar="[SET]", help="A question set: a file, or the name of one beside the index.")]
RetrievalOnly = Annotated[bool, typer.Option("--retrieval-only", help="Ask no model; measure what is found.")]
Declining = Annotated[bool, typer.Option("--declining", help="A model that always declines: quick, and without chance.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Only cases with it; may be given several times.")]
Split = Annotated[Literal["dev", "test"] | None, typer.Option("--split", help="Only cases of this half.")]
Limit = Annotated[int, typer.Option(min=0, metavar="N", help="Only the first so many; 0 is all.")]
Every = Annotated[int, typer.Option(min=1, metavar="N", help="Only each Nth case: some of every kind, as sets go by topics.")]


class Evaluations(TyperGroup):
    """`notebot eval SET` means `notebot eval check SET`."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        named = next((argument for argument in args if not argument.startswith("-")), "")
        if named not in self.commands and not ctx.resilient_parsing and not {"-h", "--help"} & set(args):
            args = [QUICK, *args]
        return super().parse_args(ctx, args)


eval_app = typer.Typer(cls=Evaluations, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]})


@eval_app.callback()
def evaluations() -> None:
    """
    \b
    Examples:
      notebot eval                            eval/knowledge.yaml, against the thresholds in it
      notebot eval my-questions.yaml          another set
      notebot eval run my-questions.yaml      the same, kept, so that it can be compared
      notebot eval compare last-week last     what has changed since

    Ask every question of a set and measure retrieval, answers, citations, silence and time.
    """


@eval_app.command(QUICK, epilog=MORE, short_help="Measure a set against its own thresholds; keep nothing.")
def check(ctx: typer.Context, questions: Set = DEFAULT_SET, retrieval_only: RetrievalOnly = False, as_json: Json = False) -> int:
    """
    \b
    Examples:
      notebot eval
      notebot eval eval/knowledge.yaml --retrieval-only
      notebot eval --json > figures.json

    Ask every question of a set and measure retrieval, answers, citations and silence.

    Exit code 1 when a figure misses the threshold in the set's file.
    """
    from notebot.evals import run
    from notebot.evals.manifest import How

    with bot_of(ctx, {"open": False}) as bot:  # what the model adds is no answer
        found = follow(run.running(bot, _meant(questions, bot.settings.data), How(retrieval_only)), _point)
    return _tell(found, as_json=as_json)


@eval_app.command("run", epilog=MORE, short_help="Measure a set and keep the run.")
def run_set(  # noqa: PLR0913, PLR0917  one parameter an option is how typer reads them
    ctx: typer.Context,
    questions: Set = DEFAULT_SET,
    retrieval_only: RetrievalOnly = False,
    declining: Declining = False,
    repeat: Annotated[int, typer.Option(min=1, metavar="N", help="Ask each question so often.")] = 1,
    tag: Tags = None,
    split: Split = None,
    limit: Limit = 0,
    every: Every = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that was stopped.")] = False,
    at_once: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Ask so many side by side, where the model can.")] = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask again what an earlier run asked, all else being the same.")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to keep it; else beside the index.")] = None,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot eval run
      notebot eval run my-questions.yaml --repeat 3 --tag number
      notebot eval run my-questions.yaml --resume
      notebot --model ollama/qwen3:4b eval run --at-once 4

    Ask every question of a set, keep all that came of it in a folder, and measure it. What was asked before, of the same notes,
    model, settings and program, is taken from there.

    Ctrl-C is safe: --resume goes on. --at-once pays with a server that answers several questions side by side (for Ollama see
    OLLAMA_NUM_PARALLEL); the packaged model answers one at a time. Answers are the same, times are longer.

    Exit code 1 when a figure misses the threshold in the set's file.
    """
    from notebot.evals import run
    from notebot.evals.manifest import How

    how = How(retrieval_only, repeat, tuple(tag or ()), split or "", limit, every)
    with bot_of(ctx, _given(declining=declining)) as bot:
        chosen = _meant(questions, bot.settings.data)
        keeping = run.Keeping(home(bot.settings.data), out, resume=resume, fresh=fresh)
        try:
            found = follow(run.running(bot, chosen, how, keeping, at_once=at_once), _point)
        except KeyboardInterrupt:
            raise KeyboardInterrupt("What was asked is kept. To go on, run the same command with --resume.") from None
    _write_reports(found)
    code = _tell(found, as_json=as_json)
    say(f"Kept in {found.folder}")
    return code


@eval_app.command("ablate", epilog=MORE, short_help="Measure with parts of notebot left out.")
def ablate_set(  # noqa: PLR0913, PLR0917  one parameter an option is how typer reads them
    ctx: typer.Context,
    questions: Set = DEFAULT_SET,
    retrieval_only: RetrievalOnly = False,
    tag: Tags = None,
    limit: Limit = 0,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot eval ablate --retrieval-only
      notebot eval ablate my-questions.yaml --limit 30

    Ask the questions of a set without notes, with words or vectors alone, with both, as shipped, and with the very places where
    the answers stand: what search adds, and what the model costs.
    """
    from notebot.evals.ablate import ablating, ablation_json, ablation_text
    from notebot.evals.manifest import How

    with bot_of(ctx, {"open": False}) as bot:
        rows = follow(ablating(bot, questions, How(retrieval_only, 1, tuple(tag or ()), "", limit)), _point)
    if as_json:
        show_json(ablation_json(rows))
    else:
        show(ablation_text(rows))
    return 0


def _meant(questions: Path, data: Path) -> Path:
    """The set that a person means: a file, or the name of one beside the index."""
    from notebot.evals.reviewing import home, sets_in

    return questions if questions.exists() else sets_in(home(data)).get(str(questions), questions)


def _given(*, declining: bool) -> dict[str, object]:
    return {"open": False, "model": DECLINING} if declining else {"open": False}


def _tell(found: Report, *, as_json: bool) -> int:
    from notebot.evals import report, report_data

    if as_json:
        show_json(report_data.report_json(found))
    else:
        show(report.report_text(found))
    return 0 if report.passed(found) else 1


def _write_reports(found: Report) -> None:
    from notebot import render
    from notebot.evals import junit, markdown, report_data
    from notebot.evals.store import write_whole

    if found.folder:
        write_whole(found.folder / "report.json", render.dumps(report_data.report_json(found)) + "\n")
        write_whole(found.folder / "report.md", markdown.markdown(found))
        write_whole(found.folder / "junit.xml", junit.junit(found))


def _point(now: Step) -> Point:
    return Point("asking", now.done, now.total, now.question)


add_commands(eval_app)
eval_drafts.add_commands(eval_app)
eval_labels.add_commands(eval_app)
eval_pages.add_commands(eval_app)
