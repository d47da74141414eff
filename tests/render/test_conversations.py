"""A conversation to keep: readable, whole, and with nothing in it that Markdown would carry out."""

from __future__ import annotations

import json
from dataclasses import replace

from notebot.render.conversations import Said, conversation_json, conversation_markdown
from notebot.render.objects import dumps
from samples import ANSWER

WHEN = "2026-11-28T10:07:42+00:00"


def test_markdown_has_questions_answers_and_places_in_order() -> None:
    text = conversation_markdown(
        "About RAG", [Said("What is RAG?", WHEN, "answered", ANSWER), Said("And?", WHEN, "answered", ANSWER)]
    )
    assert text.startswith("# About RAG\n\n## What is RAG?\n\n*Asked 2026-11-28 10:07 UTC*\n\nRAG retrieves text. [1] [2]")
    assert text.index("## What is RAG?") < text.index("notes.md:12-14") < text.index("## And?")


def test_what_has_no_answer_says_why() -> None:
    said = [Said("One?", WHEN, "failed", None, "No model\nRun: ollama serve"), Said("Two?", WHEN, "stopped", ANSWER)]
    text = conversation_markdown("T", said)
    assert "*No answer. No model Run: ollama serve*" in text
    assert text.endswith("*Stopped before it was done.*\n")


def test_words_are_not_carried_out() -> None:
    evil = "![x](https://canary.invalid/?q=1) <img src=x> [a](javascript:b)\n# Not a heading"
    text = conversation_markdown(evil, [Said(evil, WHEN, "failed", None, evil)])
    assert "![x]" not in text
    assert "<img" not in text.replace("\\<img", "")
    assert "\n# Not a heading" not in text


def test_json_has_the_answers_as_ask_has_them() -> None:
    said = Said("What is RAG?", WHEN, "answered", ANSWER, "", "down", "not true", "It is not.")
    kept = json.loads(dumps(conversation_json("T", [said, replace(said, answer=None, verdict="", trouble="why")])))
    assert kept["title"] == "T"
    assert kept["entries"][0]["answer"]["text"] == ANSWER.text
    assert kept["entries"][0]["feedback"] == {"verdict": "down", "reason": "not true", "note": "It is not."}
    assert (kept["entries"][1]["answer"], kept["entries"][1]["feedback"], kept["entries"][1]["trouble"]) == (None, None, "why")
