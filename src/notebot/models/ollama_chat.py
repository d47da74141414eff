"""An Ollama model as a LlamaIndex LLM that can be stopped at any moment, also while it is still reading the prompt."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import ollama
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, ChatResponseGen, MessageRole
from llama_index.llms.ollama import Ollama

from notebot.models.ollama import Installed, OllamaServer, is_loopback, timeout
from notebot.models.stoppable import from_thread


class StoppableOllama(Ollama):  # type: ignore[misc]  # llama_index is untyped to us
    """LlamaIndex's Ollama with three differences: `max_tokens` is honoured, closing the stream ends the request at
    once, and while the model is silent responses with an empty delta come, so that the stream can be closed then.
    """

    @classmethod
    def class_name(cls) -> str:
        return "notebot_ollama"

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """LlamaIndex's signature; `max_tokens` is understood in it, and what Ollama's own stream_chat understands."""
        limit = kwargs.pop("max_tokens", None)
        options = self.additional_kwargs | ({} if limit is None else {"num_predict": limit})
        line = _Line(self.base_url, self.request_timeout)
        once = self.model_copy(update={"additional_kwargs": options})
        once._client = line.client

        def work(put: Callable[[ChatResponse], None]) -> None:
            for response in Ollama.stream_chat(once, messages, **kwargs):
                put(response)

        return from_thread(work, stop=line.cut, idle=ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT), delta=""))


class _Line:
    """A client for one request, whose connection can be cut from another thread. Ollama stops when it is."""

    def __init__(self, address: str, seconds: float) -> None:
        self._socket: socket.socket | None = None
        self._cut = threading.Event()
        self.client = ollama.Client(
            host=address,
            timeout=timeout(address, seconds),
            follow_redirects=False,
            trust_env=not is_loopback(address),
            event_hooks={"request": [self._watch]},
        )

    def cut(self) -> None:
        self._cut.set()
        if self._socket is not None:
            # Closing alone would not wake a thread that waits for data; shutting down does.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self.client.close()  # type: ignore[no-untyped-call]  # an untyped corner of the ollama package

    def _watch(self, request: httpx.Request) -> None:
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")
        if self._cut.is_set():
            raise httpx.ReadError("stopped")


def open_ollama(server: OllamaServer, model: Installed, *, context_tokens: int) -> StoppableOllama:
    """`model` on `server`, deterministic, not thinking, with one window for every request.

    The window is `context_tokens` or, if that is less, what the model was trained for. It is sent every time: Ollama's
    own default is smaller and drops the beginning of a long prompt in silence, and another value reloads the model.
    """
    window = min(context_tokens, model.context_limit or context_tokens)
    return StoppableOllama(
        model=model.name,
        base_url=server.address,
        context_window=window,
        request_timeout=server.answer_seconds,
        temperature=0.0,
        thinking=False if model.can_think else None,  # a model that cannot think refuses the very word
    )
