"""Rendering: exact JSON keys, footnotes by first use, nothing unsupported as fact, nothing that steers a terminal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape

import pytest
from markdown_it import MarkdownIt

from notebot import render
from notebot.doctor import Check
from notebot.errors import IndexMissing, ModelMissing, SettingsError, UsageError
from notebot.types import (
    Answer,
    Chunk,
    Citation,
    IndexState,
    Link,
    Passage,
    Problem,
    Sentence,
    SourceState,
    Status,
    Summary,
)


def place(line: int, quote: str = "words", *, source: str = "notes.md", last: int | None = None) -> Citation:
    return Citation("id1", source, ("ML", "RAG"), line, last or line, quote, 0, len(quote))


FIRST = Sentence("RAG retrieves text.", True, 0.9, (place(12, "retrieves", last=14), place(3)))
SECOND = Sentence("It then writes.", True, 0.81234, (place(3, "writes"), place(12, "retrieves", last=14)))
FALSE = Sentence("It is magic.", False, 0.1, (), "no passage says so")
PASSAGE = Passage(
    Chunk("id1", "notes.md", "Notes", ("ML", "RAG"), "## RAG\nretrieves", 12, 13, False, (Link("u", 12),)), 0.98765, 0.5
)
ANSWER = Answer(
    question="What is RAG?",
    status=Status.ANSWERED,
    text="RAG retrieves text. It then writes.",
    model="fake/model",
    sentences=(FIRST, SECOND),
    passages=(PASSAGE,),
    timings={"searching": 0.123456},
)


def test_answer_json_is_what_scripts_rely_on() -> None:
    page = replace(place(7), url="https://example.org/a", linked_from="notes.md:7")
    answer = replace(ANSWER, sentences=(replace(FIRST, citations=(page,)),), notice="cut short")
    assert json.loads(render.dumps(render.answer_json(answer))) == {
        "schema": 1,
        "question": "What is RAG?",
        "status": "answered",
        "text": "RAG retrieves text. It then writes.",
        "model": "fake/model",
        "sentences": [
            {
                "text": "RAG retrieves text.",
                "supported": True,
                "score": 0.9,
                "reason": "",
                "citations": [
                    {
                        "source": "notes.md",
                        "heading": ["ML", "RAG"],
                        "lines": [7, 7],
                        "quote": "words",
                        "url": "https://example.org/a",
                        "linked_from": "notes.md:7",
                    }
                ],
            }
        ],
        "passages": [
            {
                "id": "id1",
                "source": "notes.md",
                "heading": ["ML", "RAG"],
                "lines": [12, 13],
                "text": "## RAG\nretrieves",
                "score": 0.9877,
                "similarity": 0.5,
                "stub": False,
            }
        ],
        "timings": {"searching": 0.1235},
        "notice": "cut short",
    }


def test_json_of_the_other_commands() -> None:
    found = render.passages_json("q", [PASSAGE])
    assert (found["schema"], found["question"], len(found["passages"])) == (1, "q", 1)  # type: ignore[arg-type]  # it is a list
    summary = Summary(1, 2, 3, 4, 5, 60, 7, 0, 1.23456, (Problem("a.md", "binary"),))
    assert render.summary_json(summary) == {
        "schema": 1, "added": 1, "changed": 2, "removed": 3, "unchanged": 4, "failed": 5, "chunks": 60, "embedded": 7,
        "fetched": 0, "seconds": 1.235, "problems": ({"source": "a.md", "reason": "binary"},),
    }  # fmt: skip
    rows = (SourceState("a.md", "indexed", "", 3, 1, 2), SourceState("b.md", "failed", "binary", 0, 0, 0))
    state = render.state_json(IndexState(rows, 3, ("A > B",), 2, "minilm", 4, "2026-01-01T00:00:00+00:00"))
    assert (state["indexed"], state["failed"], state["stubs"]) == (1, 1, ["A > B"])
    assert state["sources"][1]["reason"] == "binary"  # type: ignore[index]  # it is a list
    checks = render.checks_json([Check("port", "warn", "taken", "use another")])
    assert checks == {"schema": 1, "checks": [{"name": "port", "state": "warn", "detail": "taken", "fix": "use another"}]}


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


def test_footnotes_are_numbered_by_first_use_and_shared() -> None:
    notes = render.footnotes((FIRST, SECOND))
    assert [(note.number, note.place.first_line, note.quotes) for note in notes] == [
        (1, 12, ("retrieves",)),
        (2, 3, ("words", "writes")),
    ]


def test_text_has_marks_in_place_and_sources_below() -> None:
    assert render.answer_text(ANSWER) == (
        "RAG retrieves text. [1] [2] It then writes. [1] [2]\n"
        "\n"
        "[1] notes.md:12-14 > ML > RAG\n    “retrieves”\n"
        "[2] notes.md:3 > ML > RAG\n    “words” … “writes”"
    )


def test_lines_of_the_text_stay_lines() -> None:
    answer = replace(ANSWER, text="- RAG retrieves text.\n- It then writes.")
    assert render.body_text(answer) == "- RAG retrieves text. [1] [2]\n- It then writes. [1] [2]"


def test_an_unsupported_sentence_in_the_text_is_marked_in_words() -> None:
    answer = replace(ANSWER, status=Status.PARTIAL, text="RAG retrieves text. It is magic.", sentences=(FIRST, FALSE))
    assert render.body_text(answer) == "RAG retrieves text. [1] [2] It is magic. (not in your notes)"
    assert "It is magic. (not in your notes)" in render.answer_markdown(answer)


def test_a_withheld_sentence_is_listed_apart_with_its_reason() -> None:
    answer = replace(ANSWER, status=Status.PARTIAL, text="RAG retrieves text.", sentences=(FIRST, FALSE))
    words, _, below = render.answer_text(answer).split("\n\n")
    assert words == "RAG retrieves text. [1] [2]"
    assert below == "Left out, because your notes do not carry it:\n- It is magic. (no passage says so)"


@pytest.mark.parametrize("status", [Status.QUOTED, Status.NOT_IN_NOTES, Status.STUB])
def test_words_that_failed_the_check_do_not_show_in_other_answers(status: Status) -> None:
    answer = replace(ANSWER, status=status, text="Your notes do not say.", sentences=(FALSE,))
    assert render.answer_text(answer) == "Your notes do not say."


def test_no_place_is_lost_when_the_text_was_reworded() -> None:
    answer = replace(ANSWER, text="Something else.")
    assert render.body_text(answer) == "Something else. [1] [2]"


def test_a_growing_answer_has_the_same_marks_as_the_whole() -> None:
    grown = [render.sentence_text(FIRST, []), render.sentence_text(SECOND, [FIRST])]
    assert " ".join(grown) == render.body_text(ANSWER)


def test_a_notice_is_part_of_what_is_read() -> None:
    assert render.answer_text(replace(ANSWER, notice="The model broke off.")).split("\n\n")[-1] == "Note: The model broke off."


def test_a_web_page_is_cited_with_the_note_that_led_there() -> None:
    page = replace(place(7), url="https://example.org/a", linked_from="notes.md:7")
    (note,) = render.footnotes((replace(FIRST, citations=(page,)),))
    assert render.footnote_line(note) == "[1] notes.md:7 > ML > RAG https://example.org/a (linked from notes.md:7)"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[31mred\x1b[0mb", "aredb"),
        ("a\x1b]8;;http://evil\x07click\x1b]8;;\x07b", "aclickb"),
        ("a\x1b]0;title\x1b\\b", "ab"),
        ("a\x9b31mb", "ab"),
        ("a\x9d0;title\x9cb", "ab"),
        ("a\x1bPdata\x1b\\b", "ab"),
        ("a\x1bcb", "ab"),
        ("a\x1b(0b", "ab"),
        ("a\x07\x08\x00\x7fb", "ab"),
        ("a\u202eb\u2066c", "abc"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\ud800", "?"),
        ("👩‍🔬 ü 漢", "👩‍🔬 ü 漢"),
        ("cut off \x1b[", "cut off "),
        ("\x1b", ""),
    ],
)
def test_nothing_steers_the_terminal(raw: str, shown: str) -> None:
    assert render.clean(raw) == shown
    assert render.clean(shown) == shown


def test_escapes_in_notes_are_gone_wherever_notes_are_shown() -> None:
    bad = "\x1b[2Jx"
    chunk = replace(PASSAGE.chunk, text=bad, heading=(bad,), source=bad)
    citation = replace(place(1, bad), source=bad, heading=(bad,), url=bad, linked_from=bad)
    answer = replace(ANSWER, text=bad, sentences=(Sentence(bad, True, 1.0, (citation,)),), notice=bad)
    state = IndexState((SourceState(bad, "failed", bad, 0, 0, 0),), 0, (), 0, bad, 1, "")
    shown = [
        render.answer_text(answer),
        render.answer_markdown(answer),
        render.passages_text([replace(PASSAGE, chunk=chunk)]),
        render.summary_text(Summary(0, 0, 0, 0, 1, 0, 0, 0, 0.0, (Problem(bad, bad),))),
        render.state_text(state),
        render.check_text(Check("x", "fail", bad, bad)),
    ]
    assert not [text for text in shown if "\x1b" in text]


def test_markdown_carries_out_nothing_of_what_it_quotes() -> None:
    evil = "![](http://evil/p.png) <img src=x> [a](javascript:b) `c`"
    answer = replace(ANSWER, text=evil, sentences=(Sentence(evil, True, 1.0, (place(1, evil),)),))
    html = MarkdownIt("js-default").render(render.answer_markdown(answer))
    assert not re.findall(r"<(?:img|a|code)", html)
    assert html.count(escape(evil)) == 2
    assert "[1] notes.md:1 &gt; ML &gt; RAG" in html


def test_search_results_for_people() -> None:
    stub = replace(PASSAGE, chunk=replace(PASSAGE.chunk, text="## RAG", last_line=12, stub=True))
    assert render.passages_text([PASSAGE, stub]) == (
        "1. notes.md:12-13 > ML > RAG  0.50\n    ## RAG\n    retrieves\n"
        "\n"
        "2. notes.md:12 > ML > RAG  0.50  (a heading with nothing under it)\n    ## RAG"
    )


def test_states_for_people() -> None:
    summary = Summary(1, 0, 0, 4, 1, 60, 7, 0, 1.25, (Problem("a.md", "is binary"),))
    assert render.summary_text(summary) == (
        "1 added, 0 changed, 0 removed, 4 unchanged, 1 failed. 60 passages in the index, 7 embedded now, 1.2 s.\n"
        "  a.md: is binary"
    )
    rows = (SourceState("a.md", "indexed", "", 3, 1, 2), SourceState("b.md", "failed", "is binary", 0, 0, 0))
    lines = render.state_text(IndexState(rows, 3, ("x",), 2, "minilm", 4, "")).splitlines()
    assert lines[0].split() == ["Notes:", "1", "indexed,", "1", "failed"]
    assert lines[-1] == "  b.md: is binary"
    assert render.check_text(Check("port", "ok", "free")) == "ok    port             free"
    assert render.check_text(Check("port", "warn", "taken", "use another")).endswith("\n                       -> use another")
