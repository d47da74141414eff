"""A bundle for a report of a fault: what is in it, and above all what is not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Program

Call = Callable[..., subprocess.CompletedProcess[str]]
NOTE, QUESTION, VARIABLE, QUERY, SECRET, NAMED = (
    f"CANARY{word}" for word in ("note", "ask", "env", "query", "password", "named")
)
CANARIES = (NOTE, QUESTION, VARIABLE, QUERY, SECRET)  # what is in no bundle, redacted or not


@pytest.fixture
def troubled(notebot: Program, inside: Call) -> Program:
    """Canaries in a note, its name, a link, a question, a variable and an address with a password; one note is no text."""
    made = notebot
    notes = made.folder / "knowledge"
    (notes / f"{NAMED}.md").write_text(f"# Mining\nA {NOTE} of data.\nhttps://{NAMED.lower()}.invalid/page?q={QUERY}\n")
    (notes / "broken.md").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    made.variables["CANARY_TOKEN"] = VARIABLE
    assert inside(made, "ingest", "--offline").returncode in (0, 3)
    inside(made, "ask", f"What is {QUESTION}?")
    made.variables["NOTEBOT_MODEL"] = f"http://me:{SECRET}@models.invalid/small?key={QUERY}"  # nonsense, and pasted all the same
    return made


@pytest.mark.parametrize("redact", [False, True])
def test_no_word_of_notes_questions_secrets_and_queries_is_in_it(troubled: Program, inside: Call, redact: bool) -> None:
    path = troubled.folder / "report.json"
    done = inside(troubled, "doctor", "--bundle", str(path), *(["--redact"] if redact else []))
    text = path.read_text(encoding="utf-8")
    assert [canary for canary in CANARIES if canary.lower() in text.lower()] == []
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Read it before you send it" in done.stderr
    named = [str(troubled.folder), NAMED.lower(), "broken.md", "/knowledge"]
    found = [name for name in named if name.lower() in text.lower()]
    assert (found == []) if redact else (str(troubled.folder) in found)


def test_it_holds_what_helps(troubled: Program, inside: Call) -> None:
    path = troubled.folder / "report.json"
    inside(troubled, "doctor", "--bundle", str(path), "--redact")
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["packages"]["chromadb"]
    assert report["packages"]["llama-index-core"]
    assert report["settings"]["context_tokens"] == {"value": 4096, "origin": "default"}
    assert report["settings"]["embedder"] == {"value": "minilm", "origin": "default"}
    assert report["settings"]["model"] == {"value": "(hidden)", "origin": "variable"}
    assert report["settings"]["knowledge"]["value"] == ["(hidden)"]
    assert {"name": "chroma", "state": "ok"} in report["checks"]
    assert sum(report["index"]["notes"].values()) == 3
    assert report["index"]["passages"] >= 2


def test_without_an_index_it_says_so(notebot: Program, inside: Call) -> None:
    path = notebot.folder / "report.json"
    inside(notebot, "doctor", "--bundle", str(path))
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["index"] == {"unusable": "IndexMissing"}
    assert {"name", "state", "detail", "fix"} == set(report["checks"][0])


def test_redact_alone_and_a_file_that_cannot_be_written_are_errors(notebot: Program, inside: Call) -> None:
    alone = inside(notebot, "doctor", "--redact")
    assert (alone.returncode, "--bundle FILE" in alone.stderr) == (2, True)
    nowhere = inside(notebot, "doctor", "--bundle", str(notebot.folder / "no" / "such.json"))
    assert nowhere.returncode == 2
    assert "cannot be written" in nowhere.stderr
