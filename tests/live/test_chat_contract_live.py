"""The contract of a ChatModel, kept by a real Ollama server."""

from __future__ import annotations

import pytest

from chat_contract import ChatContract
from notebot.models.ports import ChatModel
from notebot.models.registry import open_chat

pytestmark = pytest.mark.live


class TestRealOllama(ChatContract):
    @pytest.fixture
    def chat(self, ollama) -> ChatModel:
        return open_chat("smollm2:135m", ollama_host=ollama.address, context_tokens=1024)
