"""The commands around people's judgement of a run, and a judge's: eval label, eval calibrate, eval judge."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notebot.cli.dialog import kept, key_of
from notebot.cli.kept_runs import RunName, open_run
from notebot.cli.progress import Point, follow
from notebot.cli.screen import is_terminal, show, show_json
from notebot.cli.start import MORE, Json, settings_of
from notebot.errors import UsageError

if TYPE_CHECKING:
    from notebot.evals.labels import Claim, Label, Word
    from notebot.evals.second_voice import Step, Verdict

KEYS = "[s]upported, [p]artly, [n]ot, s[k]ip, [q]uit: "
WORDS: dict[str, Word] = {"s": "supported", "p": "partly", "n": "not", "k": "skip"}
LONGEST_PASSAGE = 1_500  # characters of a passage that are shown


def label(ctx: typer.Context, name: RunName = "last") -> int:
    """
    \b
    Examples:
      notebot eval label last

    Say of each claim that the model wrote in a run whether the notes support it, reading what it cites. The answers are kept
    beside the run, each before the next claim; the same command goes on. Claims come in an order by chance, so that a part of
    them is a fair sample.
    """
    from notebot.evals import labels

    run = open_run(ctx, name)
    path = run.folder / labels.LABELS
    claims = labels.claims_of(run.outcomes)
    known = labels.read_labels(path) if path.exists() else []
    todo = labels.unlabelled(claims, known)
    if not todo:
        show(f"All {len(claims)} claims are labelled." if claims else "No model wrote anything in this run: there is no claim.")
        return 0
    if not is_terminal(sys.stdout) or not sys.stdin.isatty():
        raise UsageError(f"{len(todo)} claims wait, and there is no terminal to ask on.")
    given = _labelled(path, todo)
    show(f"{given} labelled now, {len(todo) - given} left. What they say: notebot eval calibrate {path}")
    return 0


def calibrate(
    ctx: typer.Context,
    where: Annotated[str, typer.Argument(metavar="LABELS", help="A file of labels, or the run beside which they are.")] = "last",
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot eval calibrate last
      notebot eval calibrate run/labels.jsonl --json

    Hold people's labels against the check, the word judge, and a model that judged the same run: how well each sorts, agrees
    and finds, and from which score on to believe.
    """
    from notebot.evals import labels, opinions, second_voice
    from notebot.evals.calibrate import calibrate as calibrated

    path = Path(where) if Path(where).is_file() else open_run(ctx, where).folder / labels.LABELS
    given = labels.read_labels(path)
    verdicts = second_voice.read_verdicts(path.with_name(second_voice.VOICE))
    found = calibrated(given, _voices(given, verdicts))
    if as_json:
        show_json(opinions.calibration_json(found))
    else:
        show(opinions.calibration_text(found))
    return 0


def judge(
    ctx: typer.Context,
    name: RunName = "last",
    model: Annotated[
        str, typer.Option("--judge", metavar="MODEL", help="Who judges: another model than the one that answered.")
    ] = "",
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot eval judge last
      notebot eval judge last --judge ollama/qwen3:4b

    Let a language model judge the claims and answers of a run, as a second voice. Without --judge, the first chat model of the
    Ollama server that is not the one that answered. What was judged is kept beside the run.
    """
    from notebot.evals import labels, opinions, second_voice
    from notebot.models.registry import list_models, open_chat

    run, settings = open_run(ctx, name), settings_of(ctx).settings
    answered = run.manifest.asker.model
    if not model:
        listed = list_models(model=settings.model, embedder=settings.embedder, ollama_host=settings.ollama_host)
        rows = [row.name for row in listed.rows if row.kind == "chat" and row.installed and row.where.startswith("ollama")]
        model = second_voice.other_model(rows, answered)
    path, claims = run.folder / second_voice.VOICE, labels.claims_of(run.outcomes)
    known = second_voice.read_verdicts(path)
    chat = open_chat(model, ollama_host=settings.ollama_host, context_tokens=settings.context_tokens)
    try:
        voice = second_voice.SecondVoice(chat)
        keep = partial(second_voice.add_verdict, path)
        found = follow(second_voice.judging(voice, claims, run.outcomes, known, keep=keep), _point)
    finally:
        chat.close()
    figures = opinions.voice_figures(claims, found, run.outcomes)
    if as_json:
        from dataclasses import asdict

        show_json({"schema": 1, "judge": voice.name, "itself": voice.name == answered, "figures": [*map(asdict, figures)]})
    else:
        show(opinions.voice_text(figures, voice.name, itself=voice.name == answered))
    return 0


def _labelled(path: Path, todo: Sequence[Claim]) -> int:
    """Ask about each claim; how many were labelled."""
    from notebot.evals import labels

    given = 0
    with kept("What you said is kept. The same command goes on."):
        for number, claim in enumerate(todo, 1):
            _show_claim(claim, f"{number} of {len(todo)}")
            key = key_of(KEYS, (*WORDS, "q"))
            if key == "q":
                break
            labels.add_label(path, labels.label_of(claim, WORDS[key]))
            given += 1
    return given


def _show_claim(claim: Claim, where: str) -> None:
    """The claim and its evidence, without what any judge says of it: that would lean on the person."""
    from notebot.render import clean, one_line

    show(f"\n--- {where}\nAsked:  {one_line(claim.question)}\nClaim:  {one_line(claim.text)}")
    for place, text in claim.evidence:
        show(f"\n{one_line(place)}\n{clean(text[:LONGEST_PASSAGE])}")


def _voices(given: Sequence[Label], verdicts: Sequence[Verdict]) -> list[tuple[str, list[bool | None]]]:
    said = {(one.judge, one.about): one.faithful for one in verdicts if one.about in {label.claim for label in given}}
    return [(name, [said.get((name, one.claim)) for one in given]) for name in dict.fromkeys(name for name, _ in said)]


def _point(now: Step) -> Point:
    return Point("judging", now.done, now.total, now.current)


def add_commands(group: typer.Typer) -> None:
    """Put the commands of this file into the group of `eval`."""
    for name, command, about in (
        ("label", label, "Say which claims of a run the notes support."),
        ("calibrate", calibrate, "Hold people's labels against the check and the judges."),
        ("judge", judge, "Let another model judge a run."),
    ):
        group.command(name, epilog=MORE, short_help=about)(command)
