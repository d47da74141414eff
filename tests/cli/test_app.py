"""The program as a whole: options anywhere, exit codes, one sentence for each error, and a quick start."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebot import errors
from notebot.cli.app import EPILOG, hoisted, run
from notebot.telemetry import SWITCHES

if TYPE_CHECKING:
    from conftest import Program


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process in an empty folder, with an empty home."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return tmp_path


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        (["ask", "q", "--model", "m"], ["--model", "m", "ask", "q"]),
        (["ask", "--model=m", "q", "--json"], ["--model=m", "ask", "q", "--json"]),
        (
            ["--data", "d", "ingest", "--knowledge", "a", "--knowledge", "b"],
            ["--data", "d", "--knowledge", "a", "--knowledge", "b", "ingest"],
        ),
        (["ask", "--", "--model", "m"], ["ask", "--", "--model", "m"]),
        (["ask", "q", "--model"], ["--model"]),
        (["ask", "q", "--debug"], ["--debug", "ask", "q"]),
        ([], []),
    ],
)
def test_common_options_stand_anywhere(given: list[str], understood: list[str]) -> None:
    assert hoisted(given) == understood


def test_common_options_work_before_and_after_the_command(notebot: Program) -> None:
    for order in (["--model", "m", "config", "--json"], ["config", "--json", "--model", "m"]):
        shown = json.loads(notebot(*order).stdout)
        assert shown["settings"]["model"] == {"value": "m", "origin": "argument"}


def test_help_has_examples_first_and_every_exit_code(notebot: Program) -> None:
    done = notebot("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.index("Examples:") < done.stdout.index("Options:") < done.stdout.index("Commands:")
    codes = {int(code) for code in re.findall(r"\b(\d+) {2,}\w", EPILOG)}
    named = {value.exit_code for value in vars(errors).values() if isinstance(value, type) and hasattr(value, "exit_code")}
    assert codes == named | {0, errors.NOTHING_FOUND, errors.INTERRUPTED}


@pytest.mark.parametrize("command", ["ingest", "search", "ask", "chat", "web", "eval", "status", "doctor", "models", "config"])
def test_every_command_has_help_with_examples_first(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "-h"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("Examples:") < shown.index("Options:")
    assert f"\n    notebot {command}" in shown


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert capsys.readouterr().out.startswith("Usage: notebot")


def test_version(notebot: Program) -> None:
    done = notebot("--version")
    assert (done.returncode, done.stdout) == (0, "notebot 0.1.0\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serach", "x"], "Error: No such command 'serach'. Did you mean 'search'? See: notebot --help"),
        (["ask"], "Error: Missing argument 'QUESTION'. See: notebot --help"),
        (
            ["search", "x", "--limit", "0"],
            "Error: Invalid value for '--limit': Input should be greater than or equal to 1. See: notebot --help",
        ),
        (["search", "x", "--limt", "3"], "No such option: --limt"),
        (["config", "--model"], "Option '--model' requires an argument"),
        (["config", "--model", ""], "Error: model is '', but it must be a text that is not empty."),
        (["ask", "  "], "Error: The question is empty."),
        (["ask", "?"], "Error: The question is empty."),
        (["ask", "x" * 100_000], "Error: The question has 100,000 characters"),
        (["web", "--port", "99999"], "Error: port is '99999', but it must be a whole number from 0 to 65535."),
    ],
)
def test_wrong_usage_is_one_sentence_and_code_2(
    arguments: list[str], said: str, alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert (shown.out, shown.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("port = = 1", "is not valid TOML: Invalid value (at line 1, column 8)"),
        ("modle = 'x'", "Unknown setting 'modle' in"),
        ("port = 'x'", "must be a whole number from 0 to 65535"),
    ],
)
def test_a_broken_settings_file_is_one_sentence(toml: str, said: str, alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (alone / "notebot.toml").write_text(toml)
    assert run(["status"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert str(alone / "notebot.toml") in shown.err


@pytest.mark.parametrize(("arguments", "code", "kind"), [(["status"], 1, "index_missing"), (["ask"], 2, "usage")])
def test_with_json_an_error_is_an_object_too(
    arguments: list[str], code: int, kind: str, alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, "--json"]) == code
    shown = capsys.readouterr()
    told = json.loads(shown.out)
    assert (told["schema"], told["error"]["kind"]) == (1, kind)
    assert shown.err == f"Error: {told['error']['message']}\n"


def test_a_question_named_json_is_a_question(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "--", "--json"]) == 1
    assert capsys.readouterr().out == ""


def test_debug_shows_where_an_error_comes_from(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status"]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert run(["status", "--debug"]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert shown.splitlines()[-1].startswith("Error: ")


def test_a_reader_that_leaves_is_no_error(notebot: Program) -> None:
    child = notebot.start("config", "--json")
    assert child.stdout
    assert child.stderr
    child.stdout.close()
    assert child.stderr.read() == ""
    assert child.wait(timeout=20) == 0
    child.communicate()


def test_what_is_not_text_in_an_argument_is_no_accident(notebot: Program) -> None:
    done = notebot("config", "--model", "x\udcff\x1b[2J")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert notebot("status", "x\udcff\x1b[2J").stderr.count("\x1b") == 0


HEAVY = {"gradio", "llama_index", "chromadb", "onnxruntime", "pydantic", "numpy", "httpx", "yaml"}


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--help"], set()),
        (["--version"], set()),
        (["ask", "--help"], {"pydantic"}),  # typer itself
        (["config"], {"pydantic"}),
        (["search", "data mining"], HEAVY - {"gradio", "llama_index"}),
    ],
)
def test_nothing_heavy_is_imported_without_need(arguments: list[str], allowed: set[str], ingested: Program) -> None:
    script = ingested.folder / "imports.py"
    script.write_text(
        "import sys\nfrom notebot.cli import main\ntry:\n    main()\nfinally:\n    print(*sys.modules, file=sys.stderr)\n"
    )
    done = ingested.script(script, *arguments)
    assert done.returncode == 0, done.stderr
    imported = set(done.stderr.split()) & HEAVY
    assert imported <= allowed


def test_nothing_is_sent_home(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from notebot.cli import main

    for name in SWITCHES:
        monkeypatch.setenv(name, "whatever somebody had set")
    monkeypatch.setattr(sys, "argv", ["notebot", "--version"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    import os

    assert {name: os.environ[name] for name in SWITCHES} == SWITCHES
    assert capsys.readouterr().out.startswith("notebot ")


def test_the_documented_exit_codes_are_in_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
    for line in EPILOG.splitlines()[2:6]:
        assert line.strip() in page
