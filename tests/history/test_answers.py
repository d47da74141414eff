"""An answer that was kept reads back equal, whatever stands in it; what cannot be read is None."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.history.answers import from_json, to_json
from notebot.types import Answer, Filters, Sentence, Status, Usage
from samples import ANSWER, PASSAGE, STORE_PASSAGE, STORE_PLACE

FULL = replace(
    ANSWER,
    status=Status.PARTIAL,
    sentences=(*ANSWER.sentences, Sentence("From a page.", True, 0.5, (STORE_PLACE,))),
    passages=(PASSAGE, STORE_PASSAGE),
    beyond="Of my own.",
    asked="What is retrieval?",
    notice="2 passages did not fit.",
    filters=Filters(paths=("a/*",), after=date(2026, 1, 2), notes_only=True),
    usage=Usage(1180, 240, 1420, 4096, estimated=True, host="gpu.example"),
)


def test_an_answer_reads_back_whole() -> None:
    text = to_json(FULL)
    assert text.isascii()
    back = from_json(text)
    assert back == FULL
    assert isinstance(back, Answer)
    assert back.passages[1].chunk.page == STORE_PASSAGE.chunk.page
    assert back.sentences[2].citations[0].linked_from == STORE_PLACE.linked_from
    assert back.filters.after == date(2026, 1, 2)
    assert back.status is Status.PARTIAL


def test_an_answer_from_before_tokens_were_counted_is_read_without_them() -> None:
    kept = json.loads(to_json(FULL))
    del kept["usage"]
    assert from_json(json.dumps(kept)) == replace(FULL, usage=None)


@given(text=st.text(st.characters(codec=None, exclude_categories=[])), status=st.sampled_from(Status), score=st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_any_text_reads_back(text: str, status: Status, score: float) -> None:
    answer = replace(FULL, text=text, question=text, status=status, sentences=(Sentence(text, False, score, reason=text),))
    assert from_json(to_json(answer)) == answer


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"question": 1}', to_json(ANSWER).replace("answered", "perfect")])
def test_what_is_no_answer_is_none(text: str) -> None:
    assert from_json(text) is None
