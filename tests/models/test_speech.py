"""Thoughts are left out, wherever the pieces are cut, and taken back where nobody marked their beginning."""

from __future__ import annotations

import pytest

from notebot.models.ports import UNSAID
from notebot.models.speech import Speech


def hear(*pieces: str) -> str:
    speech = Speech()
    return "".join([*(said for piece in pieces for said in speech.hear(piece)), *speech.end()])


@pytest.mark.parametrize(
    ("pieces", "spoken"),
    [
        (["Spark is fast."], "Spark is fast."),
        (["<think>hm", "m</think>Spark"], "Spark"),
        (["<thi", "nk>hm</", "thi", "nk>\n\nSpark", " is"], "Spark is"),
        (["a < b and <this> stays"], "a < b and <this> stays"),
        (["ends with <th"], "ends with <th"),
        (["<think>a</think>one <think>b</think>two"], "one two"),
        (["<think>never ends"], ""),
        (["before <think>x</think>", "after"], "before after"),
        (["<thinking>x</thinking>\nSpark"], "Spark"),
        (["[THINK]x[/THINK]Spark"], "Spark"),
        (["◁think▷x◁/think▷Spark"], "Spark"),
        (["<THINK>x <thinking> y </thinking> z</Think>Spark"], "Spark"),
        (["</think>Spark"], "Spark"),
    ],
)
def test_thoughts_are_left_out_wherever_the_pieces_are_cut(pieces: list[str], spoken: str) -> None:
    assert hear(*pieces) == spoken
    assert hear(*"".join(pieces)) == spoken


def test_text_is_passed_on_as_soon_as_it_cannot_be_a_mark() -> None:
    speech = Speech()
    assert [speech.hear(piece) for piece in ("Spark <", "th", "ree")] == [["Spark "], [], ["<three"]]


def test_a_thought_without_a_beginning_is_taken_back_when_it_ends() -> None:
    speech = Speech()
    assert speech.hear("They ask for Spark. ") == ["They ask for Spark. "]
    assert speech.hear("So.</think>\n\nSpark is fast.") == ["So.", UNSAID, "Spark is fast."]
    assert speech.thought
