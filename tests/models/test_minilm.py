"""MiniLM: vectors that do not depend on the batch, and token vectors that lose no token and know their place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from notebot.errors import ModelFailed, ModelMissing
from notebot.models.minilm import BODY, MiniLM, _windows, open_minilm

TEXTS = ["Apache Spark is a framework.", "", "数据库 and naïve café 🚀", "word " * 300, "c++ node.js", "a" * 2000]


def test_rows_are_unit_vectors_one_a_text(minilm: MiniLM) -> None:
    rows = minilm.embed(TEXTS)
    assert rows.shape == (len(TEXTS), minilm.dimension)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_a_row_is_the_same_to_the_bit_in_any_batch(minilm: MiniLM) -> None:
    texts = [*TEXTS, *(f"note number {i} " * (i % 9 + 1) for i in range(24))]
    together = minilm.embed(texts)
    alone = np.concatenate([minilm.embed([text]) for text in texts])
    assert np.array_equal(together, alone)
    assert np.array_equal(minilm.embed(texts[::-1]), together[::-1])


def test_meaning_is_near(minilm: MiniLM) -> None:
    question, right, wrong = minilm.embed(
        ["What is Databricks built on?", "Databricks is built on top of Apache Spark.", "Bake the bread for an hour."]
    )
    assert question @ right > 0.6
    assert question @ wrong < 0.3


def test_these_vectors_are_those_of_the_index_format(minilm: MiniLM) -> None:
    """Pinned: when this changes, so must `name`, or indexes mix vectors of two models."""
    assert minilm.name == "all-minilm-l6-v2-int8@8199be6f"
    np.testing.assert_allclose(minilm.embed(["hello world"])[0, :4], [-0.0348, 0.0301, 0.0130, 0.0254], atol=0.005)


def test_nothing_gives_nothing(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, 384)
    assert minilm.token_vectors([]) == []
    (nothing,) = minilm.token_vectors([""])
    assert nothing.offsets.shape == (0, 2)
    assert nothing.vectors.shape == (0, 384)
    assert minilm.count_tokens("") == 0


@pytest.mark.parametrize("text", TEXTS[2:])
def test_tokens_know_their_place_in_the_text(minilm: MiniLM, text: str) -> None:
    (found,) = minilm.token_vectors([text])
    assert len(found.offsets) == len(found.vectors) == minilm.count_tokens(text)
    spelled = "".join(text[start:end] for start, end in found.offsets)
    assert spelled == "".join(text.split())
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)


def test_token_vectors_do_not_depend_on_the_batch(minilm: MiniLM) -> None:
    texts = ["Spark is fast", "word " * 700, "x"]
    together = minilm.token_vectors(texts)
    for text, expected in zip(texts, together, strict=True):
        (alone,) = minilm.token_vectors([text])
        assert np.array_equal(alone.vectors, expected.vectors)


@pytest.mark.parametrize("length", [0, 1, 253, 254, 255, 318, 319, 444, 445, 5000])
def test_windows_keep_each_token_once_and_never_near_a_cut(length: int) -> None:
    windows = list(_windows(7, length))
    assert [i for window in windows for i in range(window.keep_first, window.keep_last)] == list(range(length))
    assert all(window.last - window.first <= BODY for window in windows)
    for window in windows:
        assert window.keep_first == 0 or window.keep_first - window.first >= 32
        assert window.keep_last == length or window.last - window.keep_last >= 32


def test_a_word_means_the_same_across_the_border_of_two_windows(minilm: MiniLM) -> None:
    sentence = "Databricks is built on Apache Spark. "
    (long,), (short,) = minilm.token_vectors([sentence * 60]), minilm.token_vectors([sentence * 3])
    per_sentence = len(short.vectors) // 3
    for at in range(per_sentence, len(long.vectors) - 2 * per_sentence):
        assert long.vectors[at] @ short.vectors[per_sentence + at % per_sentence] > 0.6


def test_without_the_files_it_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="Run: make setup"):
        open_minilm(folder=tmp_path)


def test_a_damaged_model_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "model").write_bytes(b"not onnx")
    with pytest.raises(ModelFailed, match=r"cannot be loaded.*Run: make setup"):
        MiniLM(tmp_path / "model", tmp_path / "model", threads=1)
