"""The commands that make a question set of a person's own: eval generate and eval review."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from notebot.cli.dialog import kept, key_of, line_of
from notebot.cli.progress import Point, follow
from notebot.cli.screen import is_terminal, say, show, show_json
from notebot.cli.start import MORE, Json, bot_of, settings_of

if TYPE_CHECKING:
    from notebot.bot import Bot
    from notebot.evals.cases import Case
    from notebot.evals.generate import Step
    from notebot.evals.reviewing import Reviewed
    from notebot.models.ports import ChatModel
    from notebot.types import Chunk

KEYS = "[a]ccept, [e]dit, [d]rop, [s]kip, [q]uit: "
LONGEST_PASSAGE = 1_500  # characters of a passage that are shown


def generate(  # noqa: PLR0913, PLR0917  one parameter an option is how typer reads them
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write the set; else beside the index.")] = None,
    count: Annotated[int, typer.Option(min=1, max=2_000, metavar="N", help="How many questions.")] = 40,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed drafts the same questions.")] = 1,
    no_model: Annotated[bool, typer.Option("--no-model", help="Templates only, and no look at what needs no notes.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot eval generate
      notebot eval generate --out mine.yaml --count 100 --no-model
      notebot eval generate && notebot eval review

    Draft questions from your notes: by the chat model where it is able to, else by templates; some that the notes do not answer
    among them. Each has its place and its facts, and the tag draft until you have looked at it: here, or on the page, at /review.
    """
    from notebot.errors import UsageError
    from notebot.evals.generate import Wanted, drafting, summary
    from notebot.evals.reviewing import ENDINGS
    from notebot.evals.set_files import set_text, write_whole

    own, out = out is None, out or _own(ctx)
    if out.suffix.lower() not in ENDINGS:
        raise UsageError(f"A question set is a file of YAML or of JSON lines, not {out.suffix or 'a name without an ending'}.")
    if out.exists() and not force:
        raise UsageError(f"{out} is there already. Name another file with --out, or replace it with --force.")
    with bot_of(ctx, {"open": False}) as bot, _model(bot, wanted=not no_model) as model:
        found = follow(drafting(bot, Wanted(count, seed, model)), _point)
    lines = summary(found)
    comment = "\n".join(["Questions drafted by notebot from these notes. Look at them: notebot eval review FILE", *lines])
    if own:
        out.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(out, set_text(found.as_set(out.stem), comment=comment, lines=out.suffix.lower() == ".jsonl"))
    if as_json:
        show_json(
            {"schema": 1, "file": str(out), "cases": len(found.cases), "dropped": dict(found.dropped), "notice": found.notice}
        )
    else:
        show("\n".join(lines))
        say(
            f"Wrote {out}. Look at them: notebot eval review{'' if own else f' {out}'}"
            + (", or on the page at /review" if own else "")
        )
    return 0


def review(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A question set with drafts.")] = None,
    accept_all: Annotated[bool, typer.Option("--accept-all", help="Accept every draft without asking.")] = False,
) -> int:
    """
    \b
    Examples:
      notebot eval review
      notebot eval review mine.yaml
      notebot eval review mine.yaml --accept-all

    Look at drafted questions one by one, with the passage that each came from: accept, edit or drop. Every decision is written
    before the next one is asked for, so stop whenever you like; the same command goes on. Without a FILE these are the drafts
    that `notebot eval generate` wrote, which the page shows too, at /review.
    """
    from notebot.errors import UsageError
    from notebot.evals import reviewing

    file = file or _own(ctx)
    if accept_all:
        show(f"Accepted {reviewing.accept_all(file)} drafts.")
        return 0
    open_cases = reviewing.pending(reviewing.load(file))
    if not open_cases:
        show(f"There is no draft in {file}.")
        return 0
    if not is_terminal(sys.stdout) or not sys.stdin.isatty():
        raise UsageError(f"{len(open_cases)} drafts wait in {file}, and there is no terminal to ask on. Use --accept-all.")
    with bot_of(ctx) as bot:
        left = _reviewed(file, open_cases, bot)
    show(f"{len(open_cases) - left} decided, {left} left." + (f" Go on with: notebot eval review {file}" if left else ""))
    return 0


def _own(ctx: typer.Context) -> Path:
    """Where drafts are unless somebody names another file."""
    from notebot.evals.reviewing import DRAFTS, home

    return home(settings_of(ctx).settings.data) / DRAFTS


def _reviewed(file: Path, open_cases: Sequence[Case], bot: Bot) -> int:
    """Ask about each case; how many are left open."""
    from notebot.evals import reviewing

    decided = 0
    with kept(f"What you decided is kept. Go on with: notebot eval review {file}"):
        for number, case in enumerate(open_cases, 1):
            chunks = {place.source: bot.source(place.source) for place in case.gold}
            _show_case(case, f"{number} of {len(open_cases)}", chunks)
            answer = _asked(case)
            if isinstance(answer, str):
                break
            if answer is not None:
                reviewing.decide(file, answer)
                decided += 1
    return len(open_cases) - decided


def _show_case(case: Case, where: str, chunks: Mapping[str, Sequence[Chunk]]) -> None:
    from notebot.evals import reviewing
    from notebot.render import chunk_text, clean, one_line

    show(f"\n--- {where}: {case.id} [{', '.join(map(one_line, case.tags))}]")
    show(f"Question:  {one_line(case.question)}")
    show(f"Expected:  {' or '.join(case.expect)}")
    if case.facts:
        show(f"Facts:     {one_line(reviewing.written_facts(case.facts))}")
    found = reviewing.gold_chunks(case, [chunk for chunk_list in chunks.values() for chunk in chunk_list])
    for chunk in found[:3]:
        show(f"\n{chunk_text(chunk)}")
        show(clean(reviewing.marked(chunk.text[:LONGEST_PASSAGE], case.facts)))
    if case.gold and not found:
        show("\nIts place is not in the index any more.")
    if missing := reviewing.not_said(case, found):
        show(f"\nNot said there: {one_line(', '.join(missing))}")


def _asked(case: Case) -> Reviewed | Literal["quit"] | None:
    """What the person decides; None leaves the case open."""
    from notebot.errors import UsageError
    from notebot.evals import reviewing

    while True:
        key = key_of(KEYS, "aedsq")
        if key in ("q", "s"):
            return "quit" if key == "q" else None
        if key == "a":
            return reviewing.Reviewed(case.id, reviewing.accepted(case))
        if key == "d":
            return reviewing.Reviewed(case.id, None)
        if key == "e":
            try:
                question = line_of("Question (empty: as it is): ")
                facts = line_of("Facts, a; b | or b so (empty: as they are): ") if case.answerable else ""
                read = reviewing.read_facts(facts) if facts.strip() else None
                return reviewing.Reviewed(case.id, reviewing.edited(case, question=question, facts=read))
            except UsageError as error:
                say(f"{error} The draft stays as it was.")


@contextmanager
def _model(bot: Bot, *, wanted: bool) -> Iterator[ChatModel | None]:
    """The chat model of the settings; None where it is not wanted, or there is none."""
    from notebot.errors import ModelError

    model = None
    if wanted:
        try:
            model = bot.parts().model()
        except ModelError as error:
            say(f"{error} Templates draft the questions.")
    yield model


def _point(now: Step) -> Point:
    return Point("drafting", now.done, now.total, now.current)


def add_commands(group: typer.Typer) -> None:
    """Put the commands of this file into the group of `eval`."""
    group.command("generate", epilog=MORE, short_help="Draft a question set from your notes.")(generate)
    group.command("review", epilog=MORE, short_help="Look at drafted questions one by one.")(review)
