"""What scripts rely on: exact keys, and JSON that no terminal is steered by."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from notebot import render
from notebot.doctor import Check
from notebot.errors import IndexMissing, ModelMissing, SettingsError, UsageError
from notebot.states import IndexState, Problem, SourceState, Summary
from notebot.types import Filters, Usage
from samples import ANSWER, FIRST, PASSAGE, STORE_PASSAGE, STORE_PLACE, URL, place

NOTE_CITATION = {
    "passage": "id1",
    "source": "notes.md",
    "heading": ["ML", "RAG"],
    "lines": [7, 7],
    "unit": "line",
    "quote": "words",
    "url": None,
    "linked_from": [],
}
NOTE_PASSAGE = {
    "id": "id1",
    "source": "notes.md",
    "title": "Notes",
    "heading": ["ML", "RAG"],
    "lines": [12, 13],
    "unit": "line",
    "text": "## RAG\nretrieves",
    "score": 0.9877,
    "similarity": 0.5,
    "stub": False,
    "page": None,
}
LEADS = [{"source": "notes.md", "line": 59}, {"source": "work/mlops.md", "line": 3}]


def test_answer_json_is_what_scripts_rely_on() -> None:
    answer = replace(ANSWER, sentences=(replace(FIRST, citations=(place(7),)),), notice="cut short")
    answer = replace(answer, usage=Usage(1180, 240, 1420, 4096))
    assert render.answer_json(replace(answer, usage=None))["usage"] is None
    assert json.loads(render.dumps(render.answer_json(answer))) == {
        "schema": 1,
        "question": "What is RAG?",
        "asked": "What is RAG?",
        "filters": {},
        "status": "answered",
        "text": "RAG retrieves text. It then writes.",
        "model": "fake/model",
        "sentences": [
            {"text": "RAG retrieves text.", "supported": True, "score": 0.9, "reason": "", "citations": [NOTE_CITATION]}
        ],
        "passages": [NOTE_PASSAGE],
        "timings": {"searching": 0.1235},
        "usage": {"read": 1180, "written": 240, "used": 1420, "window": 4096, "estimated": False, "host": ""},
        "notice": "cut short",
        "beyond": None,
    }


def test_a_page_says_how_it_was_come_by() -> None:
    answer = replace(ANSWER, sentences=(replace(FIRST, citations=(STORE_PLACE,)),), passages=(STORE_PASSAGE,))
    told = json.loads(render.dumps(render.answer_json(answer)))
    (citation,) = told["sentences"][0]["citations"]
    assert (citation["url"], citation["unit"], citation["linked_from"]) == (STORE_PLACE.url, "", LEADS)
    (passage,) = told["passages"]
    assert passage["page"] == {
        "url": URL, "fetched_at": "2026-11-24T10:00:00+00:00", "stale": False, "linked_from": LEADS, "meant": True
    }  # fmt: skip


def test_json_of_search_ingest_and_doctor() -> None:
    found = render.passages_json("q", [PASSAGE], filters=Filters(tags=("a",), before=date(2024, 3, 1)))
    filters = {"tags": ("a",), "before": "2024-03-01"}
    assert found == {"schema": 1, "question": "q", "asked": "q", "filters": filters, "passages": [NOTE_PASSAGE]}
    summary = Summary(1, 2, 3, 4, 5, 60, 7, 8, 1.23456, (Problem("a.md", "binary"),))
    assert render.summary_json(summary) == {
        "schema": 1, "added": 1, "changed": 2, "removed": 3, "unchanged": 4, "failed": 5, "chunks": 60, "embedded": 7,
        "fetched": 8, "seconds": 1.235, "problems": ({"source": "a.md", "reason": "binary"},),
    }  # fmt: skip
    checks = render.checks_json([Check("port", "warn", "taken", "use another")])
    assert checks == {"schema": 1, "checks": [{"name": "port", "state": "warn", "detail": "taken", "fix": "use another"}]}


def test_json_of_status_counts_notes_and_pages_apart() -> None:
    rows = (
        SourceState("a.md", "note", "indexed", "", "2026-01-01T00:00:00+00:00", 3, 1, 2),
        SourceState("b.md", "note", "failed", "binary", "", 0, 0, 0),
        SourceState("https://a.example", "page", "stale", "answered 404", "2026-01-01T00:00:00+00:00", 4, 0, 0),
        SourceState("https://b.example", "page", "failed", "no answer", "", 0, 0, 0),
        SourceState("https://c.example", "page", "failed", "no answer", "", 0, 0, 0),
    )
    state = json.loads(
        render.dumps(render.state_json(IndexState(rows, 7, 2, ("A > B",), 2, "minilm", 4, "2026-01-01T00:00:00Z")))
    )
    sources = state.pop("sources")
    assert state == {
        "schema": 1, "indexed": 1, "failed": 1, "notes": {"indexed": 1, "failed": 1}, "pages": {"stale": 1, "failed": 2},
        "chunks": 7, "unembedded": 2, "stubs": ["A > B"], "links": 2, "embedder": "minilm", "generation": 4,
        "ingested_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    assert sources[1] == {
        "source": "b.md", "kind": "note", "state": "failed", "reason": "binary", "when": "", "chunks": 0, "stubs": 0, "links": 0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (IndexMissing("m"), "index_missing"),
        (ModelMissing("m"), "model_missing"),
        (SettingsError("m"), "settings"),
        (UsageError("m"), "usage"),
        (KeyError("m"), "internal"),
    ],
)
def test_error_json_names_the_kind(error: Exception, kind: str) -> None:
    assert render.error_json(error) == {"schema": 1, "error": {"kind": kind, "message": str(error)}}


def test_json_survives_any_terminal_and_loses_nothing() -> None:
    text = "ü \x9b31m \x1b[2J \ud800 \u202e"
    shown = render.dumps({"text": text})
    assert shown.isascii()
    assert "\x1b" not in shown
    assert json.loads(shown)["text"] == text


def test_what_the_model_added_says_of_itself_that_it_is_not_from_the_notes() -> None:
    said = render.answer_json(replace(ANSWER, beyond="It is old."))
    assert said["beyond"] == {"text": "It is old.", "from_notes": False, "checked": False}
    assert "old" not in json.dumps([said["text"], said["sentences"]])
