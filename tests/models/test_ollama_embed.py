"""Embeddings from an Ollama server: unit rows, small batches, and nothing unusable let through."""

from __future__ import annotations

import numpy as np
import pytest

from notebot.errors import ModelError, ModelFailed, ModelMissing
from notebot.models.ollama_embed import OllamaEmbedder
from notebot.models.registry import open_embedder
from scripted_ollama import SHOWN, Reply, Script, line, scripted, usual


def vectors(*rows: list[float]) -> Reply:
    return Reply([line({"embeddings": list(rows)})])


def server(*replies: Reply) -> dict[str, list[Reply]]:
    """One that gives [3, 4] for the probe, then `replies`."""
    return usual(show=Reply([line(SHOWN | {"capabilities": ["embedding"]})]), embed=[vectors([3, 4]), *replies])


def opened(script: Script) -> OllamaEmbedder:
    embedder = open_embedder("ollama/tiny", ollama_host=script.address)
    assert isinstance(embedder, OllamaEmbedder)
    return embedder


def test_rows_are_unit_vectors() -> None:
    with scripted(server(vectors([3, 4], [0, 2]))) as script:
        embedder = opened(script)
        rows = embedder.embed(["a", "b"])
        assert (embedder.name, embedder.dimension) == ("ollama/tiny:latest@0123456789ab", 2)
        assert script.bodies("/api/embed")[-1] == {"model": "tiny:latest", "input": ["a", "b"], "truncate": False}
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0, 1]], atol=1e-6)


def test_batches_are_small() -> None:
    with scripted(server(vectors(*[[1, 1]] * 32), vectors(*[[1, 1]] * 32), vectors(*[[1, 1]] * 6))) as script:
        assert opened(script).embed(["x"] * 70).shape == (70, 2)
        assert [len(body["input"]) for body in script.bodies("/api/embed")] == [1, 32, 32, 6]


def test_a_batch_that_fails_is_tried_one_by_one() -> None:
    broken = Reply([line({"error": "EOF"})], status=500)
    with scripted(server(broken, vectors([1, 0]), vectors([0, 1]))) as script:
        np.testing.assert_allclose(opened(script).embed(["a", "b"]), [[1, 0], [0, 1]])


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (vectors([1, 2, 3]), ModelFailed, "3 numbers instead of 2"),
        (vectors([]), ModelFailed, "0 numbers instead of 2"),
        (vectors([float("nan"), 1]), ModelFailed, "no direction"),
        (vectors([0, 0]), ModelFailed, "no direction"),
        (vectors(), ModelFailed, "0 vectors for 1 texts"),
        (Reply([line({"error": "input length exceeds maximum context length"})], status=400), ModelFailed, "exceeds maximum"),
        (Reply([line({"error": "gone"})], status=404), ModelMissing, "ollama pull tiny"),
        (Reply([b"<html>"]), ModelFailed, "not Ollama's language"),
    ],
)
def test_what_cannot_be_used_is_refused(reply: Reply, kind: type[ModelError], says: str) -> None:
    with scripted(server(reply)) as script:
        embedder = opened(script)
        with pytest.raises(kind, match=says):
            embedder.embed(["a"])
