"""Answers for people: footnotes by first use, nothing unsupported as fact, nothing that steers a terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

import pytest
from markdown_it import MarkdownIt

from notebot import render
from notebot.types import NoteLine, Page, Sentence, Status
from samples import ANSWER, FALSE, FIRST, PASSAGE, SECOND, STORE, STORE_PASSAGE, STORE_PLACE, place


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


def test_a_web_page_is_cited_with_its_date_its_address_and_the_notes_that_led_there() -> None:
    answer = replace(ANSWER, sentences=(replace(FIRST, citations=(STORE_PLACE,)),), passages=(PASSAGE, STORE_PASSAGE))
    (note,) = render.footnotes(answer.sentences, answer.passages)
    assert render.footnote_line(note) == (
        "[1] Feature store (qwak.com) > Why, fetched 2026-11-24, linked from notes.md line 59; work/mlops.md line 3\n"
        "    https://www.qwak.com/post/what-is-a-feature-store#:~:text=It%20stores%20features%20once."
    )
    assert render.footnote_line(note) in render.answer_text(answer)


def test_an_old_copy_of_a_page_is_cited_as_one() -> None:
    assert STORE.page is not None
    old = replace(STORE_PASSAGE, chunk=replace(STORE, page=replace(STORE.page, stale=True)))
    (note,) = render.footnotes((replace(FIRST, citations=(STORE_PLACE,)),), [old])
    assert "(qwak.com) > Why, last good copy of 2026-11-24, linked from" in render.footnote_line(note)


def test_a_page_whose_passage_is_not_at_hand_is_cited_by_its_site() -> None:
    (note,) = render.footnotes((replace(FIRST, citations=(replace(STORE_PLACE, unit="page"),)),))
    assert render.footnote_line(note).startswith("[1] qwak.com > Why, pages 1-2, linked from notes.md line 59; work")


def test_parts_of_one_page_are_places_of_their_own() -> None:
    other = replace(STORE_PLACE, heading=("How",), quote="In two stores.")
    assert [note.quotes for note in render.footnotes((replace(FIRST, citations=(STORE_PLACE, other)),))] == [
        ("It stores features once.",),
        ("In two stores.",),
    ]


def test_a_file_without_lines_is_cited_by_what_it_has() -> None:
    (note,) = render.footnotes((replace(FIRST, citations=(replace(place(3), source="paper.pdf", unit="page"),)),))
    assert render.footnote_line(note) == "[1] paper.pdf, page 3 > ML > RAG"


def test_escapes_in_notes_are_gone_wherever_notes_are_shown() -> None:
    bad = "\x1b[2Jx"
    chunk = replace(PASSAGE.chunk, text=bad, heading=(bad,), source=bad)
    citation = replace(place(1, bad), source=bad, heading=(bad,), url=bad, linked_from=(NoteLine(bad, 1),))
    page = replace(chunk, unit="", page=Page(bad, bad, stale=False, linked_from=(NoteLine(bad, 1),), meant=False))
    answer = replace(ANSWER, text=bad, sentences=(Sentence(bad, True, 1.0, (citation,)),), notice=bad)
    shown = [
        render.answer_text(answer),
        render.answer_markdown(answer),
        render.passages_text([replace(PASSAGE, chunk=chunk), replace(PASSAGE, chunk=page)]),
    ]
    assert not [text for text in shown if "\x1b" in text]


def test_markdown_carries_out_nothing_of_what_it_quotes() -> None:
    evil = "![](http://evil/p.png) <img src=x> [a](javascript:b) `c`"
    answer = replace(ANSWER, text=evil, sentences=(Sentence(evil, True, 1.0, (place(1, evil),)),))
    html = MarkdownIt("js-default").render(render.answer_markdown(answer))
    assert not re.findall(r"<(?:img|a)\b", html)
    assert set(re.findall(r"<code>(.*?)</code>", html)) == {"http://evil/p.png"}  # as code no reader of Markdown makes it a link
    assert re.sub("</?code>", "", html).count(escape(evil)) == 2
    assert "[1] notes.md:1 &gt; ML &gt; RAG" in html


def test_the_address_of_a_cited_page_is_a_link_in_markdown_and_nothing_else_is() -> None:
    answer = replace(ANSWER, sentences=(replace(FIRST, citations=(STORE_PLACE,)),), passages=(STORE_PASSAGE,))
    html = MarkdownIt("js-default", {"linkify": False}).render(render.answer_markdown(answer))
    assert re.findall(r'href="([^"]*)"', html) == [STORE_PLACE.url]
    evil = replace(STORE_PLACE, url="javascript:alert(1)")
    html = MarkdownIt("js-default").render(
        render.answer_markdown(replace(answer, sentences=(replace(FIRST, citations=(evil,)),)))
    )
    assert "href" not in html


def test_search_results_for_people() -> None:
    stub = replace(PASSAGE, chunk=replace(PASSAGE.chunk, text="## RAG", last_line=12, stub=True))
    assert render.passages_text([PASSAGE, stub]) == (
        "1. notes.md:12-13 > ML > RAG  0.50  note\n    ## RAG\n    retrieves\n"
        "\n"
        "2. notes.md:12 > ML > RAG  0.50  note, a heading with nothing under it\n    ## RAG"
    )
    assert render.passages_text([STORE_PASSAGE]) == (
        "1. Feature store (qwak.com), fetched 2026-11-24, linked from notes.md line 59; work/mlops.md line 3 > Why  0.40  page\n"
        "    https://www.qwak.com/post/what-is-a-feature-store\n    ## Why\n    It stores features once."
    )


def test_what_the_model_added_stands_last_under_words_that_say_so() -> None:
    answer = replace(ANSWER, beyond="RAG began in 2020.", notice="Something went wrong.")
    text, markdown = render.answer_text(answer), render.answer_markdown(answer)
    for shown in (text, markdown):
        above, label, below = shown.partition("Not from your notes.")
        assert label
        assert "2020" not in above
        assert "wrong" in above
        assert below.rstrip().endswith("RAG began in 2020.")
        assert not re.search(r"\[\d\]", below)
    assert "Not from your notes" not in render.answer_text(ANSWER) + render.answer_markdown(ANSWER)
    assert "2020" not in render.body_text(answer)


@pytest.mark.parametrize("address", ["https://evil.example/?q=a", "www.evil.example/x", "HTTP://evil.example", "me@evil.example"])
def test_no_reader_of_markdown_finds_a_link_in_bare_words(address: str) -> None:
    assert render.escaped(f"See {address} for *more*.") == f"See `{address}` for \\*more\\*."
