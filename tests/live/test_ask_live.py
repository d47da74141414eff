"""The program against a real Ollama server, all the way: notes in, an answer by Ollama out, and its death on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from notebot.bot import Bot
from notebot.events import Done, Draft
from notebot.settings import Settings

pytestmark = pytest.mark.live

QUESTION = "What framework is Databricks built on?"


def notebot(*arguments: str, host: str, notes: Path, data: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "NOTEBOT_KNOWLEDGE": str(notes),
        "NOTEBOT_DATA": str(data),
        "NOTEBOT_OLLAMA_HOST": host,
        "NOTEBOT_LINKS": "false",
    }
    command = [sys.executable, "-m", "notebot", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_ask_uses_ollama_without_being_told(ollama, notes: Path, tmp_path: Path) -> None:
    place = {"host": ollama.address, "notes": notes, "data": tmp_path / "data"}
    assert notebot("ingest", **place).returncode == 0
    done = notebot("ask", QUESTION, "--json", **place)
    assert done.returncode in {0, 4}, done.stderr
    answer = json.loads(done.stdout)
    assert answer["model"] == "ollama/smollm2:135m"
    assert answer["status"] in {"answered", "partial", "quoted", "not_in_notes"}
    for sentence in answer["sentences"]:
        assert bool(sentence["citations"]) is sentence["supported"]
        for citation in sentence["citations"]:
            lines = (notes / citation["source"]).read_text(encoding="utf-8").split("\n")
            assert citation["quote"] in "\n".join(lines[citation["lines"][0] - 1 : citation["lines"][1]])


def test_a_model_that_is_not_there_is_named_with_what_to_do(ollama, notes: Path, tmp_path: Path) -> None:
    place = {"host": ollama.address, "notes": notes, "data": tmp_path / "data"}
    notebot("ingest", **place)
    done = notebot("ask", QUESTION, "--model", "nope:7b", **place)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.strip().splitlines()[-1] == "Error: Model 'nope:7b' is not installed. Run: ollama pull nope:7b"


def test_a_server_that_dies_in_the_middle_leaves_what_was_written_and_says_so(mortal_ollama, notes: Path, tmp_path: Path) -> None:
    settings = Settings(
        knowledge=(notes,), data=tmp_path / "data", model="smollm2:135m", ollama_host=mortal_ollama.address, links=False
    )
    with Bot(settings) as bot:
        bot.ingest()
        killed = False
        events = []
        for event in bot.ask(QUESTION):
            events.append(event)
            if isinstance(event, Draft) and event.text and not killed:
                mortal_ollama.kill()
                killed = True
    assert killed
    assert isinstance(events[-1], Done)
    assert "smollm2:135m" in events[-1].answer.notice
