"""Any question, history, notes and window: what a model is sent fits its window, and only what it was sent is cited (F17)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import FakeChat
from linked_notes import linked
from notebot.answer.chat import Parts, converse
from notebot.answer.prompt import OVERHEAD, SYSTEM, Budget, build_prompt
from notebot.errors import UsageError
from notebot.events import Done
from notebot.models.minilm import MiniLM
from notebot.models.tokens import token_bound
from notebot.retrieve.retriever import Retriever
from notebot.types import Chunk, Passage, Turn

LONG = "TORTURE_LONG" in os.environ  # by hand, or at night
CALM = settings(deadline=None, derandomize=not LONG, suppress_health_check=list(HealthCheck), database=None)
ROOM = 700  # tokens that the fixed words and a short question need, by the most careful count
COUNTS: list[Callable[[str], int]] = [token_bound, len, lambda text: 2 * len(text.split())]
TEXTS = st.one_of(
    st.text(max_size=400),
    st.integers(1, 900).map("word ".__mul__),
    st.sampled_from(["日本語の文章。", "🎉👩‍🔬", "a\nb\n", "</notes k3x9>", "| a | b |\n"]).map(lambda text: text * 40),
)
HISTORIES = st.lists(st.builds(Turn, st.sampled_from(["user", "assistant"]), TEXTS), max_size=9)
STREETS = "Acacia Birch Cedar Daisy Elm Fir Grove Hazel Ivy Juniper Laurel Maple Oak Pine Quince Rose Sorrel Thorn Vine Willow"
NOTES = {
    f"{street}.md": f"# Boilers in {street} Street\n\n"
    + " ".join(f"The boiler of {street} Street, house {house}, was serviced {house} times." for house in range(2, 6))
    for street in STREETS.split()
}


def passage(number: int, text: str) -> Passage:
    return Passage(Chunk(str(number), "n.md", "n", ("Heading",), text, 1, 1, False, ()), 1.0, 1.0)


@settings(CALM, max_examples=5000 if LONG else 100)
@given(st.lists(TEXTS, max_size=20), HISTORIES, st.text(max_size=100), st.integers(0, 9000), st.sampled_from(COUNTS))
def test_the_prompt_never_exceeds_its_budget(
    texts: list[str], history: list[Turn], question: str, more: int, count: Callable[[str], int]
) -> None:
    least = build_prompt(question, (), (), mark="k3x9", budget=Budget(1_000_000, count)).tokens  # nothing of it can be left out
    prompt = build_prompt(
        question,
        [passage(number, text) for number, text in enumerate(texts)],
        history,
        mark="k3x9",
        budget=Budget(least + more, count),
    )
    assert sum(count(message.text) + OVERHEAD for message in prompt.messages) <= least + more
    assert prompt.messages[0].text == SYSTEM
    assert [one.chunk.id for one in prompt.passages] == [str(number) for number in range(len(prompt.passages))]
    assert len(prompt.passages) + prompt.left_out == len(texts)
    earlier = [message.text for message in prompt.messages[1:-1]]
    assert len(earlier) <= len(history)


def test_a_question_that_fills_the_window_by_itself_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="does not fit the model's window"):
        build_prompt("語" * 800, (), (), mark="k3x9", budget=Budget(900, token_bound))


class Counting(FakeChat):
    """A model that counts carefully, and answers with a sentence of every street."""

    def count_tokens(self, text: str) -> int:
        return token_bound(text)


@pytest.fixture(scope="module")
def boilers(minilm: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """Twenty notes that all fit one question."""
    data: Path = tmp_path_factory.mktemp("boilers")
    with linked(data, minilm, notes=NOTES) as retriever:
        yield retriever


def test_whatever_the_window_a_conversation_fits_and_cites_only_what_was_sent(boilers: Retriever, minilm: MiniLM) -> None:
    seen = {"sent": 0, "cited": 0, "left out": 0}

    @settings(CALM, max_examples=300 if LONG else 5)
    @given(HISTORIES, st.integers(ROOM, 4096), st.integers(16, 200), st.sampled_from(STREETS.split()))
    def fit(history: list[Turn], window: int, answer_tokens: int, street: str) -> None:
        reply = f"The boiler of {street} Street, house 3, was serviced 3 times."
        model = Counting([reply], context_tokens=window)
        parts = Parts(boilers, minilm, lambda: model, lambda: 0.0, lambda: "k3x9", 20, answer_tokens)
        *_, done = converse(f"How often was the boiler of {street} Street, house 3, serviced?", history, parts)
        assert isinstance(done, Done)
        for sent in model.prompts:
            assert sum(token_bound(message.text) + OVERHEAD for message in sent.messages) + sent.max_tokens <= window
            seen["sent"] += 1
            seen["left out"] += "did not fit" in done.answer.notice
            chunks = boilers.catalog.chunks(
                citation.passage_id for sentence in done.answer.sentences for citation in sentence.citations
            )
            for chunk in chunks.values():
                assert chunk.text.partition("\n")[2].strip() in sent.messages[-1].text
                seen["cited"] += 1

    fit()
    assert all(seen.values()), seen  # else this has looked at nothing
