"""A LlamaIndex LLM behind the port: thoughts left out, failures in one line, what was written kept."""

from __future__ import annotations

import pytest
from llama_index.core.llms import MockLLM

from notebot.models.chat import LlamaIndexChat, Speech
from notebot.models.ports import Message


def hear(*pieces: str) -> str:
    speech = Speech()
    return "".join([*(speech.hear(piece) for piece in pieces), speech.end()])


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
    ],
)
def test_thoughts_are_left_out_wherever_the_pieces_are_cut(pieces: list[str], spoken: str) -> None:
    assert hear(*pieces) == spoken
    assert hear(*"".join(pieces)) == spoken


def test_text_is_passed_on_as_soon_as_it_cannot_be_a_tag() -> None:
    speech = Speech()
    assert [speech.hear(piece) for piece in ("Spark <", "th", "ree")] == ["Spark ", "", "<three"]


def test_any_llama_index_llm_can_answer() -> None:
    chat = LlamaIndexChat(MockLLM(max_tokens=5), name="mock", context_tokens=2048)
    assert "".join(chat.stream([Message("user", "hello there")], max_tokens=5)) == "text text text text text"
