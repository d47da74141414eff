"""A GGUF file's header, whole, cut short, and faked."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from notebot.errors import ModelFailed, ModelMissing
from notebot.models.gguf import context_length
from notebot.models.packaged import SMOLLM2, packaged_path


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def header(*entries: bytes) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries)


NAME = text("general.architecture") + struct.pack("<I", 8) + text("llama")
TOKENS = text("tokenizer.tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("bc")
SCORES = text("tokenizer.scores") + struct.pack("<IIQ", 9, 6, 3) + struct.pack("<fff", 1, 2, 3)
LENGTH = text("llama.context_length") + struct.pack("<II", 4, 8192)


def test_the_packaged_model() -> None:
    assert context_length(packaged_path(SMOLLM2)) == 8192


@pytest.mark.parametrize(
    ("content", "expected"), [(header(NAME, TOKENS, SCORES, LENGTH), 8192), (header(NAME, SCORES), 0), (header(), 0)]
)
def test_what_the_header_says(tmp_path: Path, content: bytes, expected: int) -> None:
    (tmp_path / "m.gguf").write_bytes(content)
    assert context_length(tmp_path / "m.gguf") == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GG",
        b"PK\x03\x04 a zip",
        header(NAME, LENGTH)[:-2],
        header(text("x") + struct.pack("<I", 99)),
        header(struct.pack("<Q", 1 << 60)),
        b"GGUF" + b"\xff" * 40,
    ],
)
def test_what_is_no_gguf_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.gguf").write_bytes(content)
    with pytest.raises(ModelFailed, match=r"m\.gguf is not a GGUF model") as caught:
        context_length(tmp_path / "m.gguf")
    assert "\n" not in str(caught.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="There is no model file"):
        context_length(tmp_path / "none.gguf")
    with pytest.raises(ModelMissing, match="There is no model file"):
        context_length(tmp_path)
