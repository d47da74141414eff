"""MiniLM on the CPU: texts to unit vectors, and texts to one unit vector a token with its place in the text."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from notebot.errors import ModelFailed
from notebot.models.packaged import MINILM, MINILM_TOKENIZER, packaged_path
from notebot.models.ports import TokenVectors, Vectors

WINDOW = 256  # tokens the model was trained to read, the two special ones included
BODY = WINDOW - 2
OVERLAP = 64  # tokens that neighbouring windows share, so that no token is read without context on either side
BATCH_TOKENS = 256  # padded tokens in one run; larger batches are slower on a CPU and hold more memory

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Window:
    """Tokens first to last of text number `text`; of those, the ones from `keep_first` to `keep_last` are reported from here."""

    text: int
    first: int
    last: int
    keep_first: int
    keep_last: int


class MiniLM:
    """all-MiniLM-L6-v2 as int8 ONNX: an Embedder and a TokenEmbedder in one.

    The same text gives the same numbers, to the bit, whatever else is in the call. Safe to share between threads.
    """

    def __init__(self, model: Path, tokenizer: Path, *, threads: int) -> None:
        try:
            self._session = open_session(model)
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # onnxruntime and tokenizers raise types of their own that share no base class
            raise ModelFailed(f"The embedding model in {model.parent} cannot be loaded ({error}). Run: make setup") from error
        self._tokenizer.no_padding()  # the file asks for 128 padded tokens a text: windows and batches are ours
        self._tokenizer.no_truncation()
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="minilm")
        self._begin, *_, self._end = self._tokenizer.encode("").ids  # [CLS] and [SEP]

    @property
    def name(self) -> str:
        return f"all-minilm-l6-v2-int8@{MINILM.sha256[:8]}"

    @property
    def dimension(self) -> int:
        return 384

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, special ones left out."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Mean of the token vectors, one row a text, [len(texts), 384], of length 1. Reads the first 254 tokens of each."""
        encodings = self._encode(texts)
        windows = [_Window(number, 0, min(len(e.ids), BODY), 0, 0) for number, e in enumerate(encodings)]
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for window, hidden in self._run(encodings, windows):
            rows[window.text] = hidden.mean(axis=0)
        return _unit(rows)

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The tokens of each text in order, with [n, 2] character offsets into it and [n, 384] unit vectors.

        A long text is read in overlapping windows, and each token comes from the window that shows most around it.
        """
        encodings = self._encode(texts)
        windows = [window for number, e in enumerate(encodings) for window in _windows(number, len(e.ids))]
        found = [np.zeros((len(e.ids), self.dimension), dtype=np.float32) for e in encodings]
        for window, hidden in self._run(encodings, windows):
            body = hidden[1:-1]
            kept = body[window.keep_first - window.first : window.keep_last - window.first]
            found[window.text][window.keep_first : window.keep_last] = kept
        return [
            TokenVectors(np.asarray(e.offsets, dtype=np.int32).reshape(-1, 2), _unit(vectors))
            for e, vectors in zip(encodings, found, strict=True)
        ]

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        return self._tokenizer.encode_batch(list(texts), add_special_tokens=False)

    def _run(self, encodings: Sequence[Encoding], windows: Sequence[_Window]) -> Iterator[tuple[_Window, Vectors]]:
        """Each window with its hidden states [its tokens + 2, 384], in any order."""
        running: deque[Future[list[tuple[_Window, Vectors]]]] = deque()
        for batch in _batches(windows):
            running.append(self._pool.submit(self._run_batch, encodings, batch))
            if len(running) > 2 * self._threads:  # no more ahead than keeps the threads busy: hidden states are large
                yield from running.popleft().result()
        while running:
            yield from running.popleft().result()

    def _run_batch(self, encodings: Sequence[Encoding], batch: Sequence[_Window]) -> list[tuple[_Window, Vectors]]:
        width = max(window.last - window.first for window in batch) + 2
        ids: Ids = np.zeros((len(batch), width), dtype=np.int64)
        mask: Ids = np.zeros_like(ids)
        for row, window in enumerate(batch):
            tokens = [self._begin, *encodings[window.text].ids[window.first : window.last], self._end]
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: Any = self._session.run(["last_hidden_state"], feed)[0]
        return [(window, hidden[row, : window.last - window.first + 2]) for row, window in enumerate(batch)]


def open_session(model: Path) -> Any:
    """An ONNX model, ready to run. Raises whatever onnxruntime raises: its exceptions share no base class."""
    options = onnxruntime.SessionOptions()
    # A run stays on one thread, and as many run side by side as there are threads: one and a half times as fast as one run
    # at a time on all of them, which wait for each other at every layer.
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena never gives back what its largest batch took
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # kinder to a chat model beside it
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def open_minilm(*, folder: Path | None = None, threads: int = 0) -> MiniLM:
    """The packaged MiniLM, on `threads` threads or, with 0, on every core that this process may use.

    Raises ModelMissing where `make setup` has not been run.
    """
    model, tokenizer = packaged_path(MINILM, folder=folder), packaged_path(MINILM_TOKENIZER, folder=folder)
    return MiniLM(model, tokenizer, threads=threads or usable_cores())


def usable_cores() -> int:
    """Cores that this process may use: what a container or taskset allows, where the system can say."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _windows(text: int, length: int) -> Iterator[_Window]:
    """Windows over `length` tokens that keep each token exactly once; neighbours meet in the middle of what they share."""
    step = BODY - OVERLAP
    first = 0
    while first == 0 or first + OVERLAP < length:
        last = min(first + BODY, length)
        keep_first = first + OVERLAP // 2 if first else 0
        keep_last = last if last == length else last - OVERLAP // 2
        yield _Window(text, first, last, keep_first, keep_last)
        first += step


def _batches(windows: Sequence[_Window]) -> Iterator[list[_Window]]:
    """Windows of like length together, so that little is padding, up to BATCH_TOKENS a batch."""
    batch: list[_Window] = []
    for window in sorted(windows, key=lambda w: (w.last - w.first, w.text, w.first)):
        width = window.last - window.first + 2  # sorted: the newest is the widest
        if batch and (len(batch) + 1) * width > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit
