"""The contract of a ChatModel, kept by the fake, by llama.cpp, and by LlamaIndex's Ollama on a scripted server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chat_contract import ChatContract
from fakes import FakeChat
from notebot.models.ports import ChatModel
from notebot.models.registry import open_chat
from scripted_ollama import Reply, scripted, usual, words


class TestFake(ChatContract):
    @pytest.fixture
    def chat(self) -> ChatModel:
        return FakeChat(["Paris is the capital of France."])


class TestLlamaCpp(ChatContract):
    @pytest.fixture(scope="class")
    @classmethod
    def chat(cls) -> Iterator[ChatModel]:
        chat = open_chat("packaged", ollama_host="http://127.0.0.1:1", context_tokens=1024)
        yield chat
        chat.close()


class TestOllama(ChatContract):
    @pytest.fixture
    def chat(self) -> Iterator[ChatModel]:
        reply = Reply(words("Paris", " is", " its", " capital", "."), pause=0.01)
        with scripted(usual(chat=reply)) as script:
            yield open_chat("tiny", ollama_host=script.address, context_tokens=4096)
