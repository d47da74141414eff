"""A citation is a place: the quote stands there, letter for letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notebot.answer.citations import cite
from notebot.answer.sentences import sentence_spans
from notebot.types import Chunk, Passage, Span


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
