"""Any LlamaIndex LLM as a ChatModel: deltas out, thoughts left out, errors translated, closing stops the model."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole

from notebot.errors import ModelError, ModelFailed
from notebot.models.ports import UNSAID, Message, Told
from notebot.models.speech import Speech
from notebot.models.tokens import token_bound

Translate = Callable[[Exception], ModelError | None]


def _untranslated(_error: Exception) -> ModelError | None:
    return None


class LlamaIndexChat:
    """A LlamaIndex LLM behind the ChatModel port.

    `translate` knows the errors of one kind of model and returns ours, or None for what it does not know. `host` is who reads
    the prompts, if not this machine alone. An empty piece in the stream means that the model is still reading: a chance to
    stop, nothing to show.
    """

    def __init__(self, llm: Any, *, name: str, context_tokens: int, translate: Translate = _untranslated, host: str = "") -> None:
        self._llm = llm
        self._name = name
        self._context_tokens = context_tokens
        self._translate = translate
        self._host = host

    @property
    def name(self) -> str:
        return self._name

    @property
    def host(self) -> str:
        return self._host

    @property
    def context_tokens(self) -> int:
        return self._context_tokens

    def count_tokens(self, text: str) -> int:
        """An upper bound that needs no tokenizer: see token_bound."""
        return token_bound(text)

    def stream(self, messages: Sequence[Message], *, max_tokens: int, told: Told | None = None) -> Generator[str, None, None]:
        """Pieces of the answer as they are written. Raises ModelUnreachable, ModelMissing or ModelFailed."""
        prompt = [ChatMessage(role=MessageRole(message.role), content=message.text) for message in messages]
        done: bool | None = None  # what the model last said about it, if it ever says so
        wrote = False
        speech = Speech()
        try:
            for response in self._responses(prompt, max_tokens):
                done = _says_done(response, done)
                if told and (counts := _counts(response)):
                    told(*counts)
                speech.thought |= bool(response.additional_kwargs.get("thinking_delta"))
                for piece in speech.hear(response.delta or "") or [""]:
                    wrote = piece != UNSAID and (wrote or bool(piece))
                    yield piece
            for piece in speech.end():
                wrote = True
                yield piece
        except ModelError:
            raise
        except Exception as error:  # a hundred LlamaIndex packages, each with exceptions of its own
            raise self._translate(error) or self._failed(str(error) or type(error).__name__) from error
        if not wrote and speech.thought:
            raise self._failed("it spent all its tokens on thinking. Choose a model that does not think")
        if done is False or (done is None and not wrote):
            raise self._failed("its stream ended before the answer did. Try again")

    def close(self) -> None:
        """Release what the LLM holds, where it can be released."""
        close = getattr(self._llm, "close", None)
        if close is not None:
            close()

    def _responses(self, prompt: Sequence[ChatMessage], max_tokens: int) -> Iterator[ChatResponse]:
        stream = self._llm.stream_chat(prompt, max_tokens=max_tokens)
        try:
            yield from stream
        finally:
            # LlamaIndex wraps the generator that holds the connection in one of its own: closing the outer leaves the
            # inner one alive until the outer is freed. No reference may stay behind.
            stream.close()
            del stream

    def _failed(self, reason: str) -> ModelFailed:
        return ModelFailed(f"{self._name} broke off: {reason.rstrip('.')}.")


def _says_done(response: ChatResponse, before: bool | None) -> bool | None:
    """Ollama and our llama.cpp say on each response whether it is the last; of others the end of the stream must do."""
    raw = response.raw
    return bool(raw["done"]) if isinstance(raw, Mapping) and "done" in raw else before


def _counts(response: ChatResponse) -> tuple[int, int] | None:
    """Tokens read and written so far, if the response says so: Ollama, our llama.cpp and OpenAI's kind call them the same."""
    usage = _part(response.raw, "usage")
    read, written = _part(usage, "prompt_tokens"), _part(usage, "completion_tokens")
    return (read, written) if isinstance(read, int) and isinstance(written, int) else None


def _part(whole: object, name: str) -> object:
    return whole.get(name) if isinstance(whole, Mapping) else getattr(whole, name, None)
