"""The program as a whole: its commands, the options that every command takes, and errors turned into exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup
from typer.main import get_command

from notebot import __version__
from notebot.cli import asking, evaluating, history, keeping, mcp, models, running, users
from notebot.cli.start import MORE
from notebot.errors import INTERRUPTED, NotebotError, UsageError

if TYPE_CHECKING:
    from typer._click import Context  # typer has no public name for the type of a group's context

HELP = """\
Ask your own notes. Every sentence of an answer is checked against them and shows where it stands.

\b
Examples:
  notebot ingest                          read ./knowledge into the index
  notebot ask "What is RAG?"              an answer, with its places in the notes
  notebot search "vector database"        the passages alone, no model needed
  notebot web                             the chat page, on http://127.0.0.1:7860
  notebot --knowledge ~/notes ingest      other notes (their index is kept apart)
  echo "What is RAG?" | notebot ask - --json
"""
EPILOG = """\
\b
Exit codes:
  0    done, or answered            1    an error
  2    wrong usage or settings      4    nothing found in the notes
  5    no model reachable           6    another process is writing the index
  130  interrupted

Settings come from these options, then NOTEBOT_* variables, then ./notebot.toml, then your own notebot.toml: see `notebot config`.
"""
TAKE_A_VALUE = frozenset({"--knowledge", "--data", "--model", "--embedder", "--ollama-host"})
COMMON = TAKE_A_VALUE | {"--debug"}


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The arguments with the options of every command moved to the front, so that they work before and after a command's name.

    Nothing behind `--` is touched.
    """
    common: list[str] = []
    others: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            others += [argument, *rest]
        elif argument.partition("=")[0] not in COMMON:
            others.append(argument)
        elif argument not in TAKE_A_VALUE:
            common.append(argument)
        elif (value := next(rest, None)) is not None:
            common += [argument, value]
        else:
            return [*common, argument]  # typer says that its value is missing
    return common + others


class Commands(TyperGroup):
    """The group of all commands; accepts the common options anywhere."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, hoisted(args))


app = typer.Typer(
    cls=Commands,
    help=HELP,
    epilog=EPILOG,
    rich_markup_mode=None,  # plain help: it starts faster, pipes well, and is what docs/cli.md holds
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for _name, _command, _about in (
    ("ingest", keeping.ingest, "Make the index equal to the notes."),
    ("search", asking.search, "Find passages, without a model."),
    ("ask", asking.ask, "Answer one question from the notes."),
    ("chat", asking.chat, "Ask in a conversation."),
    ("web", running.web, "Serve the chat page."),
    ("mcp", mcp.mcp, "Let AI clients use the notes."),
    ("status", keeping.status, "Show what the index holds."),
    ("doctor", running.doctor, "Check everything that notebot needs."),
    ("config", running.config, "Show every setting and where it was read."),
):
    app.command(_name, epilog=MORE, short_help=_about)(_command)
app.add_typer(evaluating.eval_app, name="eval", epilog=MORE, short_help="Measure the answers on a set of questions.")
app.add_typer(models.models_app, name="models", epilog=MORE, short_help="List the models, or pull one.")
app.add_typer(history.history_app, name="history", short_help="Show, export and delete kept conversations.")
app.add_typer(users.users_app, name="users", epilog=MORE, short_help="Say who may sign in to the web page.")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"notebot {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def notebot(  # noqa: PLR0913, PLR0917  one parameter an option is how typer reads them
    ctx: typer.Context,
    knowledge: Annotated[
        list[Path] | None, typer.Option(metavar="FOLDER", help="Notes to use; may be given several times.")
    ] = None,
    data: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the index lives.")] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="auto, packaged, an Ollama name, or a GGUF file.")] = None,
    embedder: Annotated[str | None, typer.Option(metavar="NAME", help="The model that embeds the notes.")] = None,
    ollama_host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="The Ollama server.")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the whole trace of an error.")] = False,  # `run` reads it
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    ctx.obj = {"knowledge": knowledge or None, "data": data, "model": model, "embedder": embedder, "ollama_host": ollama_host}
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code. Errors become one sentence on standard error, and with --json an object as well."""
    program = get_command(app)
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    try:
        if "_NOTEBOT_COMPLETE" in os.environ:
            program.main(prog_name="notebot")  # the shell asks for completions; leaves by SystemExit
        with program.make_context("notebot", list(arguments)) as context:
            code = program.invoke(context)
        sys.stdout.flush()
        return code or 0
    except typer.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, typer.Abort) as stop:
        typer.echo(f"Stopped. {stop}".strip(), err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has what it wanted (`| head`). Python would complain again when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last border before the person
        return _complain(error, as_json="--json" in options, debug="--debug" in options)


def _complain(error: Exception, *, as_json: bool, debug: bool) -> int:
    if debug:
        import traceback

        typer.echo("".join(traceback.format_exception(error)).rstrip(), err=True)
    from notebot import render

    told = _told(error)
    typer.echo(f"Error: {render.clean(str(told))}", err=True)
    if as_json:
        typer.echo(render.dumps(render.error_json(told)))
    return told.exit_code if isinstance(told, NotebotError) else 1


def _told(error: Exception) -> Exception:
    """The error as a person should read it."""
    if isinstance(error, NotebotError):
        return error
    if isinstance(error, typer.TyperException):
        said = error.format_message().rstrip()
        return UsageError(f"{said}{'' if said.endswith(('.', '?')) else '.'} See: notebot --help")
    if isinstance(error, OSError) and error.strerror:
        return OSError(f"{error.strerror}: {error.filename}" if error.filename else error.strerror)
    return RuntimeError(
        f"Something went wrong inside notebot ({type(error).__name__}: {error}). Run it again with --debug to see where."
    )
