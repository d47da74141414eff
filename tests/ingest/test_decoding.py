"""Bytes to text: as it was meant, or what had to be guessed is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.errors import NotesError
from notebot.ingest.decoding import decode, known_as, storable


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbf# T\xc3\xa9\n", "# Té\n"),
        ("# Té\n".encode("utf-16"), "# Té\n"),
        (b"\xfe\xff" + "# Té\n".encode("utf-16-be"), "# Té\n"),
        (b"\xff\xfe\x00\x00" + "# Té\n".encode("utf-32-le"), "# Té\n"),
        (b"a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a 👩‍👩‍👧 b".encode(), "a 👩‍👩‍👧 b"),
        (b"", ""),
    ],
)
def test_text_is_read_as_it_was_meant(data: bytes, text: str) -> None:
    assert decode(data) == (text, ())


@pytest.mark.parametrize(
    ("encoding", "name", "text"),
    [
        ("cp1252", "Windows-1252", "café"),
        ("cp1252", "Windows-1252", "café – “naïve”"),
        ("cp1252", "Windows-1252", "Größe: Übermäßig schöne Straße."),
        ("cp932", "Shift-JIS", "東京は日本の首都です。機械学習のメモ。"),
        ("euc_jp", "EUC-JP", "東京は日本の首都です。機械学習のメモ。"),
        ("gb18030", "GB18030", "机器学习是人工智能的一个分支。"),
        ("big5", "Big5", "機器學習是人工智慧的一個分支。"),
        ("cp949", "EUC-KR", "안녕하세요. 이것은 기계 학습에 대한 메모입니다."),
        ("cp1251", "Windows-1251", "Привет, это мои заметки о машинном обучении."),
        ("cp1253", "Windows-1253", "Καλημέρα κόσμε, αυτές είναι οι σημειώσεις μου."),
    ],
)
@pytest.mark.parametrize("times", [1, 2000])
def test_old_encodings_are_guessed_and_said(encoding: str, name: str, text: str, times: int) -> None:
    found, warnings = decode((f"{text}\n" * times).encode(encoding))
    assert found == f"{text}\n" * times
    assert warnings == (f"not UTF-8, read as {name}: some letters may be wrong",)


@pytest.mark.parametrize("data", [b"a\x00b", b"ab\x00\x00cd\x00\x00ef\x00\x00", bytes(range(256)) * 4, b"\x00" * 100])
def test_zero_bytes_are_not_text(data: bytes) -> None:
    with pytest.raises(NotesError, match="it is not text"):
        decode(data)


def test_files_are_known_by_their_first_bytes() -> None:
    assert known_as(b"%PDF-1.7") == "a PDF document"
    assert known_as(b"MZ is how this note begins") == known_as(b"") == ""


def test_what_cannot_be_stored_is_replaced() -> None:
    assert storable("a\ud800b\0c👩") == "a\ufffdb\ufffdc👩"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xfe", b"caf\xe9 "]))
def test_any_bytes_are_text_that_can_be_stored_or_refused(data: bytes, start: bytes) -> None:
    try:
        text, _ = decode(start + data)
    except NotesError:
        return
    assert storable(text) == text
    assert "\r" not in text
