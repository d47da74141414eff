"""The house rules that a machine can check: sizes, a test for every module, and documentation that matches the program."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "notebot"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 50
MOST_PARAMETERS = 5

# Modules without a test file of their own, and what tests them instead.
TESTED_ELSEWHERE = {
    "types.py": "nothing in it but values; every test uses them",
    "events.py": "nothing in it but values; every test of a conversation uses them",
    "states.py": "nothing in it but values; tests of ingest and render use them",
    "ingest/formats/html_text.py": "the second half of formats/html.py: tests/ingest/formats/test_html.py",
    "fetch/failures.py": "exceptions only; every test of fetch meets them",
    "web/page/parts.py": "two lines that every view is made of: tests/web/page/test_page.py",
    "errors.py": "exit codes are tested where they come out: tests/cli/test_app.py",
    "__main__.py": "tests/cli/test_app.py starts it",
    "models/ports.py": "protocols only; tests/models runs every implementation through the same tests",
}
# Functions with more than five parameters, and why.
MANY_PARAMETERS = {
    "cli/eval_drafts.py:generate": "one parameter an option is how typer reads them",
    "cli/app.py:notebot": "one parameter an option is how typer reads them",
    "cli/keeping.py:ingest": "one parameter an option is how typer reads them",
    "cli/asking.py:search": "one parameter an option is how typer reads them",
    "cli/asking.py:ask": "one parameter an option is how typer reads them",
    "cli/evaluating.py:run_set": "one parameter an option is how typer reads them",
    "cli/evaluating.py:ablate_set": "one parameter an option is how typer reads them",
    "cli/kept_runs.py:gate_run": "one parameter an option is how typer reads them",
}
# Modules whose functions take **kwargs, and why.
OPEN_KEYWORDS = {
    "evals/chat_llm.py": "the signatures are LlamaIndex's",
    "evals/declining.py": "the signatures are LlamaIndex's",
    "models/llamacpp.py": "the signatures are LlamaIndex's",
    "models/ollama_chat.py": "the signatures are LlamaIndex's",
}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_files_are_short_and_open_with_their_job(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a file opens with its one job"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_are_short_and_take_few_parameters(path: Path) -> None:
    for function in functions(path):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{function.name} has {length} lines"
        arguments = function.args
        assert arguments.kwarg is None or name(path) in OPEN_KEYWORDS, f"{function.name} takes **{arguments.kwarg.arg}"
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        count = sum(argument.arg not in {"self", "cls"} for argument in every)
        assert count <= MOST_PARAMETERS or f"{name(path)}:{function.name}" in MANY_PARAMETERS, f"{function.name} takes {count}"


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "__init__.py"], ids=name)
def test_every_module_has_its_tests(path: Path) -> None:
    mirror = ROOT / "tests" / path.relative_to(SOURCE).with_name(f"test_{path.name}")
    assert mirror.is_file() != (name(path) in TESTED_ELSEWHERE), f"{mirror.relative_to(ROOT)}, or a reason in TESTED_ELSEWHERE"


def test_no_exception_outlives_its_reason() -> None:
    assert all((SOURCE / known).is_file() for known in [*TESTED_ELSEWHERE, *OPEN_KEYWORDS])
    found = {f"{name(path)}:{function.name}" for path in MODULES for function in functions(path)}
    assert set(MANY_PARAMETERS) <= found


def test_the_command_line_page_is_the_program_s_own_help() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/write_cli_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_nothing_points_at_the_machine_it_was_written_on() -> None:
    written = [path for folder in ("src", "tests", "docs", "scripts") for path in (ROOT / folder).rglob("*") if path.is_file()]
    texts = [path for path in written if path.suffix in {".py", ".md", ".css", ".js", ".yaml", ".toml"}]
    foreign = "/".join(["", "work", ""])  # put together, so that this file does not hold it
    assert not [path for path in texts if foreign in path.read_text(encoding="utf-8", errors="replace")]
