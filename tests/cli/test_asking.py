"""search, ask and chat: what they print where, and with which exit code."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from conftest import Program

    Inside = Callable[..., subprocess.CompletedProcess[str]]


def test_search_shows_passages(ingested: Program) -> None:
    done = ingested("search", "data mining", "--limit", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("1. notes.md:1-2 > Data mining  0.")
    assert "previously unknown, interesting patterns" in done.stdout


def test_search_json_from_standard_input(ingested: Program, inside: Inside) -> None:
    done = inside(ingested, "search", "-", "--json", typed=b"data mining\n")
    found = json.loads(done.stdout)
    assert (done.returncode, found["schema"], found["question"]) == (0, 1, "data mining\n")
    assert found["passages"][0]["lines"] == [1, 2]
    assert found["passages"][0]["heading"] == ["Data mining"]


@pytest.mark.parametrize(
    ("question", "status"), [("Who won the football world cup in 1998?", "not_in_notes"), ("What is GraphRAG?", "stub")]
)
def test_silence_is_exit_code_4(question: str, status: str, ingested: Program, inside: Inside) -> None:
    done = inside(ingested, "ask", "--json", question)
    answer = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (4, "")
    assert (answer["schema"], answer["status"], answer["question"]) == (1, status, question)


def test_the_answer_goes_to_standard_output_and_the_rest_to_standard_error(ingested: Program, inside: Inside) -> None:
    done = ingested("ask", "-", typed=b"What is GraphRAG?\x1b[2J\xff")
    assert done.returncode == 4
    assert "“GraphRAG” (notes.md:4) with nothing under it" in done.stdout
    assert "[1] notes.md:4 > GraphRAG" in done.stdout
    assert done.stderr.startswith("(no model was needed, stub, ")
    assert inside(ingested, "ask", "--quiet", "What is GraphRAG?").stderr == ""


def test_the_packaged_model_answers_from_the_notes(ingested: Program) -> None:
    done = ingested("ask", "--json", "--model", "packaged", "What is data mining?", NOTEBOT_ANSWER_TOKENS="24")
    answer = json.loads(done.stdout)
    assert answer["status"] in {"answered", "partial", "quoted", "not_in_notes"}
    assert done.returncode == (4 if answer["status"] == "not_in_notes" else 0)
    assert answer["model"] == "smollm2-135m (packaged)"
    lines = (ingested.folder / "knowledge" / "notes.md").read_text().splitlines()
    cited = [citation for sentence in answer["sentences"] for citation in sentence["citations"]]
    for citation in cited:
        first, last = citation["lines"]
        assert citation["quote"] in "\n".join(lines[first - 1 : last])


def test_filters_are_options_or_stand_in_the_question(ingested: Program, inside: Inside) -> None:
    both = inside(ingested, "search", "--json", "--path", "notes", "--after", "2001", "data mining -kubernetes")
    found = json.loads(both.stdout)
    assert found["filters"] == {"paths": ["notes"], "after": "2001-01-01", "without": ["kubernetes"]}
    assert found["passages"][0]["heading"] == ["Data mining"]
    none = inside(ingested, "search", "data mining", "--before", "2001", "--notes-only")
    assert (none.returncode, none.stdout) == (4, "")
    assert none.stderr == "Nothing found in what passes before:2001-01-01 notes-only.\n"


def test_filters_alone_list_what_passes(ingested: Program, inside: Inside) -> None:
    for arguments in (["path:notes.md"], ["--path", "notes.md"]):
        done = inside(ingested, "search", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("1. notes.md:1-2 > Data mining  note\n")


def test_an_answer_says_which_filters_were_on(ingested: Program, inside: Inside) -> None:
    answer = json.loads(inside(ingested, "ask", "--json", "--tag", "work", "What is data mining?").stdout)
    assert (answer["status"], answer["filters"]) == ("not_in_notes", {"tags": ["work"]})
    assert answer["notice"] == "Only what passes tag:work was searched."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "tag:work"], "There is no question beside tag:work. Ask one, or list what passes: notebot search 'tag:work'"),
        (["search", "x", "--after", "soon"], "after:2024, after:2024-03, after:2024-03-01"),
        (["search", "site:intranet x"], "site:example.org"),
        (["search"], "The question is empty"),
    ],
)
def test_filters_that_cannot_be_used_say_what_could(arguments: list[str], words: str, ingested: Program, inside: Inside) -> None:
    done = inside(ingested, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_question_needs_no_quotation_marks(ingested: Program, inside: Inside) -> None:
    done = inside(ingested, "search", "data", "mining", "--json")
    assert json.loads(done.stdout)["question"] == "data mining"


def test_a_model_that_is_not_there_is_code_5_and_keeps_its_reason(ingested: Program, inside: Inside) -> None:
    done = inside(ingested, "ask", "What is data mining?", "--model", "qwen3:4b")
    assert (done.returncode, done.stdout) == (5, "")
    assert "Ollama does not answer at http://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_before_the_first_ingest_one_sentence_says_what_to_do(notebot: Program, inside: Inside) -> None:
    for command in ("ask", "search"):
        done = inside(notebot, command, "What is data mining?")
        assert (done.returncode, done.stdout) == (1, "")
        assert "notebot ingest" in done.stderr
        assert done.stderr.count("\n") == 1


def test_chat_takes_a_line_at_a_time_and_ends_with_the_input(ingested: Program, inside: Inside) -> None:
    done = inside(ingested, "chat", typed=b"What is GraphRAG?\n\nWho won the world cup in 1998?\n")
    assert done.returncode == 0
    assert done.stdout.index("nothing under it yet") < done.stdout.index("not in your notes")
    assert inside(ingested, "chat", typed=b"/quit\nWhat is GraphRAG?\n").stdout == ""


def test_a_script_s_chat_stops_at_an_error(ingested: Program, inside: Inside) -> None:
    assert inside(ingested, "chat", typed=b"?\nWhat is GraphRAG?\n").returncode == 2


def test_a_person_s_chat_goes_on_after_an_error(ingested: Program) -> None:
    code, shown = ingested.on_terminal("chat", "--model", "packaged", typed="?\nWhat is GraphRAG?\n/quit\n")
    assert code == 0
    assert shown.index("The question is empty") < shown.index("nothing under it yet")


def test_an_interrupt_is_code_130_and_one_line(ingested: Program) -> None:
    child = ingested.start("ask", "-")
    time.sleep(1)  # it waits for its question by then
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert (child.returncode, out, err) == (130, "", "Stopped.\n")
