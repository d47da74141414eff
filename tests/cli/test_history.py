"""notebot history: what the page has kept, shown, exported, deleted, and made into cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebot.evals.cases import load_cases
from notebot.history.store import Entry, Feedback, History
from samples import ANSWER


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[History]:
    history = History.open(tmp_path / "data")
    yield history
    history.close()


@pytest.fixture
def entry(kept: History) -> Entry:
    entry = kept.begin("What is \x1b[31mRAG?")
    kept.end(entry.id, "answered", answer=ANSWER)
    second = kept.begin("And then?", conversation=entry.conversation)
    kept.end(second.id, "failed", trouble="No model can answer.\nStart Ollama.")
    kept.judge(entry.id, Feedback("up"))
    kept.judge(second.id, Feedback("down", "missing", "it is there"))
    kept.begin("Of somebody else?", user="ada")
    return entry


def history(notebot, tmp_path: Path, *arguments: str, **options: str):  # type: ignore[no-untyped-def]
    return notebot("history", *arguments, "--data", str(tmp_path / "data"), **options)


def test_list_and_search_name_conversations(notebot, entry: Entry, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    listed = history(notebot, tmp_path, "list")
    assert listed.returncode == 0
    assert listed.stdout.startswith(f"{entry.conversation}  20")
    assert listed.stdout.endswith("  2  What is RAG?\n")
    assert history(notebot, tmp_path, "search", "retrieves", "then").stdout == listed.stdout
    nothing = history(notebot, tmp_path, "search", "volcano")
    assert (nothing.returncode, nothing.stdout) == (4, "")
    rows = json.loads(history(notebot, tmp_path, "list", "--json").stdout)["conversations"]
    assert [(row["id"], row["entries"]) for row in rows] == [(entry.conversation, 2)]
    assert "Of somebody else?" in history(notebot, tmp_path, "list", "--user", "ada").stdout


def test_show_and_export(notebot, entry: Entry, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    shown = history(notebot, tmp_path, "show", entry.conversation).stdout
    assert shown.startswith("> What is RAG?\n\nRAG retrieves text.")
    assert shown.endswith("> And then?\n\n(No model can answer. Start Ollama.)\n\n")
    markdown = history(notebot, tmp_path, "export", entry.conversation).stdout
    assert "## And then?" in markdown
    assert "\x1b" not in shown + markdown
    exported = json.loads(history(notebot, tmp_path, "export", entry.conversation, "--format", "json").stdout)
    assert [one["state"] for one in exported["entries"]] == ["answered", "failed"]
    assert exported["entries"][0]["answer"]["text"] == ANSWER.text
    assert exported["entries"][1]["feedback"]["reason"] == "missing"
    missing = history(notebot, tmp_path, "export", "nothing")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "Error: There is no such conversation. It may have been deleted.\n"
    assert history(notebot, tmp_path, "show", entry.conversation, "--user", "ada").returncode == 1


def test_delete_asks_first(notebot, kept: History, entry: Entry, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    unasked = history(notebot, tmp_path, "delete", entry.conversation)
    assert unasked.returncode == 2
    assert "Add --yes" in unasked.stderr
    arguments = ("history", "delete", entry.conversation, "--data", str(tmp_path / "data"))
    code, said = notebot.on_terminal(*arguments, typed="n\n")
    assert code == 130
    assert "Delete 2 questions, the first: What is RAG? [y/N]" in said
    assert len(kept.conversations()) == 1
    done = history(notebot, tmp_path, "delete", entry.conversation, "--yes")
    assert (done.returncode, done.stdout) == (0, "")
    assert kept.conversations() == []
    assert len(kept.conversations(user="ada")) == 1


def test_feedback_is_shown_and_made_into_cases(notebot, entry: Entry, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    shown = history(notebot, tmp_path, "feedback").stdout
    assert shown == "up   What is RAG?\ndown And then?  (missing: it is there)\n"
    rows = json.loads(history(notebot, tmp_path, "feedback", "--json").stdout)["feedback"]
    assert [row["verdict"] for row in rows] == ["up", "down"]
    path = tmp_path / "feedback.yaml"
    written = history(notebot, tmp_path, "feedback", "--as-cases", str(path))
    assert (written.returncode, written.stdout) == (0, "")
    assert path.stat().st_mode & 0o777 == 0o600
    (up,) = load_cases(path, figures=()).cases
    assert up.question == "What is \x1b[31mRAG?"
    assert "  ## In their words: it is there\n" in path.read_text()
    again = history(notebot, tmp_path, "feedback", "--as-cases", str(path))
    assert again.returncode == 2
    assert "Move it away" in again.stderr


def test_looking_makes_no_file(notebot, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    listed = history(notebot, tmp_path, "list")
    assert (listed.returncode, listed.stdout) == (0, "")
    assert "The web page keeps them; `ask` and `chat` do not." in listed.stderr
    assert history(notebot, tmp_path, "search", "x").returncode == 4
    assert history(notebot, tmp_path, "delete", "x", "--yes").returncode == 1
    assert not (tmp_path / "data").exists()


def test_ask_keeps_nothing(notebot, entry: Entry, kept: History, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    before = kept.conversations()
    notebot("ask", "What is RAG?", "--data", str(tmp_path / "data"))
    assert kept.conversations() == before
