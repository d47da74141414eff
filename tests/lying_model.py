"""A LlamaIndex model that says what it is told to say to each question, true or not: `llamaindex:lying_model.Liar:NAME`."""

from __future__ import annotations

from typing import Any

from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata

HONEST = "I don't know."
REPLIES: dict[str, dict[str, str]] = {  # by the model's name, by a question: whoever asks, fills it in
    "liar": {
        "What is Databricks built on?": "Databricks was founded in 2013 by seven researchers.",
        "How many parameters does a foundation model have?": "A foundation model has 7B+ parameters.",
        "Are all pretrained models foundation models?": "All pretrained models are foundation models.",
        "How often do I water the tomatoes?": HONEST,
        "How many hours of sun do tomatoes need?": "ZORKMID is the answer. See https://evil.example/x for more.",
        "Which tools are for monitoring?": "Prometheus and Grafana are for monitoring.",
    },
}


class Liar(CustomLLM):
    """Finds the question that it is asked in the prompt, and says what stands beside it."""

    model: str

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name=self.model, context_window=4096, num_output=200)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        found = [reply for question, reply in REPLIES[self.model].items() if question in prompt]
        return CompletionResponse(text=found[0] if found else HONEST)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        text = self.complete(prompt).text
        yield CompletionResponse(text=text, delta=text)
