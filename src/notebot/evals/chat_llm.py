"""A ChatModel as a LlamaIndex LLM, so that its evaluators hear it as all do: without thoughts, errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from llama_index.core.base.llms.types import CompletionResponse, CompletionResponseGen, LLMMetadata
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.callbacks import llm_completion_callback

from notebot.models.ports import UNSAID, ChatModel, Message

TOKENS = 200  # of a verdict with its reasons


class ChatLLM(CustomLLM):  # type: ignore[misc]  # llama_index is untyped to us
    """A chat model that completes prompts: each is one message of a person."""

    _model: Any = PrivateAttr()

    def __init__(self, model: ChatModel) -> None:
        super().__init__()
        self._model = model

    @classmethod
    def class_name(cls) -> str:
        return "notebot_chat"

    @property
    def metadata(self) -> LLMMetadata:
        model: ChatModel = self._model
        return LLMMetadata(context_window=model.context_tokens, num_output=TOKENS, model_name=model.name)

    # The signatures below, **kwargs included, are LlamaIndex's. Nothing in them is understood.

    @llm_completion_callback()  # type: ignore[untyped-decorator]  # likewise
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        *_, last = self.stream_complete(prompt, formatted=formatted, **kwargs)
        return last

    @llm_completion_callback()  # type: ignore[untyped-decorator]  # likewise
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        def pieces() -> Iterator[CompletionResponse]:
            text = ""
            with closing(self._model.stream((Message("user", prompt),), max_tokens=TOKENS)) as stream:
                for piece in stream:
                    text = "" if piece == UNSAID else text + piece
                    yield CompletionResponse(text=text, delta="" if piece == UNSAID else piece)
            yield CompletionResponse(text=text, delta="")

        return pieces()
