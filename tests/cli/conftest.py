"""The real program in processes of its own: an empty home, no Ollama, and, where a test asks for it, a terminal."""

from __future__ import annotations

import contextlib
import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebot.cli.app import run

NOTES = """\
# Data mining
Data mining is the analysis of massive quantities of data to extract previously unknown, interesting patterns.

# GraphRAG

# CI/CD: GitHub Actions
"""


@dataclass(frozen=True)
class Program:
    """`notebot` in a folder with notes."""

    folder: Path
    variables: dict[str, str]

    def __call__(self, *arguments: str, typed: str | bytes = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run it with `typed` on standard input; never on a terminal."""
        given = typed.encode() if isinstance(typed, str) else typed
        return self._run(["-m", "notebot", *arguments], given, variables)

    def script(self, script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Python file in its place."""
        return self._run([str(script), *arguments], b"", {})

    def _run(self, python: list[str], given: bytes, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *python],
            cwd=self.folder, env={**self.variables, **variables}, input=given, capture_output=True, timeout=110, check=False,
        )  # fmt: skip
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it and go on, with all three streams open."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [sys.executable, "-m", "notebot", *arguments],
            cwd=self.folder, env=self.variables, stdin=pipe, stdout=pipe, stderr=pipe, text=True,
        )  # fmt: skip

    def on_terminal(self, *arguments: str, typed: str = "", **variables: str) -> tuple[int, str]:
        """Run it on a terminal of its own: the exit code, and everything that was shown there."""
        ours, theirs = pty.openpty()
        environment = {**self.variables, "TERM": "xterm-256color", "COLUMNS": "100", **variables}
        child = subprocess.Popen(
            [sys.executable, "-m", "notebot", *arguments],
            cwd=self.folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b""
        with contextlib.suppress(OSError):  # Linux reports the end of a terminal as an error
            while piece := os.read(ours, 65_536):
                shown += piece
        os.close(ours)
        return child.wait(timeout=110), shown.decode()


def program(folder: Path) -> Program:
    home = folder / "home"
    home.mkdir()
    (folder / "knowledge").mkdir()
    (folder / "knowledge" / "notes.md").write_text(NOTES)
    kept = {key: value for key, value in os.environ.items() if key in {"PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR"}}
    return Program(folder, {**kept, "HOME": str(home), "OLLAMA_HOST": "http://127.0.0.1:9", "PYTHONUTF8": "1"})


@pytest.fixture
def notebot(tmp_path: Path) -> Program:
    """With notes and without an index: for tests that change things."""
    return program(tmp_path)


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """With notes and their index: for tests that only read."""
    made = program(tmp_path_factory.mktemp("ingested"))
    done = made("ingest")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def inside(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command line of a Program in this process: the same results, without the second that a process takes to load."""

    def call(program: Program, *arguments: str, typed: bytes = b"") -> subprocess.CompletedProcess[str]:
        for name in [name for name in os.environ if name.startswith(("NOTEBOT_", "XDG_"))]:
            monkeypatch.delenv(name)
        for name, value in program.variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(program.folder)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed), errors="replace"))
        code = run(arguments)
        return subprocess.CompletedProcess(arguments, code, *capsys.readouterr())

    return call
