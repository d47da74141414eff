"""Public sets become collections that `notebot eval run` takes; one that is not there is skipped and is no failure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from notebot.evals.cases import load_cases
from notebot.evals.figures import FIGURES

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "eval" / "public.py"
PARAGRAPH = {"id": "squad2-dev/Normans/000", "title": "Normans", "text": "The Normans came from the north. They settled in 911."}
ASKED = [
    {"id": "5A1", "question": "When did they settle?", "answers": ["911", "911", "-"], "answerable": True},
    {"id": "5A2", "question": "Who was their king?", "answers": [], "answerable": False},
]


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command, home = [sys.executable, str(SCRIPT), *map(str, arguments)], {"HOME": str(folder)}
    return subprocess.run(command, cwd=folder, env={**os.environ, **home}, capture_output=True, text=True, check=False)


def test_paragraphs_become_notes_and_questions_cases(tmp_path: Path) -> None:
    bench = tmp_path / "bench"
    (bench / "squad2").mkdir(parents=True)
    (bench / "squad2/corpus.jsonl").write_text(json.dumps(PARAGRAPH) + "\n")
    rows = [row | {"paragraph_id": PARAGRAPH["id"], "title": "Normans"} for row in ASKED]
    (bench / "squad2/questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("squad2", bench, "--into", tmp_path / "made", "--", "--retrieval-only", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "hit@1                 1.000" in done.stdout
    answerable, silent = load_cases(tmp_path / "made/squad2.jsonl", figures=FIGURES).cases
    assert (answerable.facts, answerable.answerable) == ((("911",),), True)
    assert answerable.gold[0].source == "squad2-dev_Normans_000.md"
    assert (silent.answerable, silent.gold) == (False, ())
    assert len(list((tmp_path / "made/data/evals").glob("squad2-*/cases.jsonl"))) == 1


def test_two_questions_become_one(tmp_path: Path) -> None:
    bench = tmp_path / "bench"
    (bench / "squad2").mkdir(parents=True)
    (bench / "squad2/corpus.jsonl").write_text(json.dumps(PARAGRAPH) + "\n")
    asked = ("Where did the Normans come from?", "When did the Normans settle?", "When did they settle?")
    rows = [
        {"id": str(n), "question": question, "answers": ["911"], "answerable": True, "paragraph_id": PARAGRAPH["id"]}
        for n, question in enumerate(asked)
    ]
    (bench / "squad2/questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("pairs", bench, "--into", tmp_path / "made", "--", "--retrieval-only", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    (case,) = load_cases(tmp_path / "made/pairs.jsonl", figures=FIGURES).cases
    assert sorted(case.question.lower().rstrip("?").split(", and ")) == [text.lower().rstrip("?") for text in sorted(asked[:2])]
    assert (len(case.facts), len(case.gold)) == (2, 2)


def test_titles_find_their_notes(tmp_path: Path) -> None:
    notes = tmp_path / "bench/notes/til/git"
    notes.mkdir(parents=True)
    (notes / "undo.md").write_text("# Undo the last commit\n\nUse reset.\n")
    (notes / "blame.md").write_text("# Who wrote this line\n\nUse blame.\n")
    done = run("til", tmp_path / "bench", "--into", tmp_path / "made", "--", "--retrieval-only", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 questions" in done.stdout
    assert "hit@1                 1.000" in done.stdout


def test_a_set_that_is_not_there_is_skipped(tmp_path: Path) -> None:
    done = run("squad2", tmp_path / "nowhere", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Skipped: ")
