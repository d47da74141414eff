"""Output: plain where nobody looks, clickable on a terminal, and never in each other's way."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebot.cli import screen

if TYPE_CHECKING:
    from conftest import Program


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_results_and_messages_go_different_ways(capsys: pytest.CaptureFixture[str]) -> None:
    screen.show("result")
    screen.show_json({"a": "ü"})
    screen.say("message")
    shown = capsys.readouterr()
    assert shown.out == 'result\n{\n  "a": "\\u00fc"\n}\n'
    assert shown.err == "message\n"


def test_a_dumb_terminal_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert screen.is_terminal(Terminal())
    assert not screen.is_terminal(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not screen.is_terminal(Terminal())


def test_links_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    screen.show_linked("see notes.md:3 and [red]this[/red]", {"notes.md:3": "file:///n"})
    assert capsys.readouterr().out == "see notes.md:3 and [red]this[/red]\n"
    shown = Terminal()
    monkeypatch.setattr("sys.stdout", shown)
    monkeypatch.setenv("TERM", "xterm-256color")
    screen.show_linked("see notes.md:3 and [red]this[/red]", {"notes.md:3": "file:///n"})
    text = shown.getvalue()
    assert ";file:///n\x1b\\notes.md:3\x1b]8;;\x1b\\" in text
    assert "[red]this[/red]" in text


def test_every_occurrence_is_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr("sys.stdout", shown)
    monkeypatch.setenv("TERM", "xterm-256color")
    screen.show_linked("a.md:1 a.md:1", {"a.md:1": "file:///n"})
    assert shown.getvalue().count("file:///n") == 2


def test_links_lead_to_files_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "a b#.md").touch()
    folders = (tmp_path / "one", tmp_path / "two")
    assert screen.file_links({"a b#.md:1": "a b#.md", "gone.md:2": "gone.md"}, folders) == {
        "a b#.md:1": f"file://{tmp_path}/two/a%20b%23.md"
    }


@pytest.mark.parametrize(
    ("variables", "clickable", "coloured"),
    [({}, True, True), ({"NO_COLOR": "1"}, True, False), ({"TERM": "dumb"}, False, False)],
)
def test_the_program_on_a_terminal(variables: dict[str, str], clickable: bool, coloured: bool, ingested: Program) -> None:
    code, shown = ingested.on_terminal("search", "data mining", "--limit", "1", **variables)
    assert code == 0
    assert ("\x1b]8;" in shown) == clickable
    assert "notes.md:1" in shown
    assert "\x1b[3" not in shown or coloured
