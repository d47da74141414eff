"""The commands around what was asked on the page: history list, show, search, export, delete, feedback."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from notebot import render
from notebot.cli.screen import is_terminal, say, show, show_json
from notebot.cli.start import MORE, Json, settings_of
from notebot.errors import NOTHING_FOUND, NotThere, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebot.history.store import Conversation, Entry, History

history_app = typer.Typer(rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="As `notebot history list` shows it.")]
User = Annotated[str, typer.Option(metavar="NAME", help="Whose; without it, of the server that asks for no name.")]


class Format(StrEnum):
    """How a conversation is written down."""

    MD = "md"
    JSON = "json"


@history_app.callback()
def history() -> None:
    """
    \b
    Examples:
      notebot history list
      notebot history search feature store
      notebot history export ID --format md > conversation.md
      notebot history feedback --as-cases feedback.yaml

    Show, export and delete the conversations that the web page has kept.

    They are kept in history.db beside the index, on this machine only. `notebot ask` and `notebot chat` keep nothing.
    """


@history_app.command("list", epilog=MORE, short_help="List the conversations.")
def list_(ctx: typer.Context, user: User = "", as_json: Json = False) -> int:
    """
    \b
    Examples:
      notebot history list
      notebot history list --json | jq -r '.conversations[].id'

    List the conversations, the latest first: id, when it was last changed, questions, title.
    """
    with _opened(ctx) as kept:
        _show_conversations(kept.conversations(user=user) if kept else [], as_json=as_json)
    return 0


@history_app.command(epilog=MORE, short_help="Find conversations by their words.")
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="All of them must be in it, in any order.")],
    user: User = "",
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot history search feature store

    List the conversations whose title, questions or answers have all these words. Exit code 4 when there are none.
    """
    with _opened(ctx) as kept:
        found = kept.conversations(" ".join(words), user=user) if kept else []
    _show_conversations(found, as_json=as_json)
    return 0 if found else NOTHING_FOUND


@history_app.command("show", epilog=MORE, short_help="Show one conversation.")
def show_(ctx: typer.Context, conversation: Id, user: User = "") -> int:
    """
    \b
    Examples:
      notebot history show ID

    Show the questions and answers of a conversation, with their places.
    """
    with _opened(ctx) as kept:
        entries = _of(kept).entries(conversation, user=user)
    for entry in entries:
        show(f"> {render.one_line(entry.question)}\n")
        if entry.answer:
            show(render.answer_text(entry.answer) + "\n")
        if entry.state != "answered" and (why := entry.trouble or _IN_WORDS.get(entry.state, "")):
            show(f"({render.one_line(why)})\n")
    return 0


@history_app.command(epilog=MORE, short_help="Write one conversation as Markdown or JSON.")
def export(
    ctx: typer.Context,
    conversation: Id,
    form: Annotated[Format, typer.Option("--format", help="Markdown for people, JSON for programs.")] = Format.MD,
    user: User = "",
) -> int:
    """
    \b
    Examples:
      notebot history export ID > conversation.md
      notebot history export ID --format json | jq '.entries[].answer.status'

    Write a conversation, with its places, on standard output.
    """
    from notebot.history.export import exported
    from notebot.render.conversations import conversation_json, conversation_markdown

    with _opened(ctx) as kept:
        title, said = exported(_of(kept), conversation, user=user)
    if form == Format.JSON:
        show_json(conversation_json(title, said))
    else:
        show(conversation_markdown(title, said).rstrip())
    return 0


@history_app.command(epilog=MORE, short_help="Delete one conversation for good.")
def delete(
    ctx: typer.Context,
    conversation: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    user: User = "",
) -> int:
    """
    \b
    Examples:
      notebot history delete ID
      notebot history delete ID --yes

    Delete a conversation: its bytes are overwritten, and it cannot be had back.
    """
    with _opened(ctx) as kept:
        questions = [render.one_line(entry.question) for entry in _of(kept).entries(conversation, user=user)]
        what = f"{len(questions)} question{'' if len(questions) == 1 else 's'}, the first: {questions[0] if questions else ''}"
        if not yes:
            if not is_terminal(sys.stdin):
                raise UsageError("Nobody can be asked here whether it is meant. Add --yes.")
            typer.confirm(f"Delete {what}", abort=True, err=True)
        _of(kept).delete(conversation, user=user)
    say(f"Deleted: {what}")
    return 0


@history_app.command(epilog=MORE, short_help="Show what people thought of answers, or make eval cases of it.")
def feedback(
    ctx: typer.Context,
    as_cases: Annotated[
        Path | None, typer.Option("--as-cases", metavar="FILE", help="Write a question set for `notebot eval`.")
    ] = None,
    user: User = "",
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot history feedback
      notebot history feedback --as-cases feedback.yaml && notebot eval feedback.yaml

    Show the answers that got a thumb up or down, or write them as a question set.

    A thumb up becomes a case with the places that were cited; a thumb down one that is tagged to-edit, for you to finish.
    """
    from notebot.evals.feedback import Judged, cases_text

    with _opened(ctx) as kept:
        judged = kept.judged(user=user) if kept else []
        entries = {entry.conversation: _of(kept).entries(entry.conversation, user=user) for entry in judged}
    if as_cases:
        before = [Judged(one, tuple(entries[one.conversation][: one.number - 1])) for one in judged]
        _write_new(as_cases, cases_text(before))
        say(f"{len(judged)} case{'' if len(judged) == 1 else 's'} written to {as_cases}.")
    elif as_json:
        rows = [{"question": one.question, **_thought(one), "conversation": one.conversation} for one in judged]
        show_json({"schema": render.SCHEMA, "feedback": rows})
    else:
        for one in judged:
            thought = _thought(one)
            why = render.one_line(": ".join(part for part in (thought["reason"], thought["note"]) if part))
            show(f"{thought['verdict']:<5}{render.one_line(one.question)}{f'  ({why})' if why else ''}")
    return 0


_IN_WORDS = {"stopped": "Stopped before it was done.", "open": "Still being answered."}


@contextmanager
def _opened(ctx: typer.Context) -> Iterator[History | None]:
    """The history of these settings; None if nothing was ever kept, since looking should not make a file."""
    from notebot.history.schema import FILE
    from notebot.history.store import History

    data = settings_of(ctx).settings.data
    if not (data / FILE).exists():
        say(f"No conversations are kept in {data} yet. The web page keeps them; `ask` and `chat` do not.")
        yield None
        return
    kept = History.open(data)
    try:
        if kept.notice:
            say(kept.notice)
        yield kept
    finally:
        kept.close()


def _of(kept: History | None) -> History:
    if kept is None:
        raise NotThere("There is no such conversation.")
    return kept


def _show_conversations(rows: Sequence[Conversation], *, as_json: bool) -> None:
    if as_json:
        show_json({"schema": render.SCHEMA, "conversations": [asdict(row) for row in rows]})
        return
    for row in rows:
        show(f"{row.id}  {row.changed_at[:16].replace('T', ' ')}  {row.entries:>3}  {render.one_line(row.title)}")


def _thought(entry: Entry) -> dict[str, str]:
    return asdict(entry.feedback) if entry.feedback else {"verdict": "", "reason": "", "note": "", "given_at": ""}


def _write_new(path: Path, text: str) -> None:
    """Only for its owner's eyes, and never over a file that is there: somebody may have worked on it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{path} exists. Move it away, or name another file.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
