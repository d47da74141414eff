"""Opening the history: made once, never by two at once, refused when it is newer, put aside when it is damaged."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from notebot.errors import Locked, NotebotError
from notebot.history.schema import FORMAT_VERSION, Damaged, connect, translated
from notebot.history.store import History
from samples import ANSWER


def filled(data: Path, count: int = 40) -> bytes:
    """A history with some conversations; the bytes of its file."""
    history = History.open(data)
    for number in range(count):
        history.end(history.begin(f"Question {number}?").id, "answered", answer=ANSWER)
    history.close()
    return (data / "history.db").read_bytes()


def test_a_newer_format_is_refused_and_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "history.db")) as newer:
        newer.execute(f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    before = (tmp_path / "history.db").read_bytes()
    with pytest.raises(NotebotError, match=rf"made by a newer notebot \(format {FORMAT_VERSION + 1}.*Update notebot"):
        History.open(tmp_path)
    assert (tmp_path / "history.db").read_bytes() == before


def damages(content: bytes) -> dict[str, bytes]:
    rng = random.Random(7)  # noqa: S311 - damage, not secrets
    cases = {
        "empty of all but its name": b"not a database at all, " * 50,
        "zeroed": bytes(len(content)),
        "header": bytes(100) + content[100:],
    }
    for part in (1, 2, 3, 5, 7):
        cases[f"truncated to {part}/8"] = content[: len(content) * part // 8 // 512 * 512 + 17]
    for number in range(12):
        at = rng.randrange(1, len(content) // 4096) * 4096
        cases[f"page {number} overwritten"] = content[:at] + rng.randbytes(4096) + content[at + 4096 :]
    return cases


def test_a_damaged_file_is_put_aside_and_the_notes_are_not_touched(tmp_path: Path) -> None:
    content = filled(tmp_path / "made")
    notes = tmp_path / "notes.md"
    notes.write_text("# Notes")
    for name, damaged in damages(content).items():
        data = tmp_path / name.replace("/", " of ")
        data.mkdir()
        (data / "history.db").write_bytes(damaged)
        (data / "catalog.db").write_bytes(b"the index")
        history = History.open(data)
        history.begin("Does it go on?")
        assert len(history.conversations()) == 1, name
        history.close()
        aside = [file for file in data.iterdir() if file.name.startswith("history.damaged-20") and file.suffix == ".db"]
        assert [file.read_bytes() for file in aside] == [damaged], name
        assert str(aside[0]) in history.notice
        assert "notes and the index are untouched" in history.notice
        assert (data / "catalog.db").read_bytes() == b"the index"
        again = History.open(data)
        assert again.notice == ""
        again.close()
    assert notes.read_text() == "# Notes"


def test_an_empty_file_is_simply_filled(tmp_path: Path) -> None:
    (tmp_path / "history.db").touch()
    connection, notice = connect(tmp_path)
    assert notice == ""
    connection.close()


def test_a_database_of_another_program_is_put_aside(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "history.db")) as other:
        other.execute("CREATE TABLE visits (url)")
    connection, notice = connect(tmp_path)
    connection.close()
    assert "put aside" in notice


@pytest.mark.skipif(os.geteuid() != 0, reason="root reads everything; others meet permissions instead")
def test_what_stands_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "history.db").mkdir()
    with pytest.raises(NotebotError, match=r"cannot be opened .* Check the folder's permissions"):
        History.open(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(NotebotError, match=r"cannot be made .* Choose another with --data"):
        History.open(tmp_path / "file" / "data")


OPEN = "import sys, pathlib; from notebot.history.store import History; History.open(pathlib.Path(sys.argv[1])).begin('One?')"


def test_two_processes_may_make_it_at_once(tmp_path: Path) -> None:
    both = [subprocess.Popen([sys.executable, "-c", OPEN, str(tmp_path / "data")], stderr=subprocess.PIPE) for _ in range(2)]
    assert [(process.communicate()[1], process.returncode) for process in both] == [(b"", 0), (b"", 0)]
    history = History.open(tmp_path / "data")
    assert len(history.conversations()) == 2
    history.close()


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_BUSY, Locked, "Try again in a moment"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Locked, "Try again in a moment"),
        (sqlite3.SQLITE_FULL, NotebotError, "free space"),
        (sqlite3.SQLITE_IOERR_WRITE, NotebotError, "free space"),
        (sqlite3.SQLITE_READONLY, NotebotError, "free space"),
        (sqlite3.SQLITE_CANTOPEN, NotebotError, "cannot be opened"),
        (sqlite3.SQLITE_CORRUPT, Damaged, "puts the file aside"),
        (sqlite3.SQLITE_NOTADB, Damaged, "puts the file aside"),
    ],
)
def test_every_error_says_what_to_do(code: int, kind: type[NotebotError], words: str) -> None:
    error = sqlite3.OperationalError("reason")
    error.sqlite_errorcode = code
    told = translated(error, Path("history.db"))
    assert type(told) is kind
    assert words in str(told)
    assert "reason" in str(told)
