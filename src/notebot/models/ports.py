"""What the rest of notebot asks of a model. Three small ports; everything behind them can be swapped."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Told = Callable[[int, int], None]
"""Hears how many tokens a call of a model has read and written so far, as far as the model says so."""
UNSAID = "</think>"
"""A piece of its own in a stream: what came before was a thought whose beginning nobody had marked. No other piece holds it."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat prompt."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of one text, without special tokens: character offsets [n, 2] and unit vectors [n, dimension]."""

    offsets: NDArray[np.int32]
    vectors: Vectors


class Embedder(Protocol):
    """Texts to unit vectors."""

    @property
    def name(self) -> str:
        """Model and revision. Part of the cache key, so it changes when the vectors would."""
        ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, [len(texts), dimension], each of length 1. The same text gives the same row whatever the batch."""
        ...


class TokenEmbedder(Protocol):
    """Texts to one vector a token, in context: what alignment and the support check need."""

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """In order. A text longer than the model's window is read in windows; no token is lost."""
        ...

    def count_tokens(self, text: str) -> int: ...


class SupportModel(Protocol):
    """Claims and evidence to probabilities."""

    def carried(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each (claim, evidence), 0 to 1: whether the evidence says it; of a question, whether it answers it.

        The same pair gives the same number whatever else is in the call. Only about 200 tokens of evidence are read.
        """
        ...


class ChatModel(Protocol):
    """A prompt to a stream of text."""

    @property
    def name(self) -> str:
        """What a person should see as the author of an answer: `ollama/qwen3:4b`, `smollm2-135m (packaged)`."""
        ...

    @property
    def host(self) -> str:
        """Who reads the prompts, if not this machine alone: the name of a machine or of a service. Else empty."""
        ...

    @property
    def context_tokens(self) -> int:
        """The window that is requested on every call: prompt and answer together."""
        ...

    def count_tokens(self, text: str) -> int:
        """An upper bound, never an underestimate for ordinary text."""
        ...

    def stream(self, messages: Sequence[Message], *, max_tokens: int, told: Told | None = None) -> Generator[str, None, None]:
        """Pieces of the answer as they are written; thoughts of thinking models are left out.

        A piece may be empty: a chance to stop while the model is still reading. The piece UNSAID takes back all before it.
        `told` is called as often as the model counts its tokens, thoughts included: once, many times, or never.

        Closing the iterator stops the model within a second. Raises ModelUnreachable, ModelMissing, or ModelFailed
        when the model breaks off, also when the stream ends without the server saying that it is done.
        """
        ...

    def close(self) -> None:
        """Release memory and threads. Idempotent."""
        ...
