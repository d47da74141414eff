"""llama.cpp inside this process (xllamacpp), as a LlamaIndex LLM. No server to install, nothing to start."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xllamacpp
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseGen,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
    MessageRole,
)
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback

from notebot.errors import ModelFailed
from notebot.models.gguf import context_length
from notebot.models.minilm import usable_cores
from notebot.models.stoppable import from_thread

READING_STEP = 128  # prompt tokens between two chances to stop; smaller steps read more slowly

Chunk = dict[str, Any]  # one event of llama.cpp's chat completion stream, which is OpenAI's format


class LlamaCpp(CustomLLM):  # type: ignore[misc]  # llama_index is untyped to us
    """A GGUF model that answers in this process: loaded at the first question, once, and silent.

    Deterministic unless `temperature` is raised. One answer at a time; a second caller waits. While the prompt is
    being read, stream_chat yields responses with an empty delta, so that whoever consumes it can stop it then, too.
    """

    model_path: str
    context_window: int
    max_tokens: int = 512
    temperature: float = 0.0
    threads: int = 2

    _server: Any = PrivateAttr(default=None)
    _turn: Any = PrivateAttr(default_factory=threading.Lock)

    @classmethod
    def class_name(cls) -> str:
        return "notebot_llamacpp"

    @property
    def metadata(self) -> LLMMetadata:
        name = Path(self.model_path).stem
        return LLMMetadata(context_window=self.context_window, num_output=self.max_tokens, model_name=name, is_chat_model=True)

    # The signatures below, **kwargs included, are LlamaIndex's. Understood in them: max_tokens and temperature.

    @llm_chat_callback()  # type: ignore[untyped-decorator]  # likewise
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """Responses with the text so far and what is new. Raises ModelFailed, also when the prompt is too long."""
        request = {
            "messages": [{"role": message.role.value, "content": message.content or ""} for message in messages],
            "max_tokens": kwargs.get("max_tokens", self.max_tokens),
            "temperature": kwargs.get("temperature", self.temperature),
            "stream": True,
            "cache_prompt": True,
            "timings_per_token": True,  # how much is read and written so far, also of an answer that is stopped
            "return_progress": True,  # an event for every READING_STEP of the prompt, and with it a chance to stop
            "chat_template_kwargs": {"enable_thinking": False},  # a template that knows nothing of it ignores it
        }
        return self._responses(request)

    @llm_chat_callback()  # type: ignore[untyped-decorator]  # likewise
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        *_, last = self.stream_chat(messages, **kwargs)
        return last

    @llm_completion_callback()  # type: ignore[untyped-decorator]  # likewise
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        def pieces() -> Iterator[CompletionResponse]:
            for response in self.stream_chat([ChatMessage(role=MessageRole.USER, content=prompt)], **kwargs):
                yield CompletionResponse(text=response.message.content or "", delta=response.delta)

        return pieces()

    @llm_completion_callback()  # type: ignore[untyped-decorator]  # likewise
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        *_, last = self.stream_complete(prompt, formatted=formatted, **kwargs)
        return last

    def close(self) -> None:
        """Free the model's memory and threads, once the answer that is being written, if any, has ended. Idempotent."""
        self._server = None

    def _responses(self, request: Chunk) -> Iterator[ChatResponse]:
        text = ""
        for chunk in self._chunks(request):
            choice = (chunk.get("choices") or [{}])[0]
            delta = choice.get("delta") or {}
            said, thought = delta.get("content") or "", delta.get("reasoning_content") or ""
            text += said
            message = ChatMessage(role=MessageRole.ASSISTANT, content=text)
            raw = {"done": choice.get("finish_reason") is not None, "usage": _usage(chunk)}
            yield ChatResponse(message=message, delta=said, raw=raw, additional_kwargs={"thinking_delta": thought or None})

    def _chunks(self, request: Chunk) -> Iterator[Chunk]:
        stopped = threading.Event()

        def work(put: Callable[[Chunk], None]) -> None:
            def receive(chunk: Chunk) -> bool:
                put(chunk)  # llama.cpp swallows what is raised here, so errors are put as well, and raised below
                return stopped.is_set()  # true makes llama.cpp stop

            # Held by this thread, not by the generator: one that is forgotten half-way must not block the next answer.
            with self._turn:
                if not stopped.is_set():
                    self._server = self._server or _load(self.model_path, self.context_window, self.threads)
                    self._server.handle_chat_completions(request, receive)

        nothing: Chunk = {}
        for chunk in from_thread(work, stop=stopped.set, idle=nothing):
            if error := chunk.get("error"):
                raise ModelFailed(f"The model {Path(self.model_path).name} failed: {error.get('message', error)}.")
            yield chunk


def _usage(chunk: Chunk) -> dict[str, int] | None:
    """OpenAI's names for what llama.cpp has read, from its cache too, and written so far."""
    if not (timings := chunk.get("timings")):
        return None
    return {"prompt_tokens": timings["cache_n"] + timings["prompt_n"], "completion_tokens": timings["predicted_n"]}


def open_llamacpp(path: Path, *, context_tokens: int, threads: int = 0) -> LlamaCpp:
    """The GGUF model at `path`, with a window of `context_tokens` or, if that is less, of what it was trained for.

    Reads the file's header only; the model is loaded at the first question. 0 threads means every usable core.
    Raises ModelMissing where there is no file, ModelFailed where it is not a GGUF model.
    """
    window = min(context_tokens, context_length(path) or context_tokens)
    return LlamaCpp(model_path=str(path), context_window=window, threads=threads or usable_cores())


def _load(path: str, context_window: int, threads: int) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = path
    parameters.n_ctx = context_window
    parameters.n_batch = parameters.n_ubatch = READING_STEP
    parameters.n_parallel = 1
    parameters.verbosity = -1  # anything higher writes to stderr past Python
    parameters.cache_ram_mib = 0  # the last prompt stays cached all the same; by default old ones pile up to 8 GB
    parameters.warmup = False  # the first question would only wait for it
    parameters.cpuparams_batch.n_threads = threads  # for reading the prompt
    # For writing, one core is left to whoever needs it, as the check of the last sentence does: llama.cpp's threads wait
    # for each other after every step, and with one core taken away 2 threads wrote 2 tokens a second, 1 thread 26.
    parameters.cpuparams.n_threads = max(1, threads - 1)
    # It always opens a port on 127.0.0.1. A key that nobody has keeps other programs of this machine out.
    parameters.api_keys = [secrets.token_urlsafe(32)]
    try:
        return xllamacpp.Server(parameters)
    except Exception as error:  # xllamacpp documents no exception types
        raise ModelFailed(f"The model {path} cannot be loaded: {error}") from error
