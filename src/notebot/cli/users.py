"""The command users: who may sign in to the web page where others can reach it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from notebot import render
from notebot.cli.screen import say, show, show_json
from notebot.cli.start import MORE, Json, settings_of
from notebot.errors import UsageError

if TYPE_CHECKING:
    from notebot.web.gate.users import Users

users_app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
Name = Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and . _ @ -")]
Days = Annotated[int, typer.Option(metavar="N", min=0, max=3650, help="Days after which the token ends; 0 for never.")]
YEAR = 365


@users_app.callback()
def users() -> None:
    """
    \b
    Examples:
      notebot users add ada               asks for a password, twice
      notebot users add editor --token    a user that is a program: prints its token, once
      notebot users token ada --days 30   a new token in place of the one before
      notebot users remove ada            ends their sessions and answers within seconds

    Say who may sign in to the web page. It asks for it where other machines can reach it.
    """


@users_app.command(epilog=MORE, short_help="Add a user, or set another password.")
def add(
    ctx: typer.Context,
    name: Name,
    token: Annotated[bool, typer.Option("--token", help="No password: print a token, once.")] = False,
    days: Days = YEAR,
) -> int:
    """
    \b
    Examples:
      notebot users add ada
      printf '%s\\n' "$PASSWORD" | notebot users add ada
      notebot users add editor --token > editor.token

    Add a user, or give one who is there another password, which ends their sessions.

    The password is asked for twice on a terminal, else read from the first line of standard input.
    """
    known = _users(ctx)
    if token:
        known.add(name)
        show(known.new_token(name, days=days))
        say("This is shown once. Send it as: Authorization: Bearer TOKEN")
    else:
        known.add(name, _password())
        say(f"{name} may sign in.")
    return 0


@users_app.command("list", epilog=MORE, short_help="List the users.")
def list_users(ctx: typer.Context, as_json: Json = False) -> int:
    """
    \b
    Examples:
      notebot users list
      notebot users list --json | jq '.users[].name'

    List the users, and how each may sign in.
    """
    known = _users(ctx)
    rows = []
    for name in known.names():
        if user := known.user(name):
            until = datetime.fromtimestamp(user.expires, UTC).isoformat(timespec="seconds") if user.expires else ""
            rows.append({"name": name, "password": bool(user.password), "token": bool(user.token), "token_until": until})
    if as_json:
        show_json({"schema": render.SCHEMA, "users": rows})
        return 0
    for row in rows:
        token = f"token until {row['token_until'] or 'it is replaced'}" if row["token"] else ""
        show(f"{row['name']:<24}{', '.join(filter(None, ['password' if row['password'] else '', token])) or 'cannot sign in'}")
    if not rows:
        say("There are no users. Add one: notebot users add NAME")
    return 0


@users_app.command(epilog=MORE, short_help="Make a new token for a user.")
def token(ctx: typer.Context, name: Name, days: Days = YEAR) -> int:
    """
    \b
    Examples:
      notebot users token ada
      notebot users token ada --days 0 > ada.token

    Make a new token for a user and print it, once. The one before no longer counts.
    """
    show(_users(ctx).new_token(name, days=days))
    say("This is shown once. Send it as: Authorization: Bearer TOKEN")
    return 0


@users_app.command(epilog=MORE, short_help="Remove a user.")
def remove(ctx: typer.Context, name: Name) -> int:
    """
    \b
    Examples:
      notebot users remove ada

    Remove a user. A running server cuts them off within seconds. Their conversations stay.
    """
    _users(ctx).remove(name)
    say(f"{name} may no longer sign in.")
    return 0


def _users(ctx: typer.Context) -> Users:
    from notebot.web.gate.users import Users

    return Users(settings_of(ctx).settings.data)


def _password() -> str:
    """From a terminal twice and unseen; else one line of standard input. Never from the command line, which others can read."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n") or _none()
    first = getpass("Password: ") or _none()
    if getpass("Once more: ") != first:
        raise UsageError("The two passwords differ. Nothing was changed; run the command again.")
    return first


def _none() -> str:
    raise UsageError("No password was given. Nothing was changed; run the command again.")
