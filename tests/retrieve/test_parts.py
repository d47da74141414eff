"""Two questions in one are two, each fit to be asked alone; anything else stays whole."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.retrieve.parts import questions_in
from pace import within


@pytest.mark.parametrize(
    ("question", "apart"),
    [
        ("What is X1, and when is the rent due?", ("What is X1?", "when is the rent due?")),
        ("What is X1? And how big is the pool?", ("What is X1?", "how big is the pool?")),
        ("what is X1 and what is Y1", ("what is X1?", "what is Y1?")),
        ("Who won X1, and on which day is Y1 due?", ("Who won X1?", "on which day is Y1 due?")),
        ("Who made X1; where is Y1; why is Z1 red?", ("Who made X1?", "where is Y1?", "why is Z1 red?")),
        ("What do I use for X1, and what for Y1?", ("What do I use for X1?", "What do I use for Y1?")),
        ("What do I use for X1, and for Y1?", ("What do I use for X1?", "What do I use for Y1?")),
        ("Name my tools for X1 and for Y1.", ("Name my tools for X1?", "Name my tools for Y1?")),
        ("which seeds are sown in May and which in June", ("which seeds are sown in May?", "which seeds are sown in June?")),
    ],
)  # fmt: skip
def test_each_question_in_it_is_asked_by_itself(question: str, apart: tuple[str, ...]) -> None:
    assert questions_in(question) == apart


@pytest.mark.parametrize(
    "question",
    [
        "What is X1?",
        "What is X1, and how does it work?",
        "Who coined X1, and in what year?",
        "How long and how hot do I bake the bread?",
        "Which tools serve models and which monitor them?",
        "bread and butter",
        "What is kept in X1, and for Y1?",
        "What did we eat in May, and in what house?",
        "Which tools are for serving models and which for monitoring them?",
        "for X1 and for Y1",
        "What do I use for X1, for Y1 and for Z1, and for Q1?",
        "Who decides what is bought and who pays?",
        "What is A1, and what is B1, and what is C1, and what is D1, and what is E1?",
        "",
    ],
)
def test_what_would_not_stand_alone_stays_where_it_is(question: str) -> None:
    assert questions_in(question) == (question,)


@given(st.lists(st.sampled_from("what is the boiler rent and , ? ; how X1 when on it".split()), max_size=24))
def test_no_word_is_lost(words: list[str]) -> None:
    def said(text: str) -> list[str]:
        return [word for word in re.split(r"[ ?;,]+", text) if word not in ("", "and")]

    question = " ".join(words)
    apart = questions_in(question)
    left, asked = said(" ".join(apart)), said(question)
    if left != asked:  # "What is on X and what on Y": the beginning is said twice, and the second "what" not at all
        assert len(apart) == 2
        assert apart[0].split()[0] == apart[1].split()[0]
        assert not Counter(asked) - Counter(left) - Counter(["what"])


@pytest.mark.parametrize("text", ["what is it" + " " * 8000 + "?", "and " * 2000, "what and " * 900, "?" * 8000, "; what" * 1300])
def test_no_question_takes_long(text: str) -> None:
    with within(0.3):
        questions_in(text)
