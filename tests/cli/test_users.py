"""The command users: passwords from standard input or a terminal, tokens shown once, never anything in the arguments."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from notebot.web.gate.users import Users

if TYPE_CHECKING:
    from conftest import Program

PASSWORD = "correct horse battery"  # noqa: S105  it opens nothing


def test_add_list_and_remove(notebot: Program) -> None:
    data = ("--data", "d")
    added = notebot("users", "add", "ada", *data, typed=f"{PASSWORD}\n")
    assert (added.returncode, added.stdout) == (0, "")
    assert Users(notebot.folder / "d").knows("ada", PASSWORD)
    token = notebot("users", "add", "editor", "--token", *data)
    secret = token.stdout.strip()
    assert secret.startswith("nb_")
    assert secret not in token.stderr
    owner = Users(notebot.folder / "d").owner(secret)
    assert owner is not None
    assert owner.name == "editor"
    rows = json.loads(notebot("users", "list", "--json", *data).stdout)["users"]
    assert [(row["name"], row["password"], row["token"]) for row in rows] == [("ada", True, False), ("editor", False, True)]
    assert rows[1]["token_until"]
    shown = notebot("users", "list", *data).stdout
    assert "ada" in shown
    assert "token until 20" in shown
    assert secret not in shown
    assert notebot("users", "remove", "ada", *data).returncode == 0
    assert [row["name"] for row in json.loads(notebot("users", "list", "--json", *data).stdout)["users"]] == ["editor"]
    renewed = notebot("users", "token", "editor", "--days", "0", *data).stdout.strip()
    assert Users(notebot.folder / "d").owner(secret) is None
    assert Users(notebot.folder / "d").owner(renewed)


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (("add", "ada"), "short\n", "from 10 to 1,024"),
        (("add", "ada"), "", "No password was given"),
        (("add", "Ada!"), f"{PASSWORD}\n", "small letters"),
        (("remove", "ada"), "", "There is no user 'ada'"),
        (("token", "ada"), "", "There is no user 'ada'"),
        (("add", "ada", "--password", PASSWORD), "", "No such option"),
    ],
)
def test_what_is_refused_changes_nothing(notebot: Program, arguments: tuple[str, ...], typed: str, said: str) -> None:
    done = notebot("users", *arguments, "--data", "d", typed=typed)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (notebot.folder / "d" / "users.json").exists()


def on_terminal(notebot: Program, name: str, *answers: str) -> tuple[int, str]:
    """Add a user on a terminal; each answer is typed when it is asked for, since what is typed before is thrown away."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "notebot", "users", "add", name, "--data", "d"]
    with subprocess.Popen(
        command, cwd=notebot.folder, env=notebot.variables, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as child:
        os.close(theirs)
        shown, waiting = b"", list(answers)
        with contextlib.suppress(OSError):  # Linux reports the end of a terminal as an error
            while piece := os.read(ours, 65_536):
                shown += piece
                if waiting and shown.endswith(b": "):
                    os.write(ours, f"{waiting.pop(0)}\n".encode())
        os.close(ours)
    return child.returncode, shown.decode()


def test_on_a_terminal_a_password_is_asked_for_twice_and_not_shown(notebot: Program) -> None:
    code, screen = on_terminal(notebot, "ada", PASSWORD, PASSWORD)
    assert code == 0, screen
    assert "Password: " in screen
    assert "Once more: " in screen
    assert PASSWORD not in screen
    code, screen = on_terminal(notebot, "bob", PASSWORD, f"{PASSWORD}x")
    assert code == 2
    assert "differ" in screen
    assert Users(notebot.folder / "d").names() == ["ada"]


def test_web_says_how_to_open_it_to_others(notebot: Program) -> None:
    done = notebot("web", "--host", "0.0.0.0", "--port", "0", "--data", "d")
    assert done.returncode == 2
    assert "notebot users add NAME" in done.stderr
    assert "ssh -L" in done.stderr
