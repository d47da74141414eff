"""The support model: a claim and its evidence, read together, to the probability that the one carries the other.

MiniLM again, trained further by eval/train on claims made from public texts by honest edits; its card lies beside the file.
It sees what alignment cannot: negation, quantifiers, another number in the same place. Swapped roles it does not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from notebot.errors import ModelFailed
from notebot.models.minilm import open_session, usable_cores
from notebot.models.packaged import MINILM_TOKENIZER, packaged_path

FILE = Path(__file__).with_name("support-minilm-int8.onnx")
LONGEST = 224  # tokens of a pair, as in training; what is over is cut from the longer one, which is the evidence

Ids = NDArray[np.int64]


class SupportModel:
    """Safe to share between threads. A pair gets the same number, to the bit, whatever else is in the call."""

    def __init__(self, model: Path, tokenizer: Path, *, threads: int) -> None:
        try:
            self._session = open_session(model)
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # onnxruntime and tokenizers raise types of their own that share no base class
            raise ModelFailed(f"The support model {model.name} cannot be loaded ({error}). Install notebot again.") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST, strategy="longest_first")
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="support")  # side by side, as MiniLM's

    def carried(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each (claim, evidence): the probability, 0 to 1, that the evidence says it; of a question, that it answers it.

        Of evidence longer than about 200 tokens only the beginning is read: choose the sentences that matter.
        """
        return list(self._pool.map(self._one, pairs))

    def _one(self, pair: tuple[str, str]) -> float:
        claim, evidence = pair
        read = self._tokenizer.encode(claim, evidence)
        ids, types = np.array([read.ids], dtype=np.int64), np.array([read.type_ids], dtype=np.int64)
        feed = {"ids": ids, "sides": types + 2 * _on_both_sides(ids, types)}
        logit: Any = self._session.run(["logit"], feed)[0]
        return float(1 / (1 + np.exp(-np.float64(logit[0]))))


def _on_both_sides(ids: Ids, types: Ids) -> NDArray[np.bool_]:
    """Which tokens of the claim (type 0) and of the evidence (type 1) the other has too."""
    both: NDArray[np.bool_] = np.where(types == 0, np.isin(ids, ids[types == 1]), np.isin(ids, ids[types == 0]))
    return both


def open_support(*, folder: Path | None = None, threads: int = 0) -> SupportModel:
    """The support model that notebot ships. `folder` holds the packaged tokenizer. Raises ModelMissing, ModelFailed."""
    return SupportModel(FILE, packaged_path(MINILM_TOKENIZER, folder=folder), threads=threads or usable_cores())
