"""A citation is a place: the quote stands there, letter for letter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.answer.citations import cite
from notebot.answer.sentences import sentence_spans
from notebot.types import Chunk, Passage, Span
from samples import LEADS, STORE, URL


@given(
    st.lists(st.text(alphabet="ab .\t", max_size=30), min_size=1, max_size=8).map("\n".join),
    st.integers(0, 50),
)
def test_every_sentence_of_a_passage_is_found_again_on_its_lines(text: str, above: int) -> None:
    passage = Passage(Chunk("c", "n.md", "n", ("H",), text, above + 1, above + 1 + text.count("\n"), False, ()), 1.0, 1.0)
    file = ("x\n" * above + text).split("\n")
    for start, end in sentence_spans(text):
        citation = cite(Span(0, start, end, text[start:end]), [passage])
        assert citation.quote in "\n".join(file[citation.first_line - 1 : citation.last_line])
        assert text[citation.start : citation.end] == citation.quote
        assert (citation.source, citation.heading, citation.passage_id) == ("n.md", ("H",), "c")
        assert (citation.unit, citation.url, citation.linked_from) == ("line", None, ())


@pytest.mark.parametrize("unit", ["page", "cell", ""])
def test_pages_and_cells_are_the_passage_s_own(unit: str) -> None:
    chunk = Chunk("c", "a.pdf", "a", (), "One.\nTwo.\nThree.", 4, 5, False, (), unit=unit)  # type: ignore[arg-type]  # one of Unit
    citation = cite(Span(0, 5, 9, "Two."), [Passage(chunk, 1.0, 1.0)])
    assert (citation.first_line, citation.last_line, citation.unit) == (4, 5, unit)


def test_a_quote_of_a_page_is_one_click_away_with_the_notes_that_led_there() -> None:
    start = STORE.text.index("It stores")
    citation = cite(Span(0, start, start + 24, "It stores features once."), [Passage(STORE, 1.0, 1.0)])
    assert citation.url == f"{URL}#:~:text=It%20stores%20features%20once."
    assert citation.linked_from == LEADS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**Bold** and `code`.", "Bold%20and%20code."),
        ("## Heading", "Heading"),
        ("* item", "item"),
        ("3. item", "item"),
        ("snake_case stays", "snake_case%20stays"),
        ("| cell one | cell two |", "cell%20one,cell%20two"),
    ],
)
def test_a_deep_link_looks_for_what_a_browser_shows(text: str, words: str) -> None:
    citation = cite(Span(0, 0, len(text), text), [Passage(replace(STORE, text=text), 1.0, 1.0)])
    assert citation.url == f"{URL}#:~:text={words}"
    assert citation.quote == text
