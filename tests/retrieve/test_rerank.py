"""What the words of a question say about the candidates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.index.catalog import Hit
from notebot.retrieve.ranking import Ranked
from notebot.retrieve.rerank import FUSED, HEADING, ORDER, RERANKED, SENTENCE, rerank, signals
from notebot.types import Chunk


def passage(name: str, text: str, *, score: float = 0.5, heading: tuple[str, ...] = ("Notes",)) -> Ranked:
    return Hit(name, score), Chunk(name, f"{name}.md", name, heading, text, 1, 1, False, ())


def names(ranked: list[Ranked]) -> list[str]:
    return [hit.chunk_id for hit, _ in ranked]


def test_the_words_of_the_question_in_one_sentence_beat_the_same_words_all_over() -> None:
    scattered = passage("scattered", "The bridge is red. A mason came. In spring the stone was cheap. It was repaired in May.")
    together = passage("together", "The river is wide. A mason repaired the stone bridge. Nothing else. All is well there now.")
    assert names(rerank("Which mason repaired the stone bridge?", [scattered, together])) == ["together", "scattered"]


def test_the_order_of_the_words_counts() -> None:
    turned = passage("turned", "Man bites dog today.")
    meant = passage("straight", "Dog bites man today.")
    assert names(rerank("dog bites man", [turned, meant])) == ["straight", "turned"]


def test_a_heading_that_says_what_is_asked_counts() -> None:
    body = "The first steps, one after the other, with all that can go wrong on the way."
    ranked = [passage("a", body + " Kafka, installing."), passage("b", body, heading=("Installing Kafka",))]
    assert names(rerank("installing kafka", ranked)) == ["b", "a"]


def test_a_rare_word_counts_more_than_one_that_all_have() -> None:
    others = [passage(f"o{number}", "The server sleeps at night.") for number in range(5)]
    ranked = [*others, passage("rare", "The gateway wakes by day.")]
    found = dict(zip(names(ranked), signals("server gateway", ranked), strict=True))
    assert found["rare"].sentence > 2 * found["o0"].sentence > 0


def test_a_word_of_the_same_family_counts_for_half() -> None:
    ranked = [passage("same", "thickly populated"), passage("alike", "a population"), passage("other", "an empty land")]
    same, alike, other = (found.sentence for found in signals("populated", ranked))
    assert (same, alike, other) == (pytest.approx(1), pytest.approx(0.5), 0)


def test_what_is_behind_the_first_stays_behind_them_in_its_order() -> None:
    ranked = [passage(f"{number:03}", "nothing of it", score=1 - number / 100) for number in range(RERANKED)]
    late = [passage("x", "stone bridge", score=0.2), passage("y", "stone bridge", score=0.1)]
    assert names(rerank("stone bridge", [*ranked, *late]))[-2:] == ["x", "y"]


def test_the_weights_add_up_to_one() -> None:
    assert pytest.approx(1) == FUSED + SENTENCE + ORDER + HEADING


@given(st.text(max_size=60), st.lists(st.tuples(st.text(max_size=80), st.floats(0, 1)), max_size=30))
def test_scores_are_shares_that_fall_and_nothing_is_lost(question: str, texts: list[tuple[str, float]]) -> None:
    ordered = sorted(texts, key=lambda at: -at[1])
    ranked = [passage(f"{number:02}", text, score=score) for number, (text, score) in enumerate(ordered)]
    found = rerank(question, ranked)
    scores = [hit.score for hit, _ in found]
    assert sorted(names(found)) == sorted(names(ranked))
    assert scores == sorted(scores, reverse=True)
    assert all(-1e-9 <= score <= 1 + 1e-9 for score in scores)
    assert rerank(question, ranked) == found
