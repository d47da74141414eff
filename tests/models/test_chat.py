"""A LlamaIndex LLM behind the port: thoughts left out, failures in one line, what was written kept."""

from __future__ import annotations

from llama_index.core.llms import MockLLM

from notebot.models.chat import LlamaIndexChat
from notebot.models.ports import Message


def test_any_llama_index_llm_can_answer() -> None:
    chat = LlamaIndexChat(MockLLM(max_tokens=5), name="mock", context_tokens=2048)
    assert "".join(chat.stream([Message("user", "hello there")], max_tokens=5)) == "text text text text text"
