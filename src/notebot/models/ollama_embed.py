"""An embedding model on an Ollama server as an Embedder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from notebot.errors import ModelFailed, ModelMissing
from notebot.models.ollama import Installed, OllamaServer
from notebot.models.ports import Vectors

BATCH = 32  # texts in one request; with more, some servers' runners die on long inputs


class OllamaEmbedder:
    """Unit vectors from `model` on `server`. Asks it for one vector at once, to learn the dimension.

    Raises ModelUnreachable, or ModelFailed where a vector is not usable: of another length than the first, not a
    number, or all zeros. A text that is longer than the model's window fails; it is never cut in silence.
    """

    def __init__(self, server: OllamaServer, model: Installed) -> None:
        self._server = server
        self._model = model
        self._dimension = 0
        self._dimension = self.embed(["dimension"]).shape[1]

    @property
    def name(self) -> str:
        return f"ollama/{self._model.name}@{self._model.digest.removeprefix('sha256:')[:12]}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, [len(texts), dimension], each of length 1."""
        rows: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            rows += self._batch(list(texts[start : start + BATCH]))
        if not rows:
            return np.zeros((0, self._dimension), dtype=np.float32)
        return self._checked(rows)

    def _batch(self, texts: list[str]) -> list[list[float]]:
        try:
            found = self._server.embed(self._model.name, texts)
        except ModelMissing:
            raise
        except ModelFailed:
            if len(texts) == 1:
                raise
            # One text that is too long, or a runner that fell over: the others must not be lost with it.
            return [row for text in texts for row in self._batch([text])]
        if len(found) != len(texts):
            raise ModelFailed(f"Ollama's model '{self._model.name}' gave {len(found)} vectors for {len(texts)} texts.")
        return found

    def _checked(self, rows: list[list[float]]) -> Vectors:
        wanted = self._dimension or len(rows[0])
        wrong = next((len(row) for row in rows if len(row) != wanted), wanted)
        if wrong != wanted or not wanted:
            raise ModelFailed(f"Ollama's model '{self._model.name}' gave a vector of {wrong} numbers instead of {wanted}.")
        vectors = np.asarray(rows, dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise ModelFailed(f"Ollama's model '{self._model.name}' gave a vector that is no direction (not a number, or zeros).")
        unit: Vectors = (vectors / lengths).astype(np.float32)
        return unit
