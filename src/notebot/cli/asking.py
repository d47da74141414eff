"""The commands that ask: search, ask, chat."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from notebot import render
from notebot.cli.live import colophon, listen, show_answer
from notebot.cli.narrowing import After, Before, NotesOnly, Paths, Sites, Tags, narrowing
from notebot.cli.screen import file_links, is_terminal, say, show_json, show_linked
from notebot.cli.start import Json, bot_of
from notebot.errors import NOTHING_FOUND, NotebotError
from notebot.retrieve.filters import narrowed, written
from notebot.types import Status, Turn

SILENT = frozenset({Status.NOT_IN_NOTES, Status.STUB})
Open = Annotated[
    bool | None,
    typer.Option("--open/--no-open", help="Let the model add its own knowledge, in a part marked as not from your notes."),
]
READ_AT_MOST = 1_000_000  # bytes of a question on standard input; far above what a question may have


def search(  # noqa: PLR0913, PLR0917  one parameter an option is how typer reads them
    ctx: typer.Context,
    question: Annotated[
        list[str] | None, typer.Argument(metavar="[QUESTION]", help="What to look for; - reads it from standard input.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="At most so many passages.")] = 10,
    path: Paths = None,
    tag: Tags = None,
    after: After = None,
    before: Before = None,
    site: Sites = None,
    notes_only: NotesOnly = False,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot search "vector database"
      notebot search "vector database" --limit 3 --json
      notebot search 'backups tag:work after:2024-03 -draft "off site"'
      notebot search --path journal/ --after 2024

    Find passages, best first, without asking a model.

    Filters can stand in the question or be given as options. With filters alone, notes and pages that pass are
    listed, the newest first.

    Exit code 4 when nothing is found.
    """
    keys = {"path": path, "tag": tag, "after": after, "before": before, "site": site}
    text = _question(question or [])
    plain, filters = narrowed(text, narrowing(keys, notes_only=notes_only))
    with bot_of(ctx) as bot:
        asked = bot.rewritten(plain) if plain else ""
        passages = bot.search(asked, limit, filters=filters)
        if as_json:
            show_json(render.passages_json(text, passages, asked=asked, filters=filters))
        elif passages:
            if asked != plain:
                say(f"Searched for: {render.one_line(asked)}")
            places = {render.chunk_text(found.chunk): found.chunk.source for found in passages}
            show_linked(render.passages_text(passages), file_links(places, bot.settings.knowledge))
        else:
            say(f"Nothing found in what passes {written(filters)}." if filters else "Nothing found in your notes.")
    return 0 if passages else NOTHING_FOUND


def ask(  # noqa: PLR0913, PLR0917  one parameter an option is how typer reads them
    ctx: typer.Context,
    question: Annotated[list[str], typer.Argument(metavar="QUESTION", help="The question; - reads it from standard input.")],
    no_stream: Annotated[bool, typer.Option("--no-stream", help="Show the answer when it is whole, not as it grows.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on standard error but errors.")] = False,
    own: Open = None,
    path: Paths = None,
    tag: Tags = None,
    after: After = None,
    before: Before = None,
    site: Sites = None,
    notes_only: NotesOnly = False,
    as_json: Json = False,
) -> int:
    """
    \b
    Examples:
      notebot ask "What is RAG?"
      cat question.txt | notebot ask - --quiet
      notebot ask "What is RAG?" --json | jq .status
      notebot ask "What did we decide about backups? tag:work after:2024"

    Answer one question from the notes.

    The answer goes to standard output, everything else to standard error. Exit code 4 when the notes do not say.
    """
    keys = {"path": path, "tag": tag, "after": after, "before": before, "site": site}
    filters = narrowing(keys, notes_only=notes_only)
    text = _question(question)
    with bot_of(ctx, {"open": own}) as bot:
        stream = not (no_stream or quiet or as_json) and is_terminal(sys.stdout)
        answer = listen(bot.ask(text, filters=filters), stream=stream, quiet=quiet or as_json)
        if as_json:
            show_json(render.answer_json(answer))
        else:
            show_answer(answer, bot.settings.knowledge)
        if not (quiet or as_json):
            say(f"({colophon(answer)})")
    return NOTHING_FOUND if answer.status in SILENT else 0


def chat(ctx: typer.Context, own: Open = None) -> int:
    """
    \b
    Examples:
      notebot chat
      notebot chat --model qwen3:4b

    Ask in a conversation: each question may build on those before.

    Ctrl-C stops an answer, a second one leaves. So do /quit and Ctrl-D.
    """
    history: list[Turn] = []
    with bot_of(ctx, {"open": own}) as bot:
        if sys.stdin.isatty():
            folders = ", ".join(map(str, bot.settings.knowledge))
            say(f"{bot.model_name()} answers from {folders}. /quit leaves, Ctrl-C stops an answer.")
        while (question := _prompt()) is not None:
            if not question:
                continue
            try:
                answer = listen(bot.ask(question, history), stream=is_terminal(sys.stdout), quiet=False)
            except KeyboardInterrupt:
                say("\nStopped. Ctrl-C again leaves.")
                continue
            except NotebotError as error:
                if not sys.stdin.isatty():
                    raise  # a script wants the exit code, a person the next try
                say(str(error))
                continue
            show_answer(answer, bot.settings.knowledge)
            say(f"({colophon(answer)})\n")
            history += [Turn("user", question), Turn("assistant", answer.text)]
    return 0


def _prompt() -> str | None:
    """The next question, None at the end. On a terminal with line editing and the arrow keys."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        return line.strip() if line and line.strip() != "/quit" else None
    import readline  # noqa: F401  input() uses it once it is imported

    try:
        line = input("> ").strip()
    except EOFError:
        return None
    return None if line in {"/quit", "/exit", "/q"} else line


def _question(words: list[str]) -> str:
    """The question as given, in quotation marks or without; standard input for `-`."""
    if words != ["-"]:
        return " ".join(words)
    if sys.stdin.isatty():
        say("Type your question, then Ctrl-D.")
    return sys.stdin.buffer.read(READ_AT_MOST).decode("utf-8", "replace")
