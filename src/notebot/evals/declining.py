"""A chat model that always declines: what is left is search, the check of the question, and quoting. Quick, and without chance.

It plugs in as any LlamaIndex model does: `--model llamaindex:notebot.evals.declining.Declining:always`, or `--declining`.
"""

from __future__ import annotations

from typing import Any

from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata

from notebot.answer.prompt import NOTHING


class Declining(CustomLLM):  # type: ignore[misc]  # LlamaIndex brings no types that mypy can follow
    """Answers that it does not know, whatever it is asked."""

    model: str = "always"
    context_window: int = 4096

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name=self.model, context_window=self.context_window, num_output=16)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=NOTHING)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        yield CompletionResponse(text=NOTHING, delta=NOTHING)
