"""Bodies: which types are read, and how far compression is trusted."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.fetch.body import decompressed, expect, settle
from notebot.fetch.failures import Broken, Refused


def whole(body: Iterable[bytes], encoding: str, limit: int = 10**6) -> bytes:
    return b"".join(decompressed(body, encoding, limit))


def cut(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


def bare_deflate(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(text) + packer.flush()


@given(st.binary(max_size=500), st.integers(1, 50))
def test_what_was_packed_comes_out(text: bytes, size: int) -> None:
    assert whole(cut(text, size), "") == text
    assert whole(cut(gzip.compress(text), size), "gzip") == text
    assert whole(cut(zlib.compress(text), size), "Deflate") == text


def test_other_ways_to_pack() -> None:
    assert whole(cut(bare_deflate(b"words " * 100), 7), "deflate") == b"words " * 100
    assert whole([gzip.compress(b"one ") + gzip.compress(b"two")], "x-gzip") == b"one two"
    assert whole([gzip.compress(b"one"), b"\x00\x00padding"], "gzip") == b"one"
    assert whole([], "identity") == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "br, gzip", "x" * 1000])
def test_input_69_packings_that_were_not_asked_for(encoding: str) -> None:
    with pytest.raises(Refused, match="compression not supported"):
        whole([b"anything"], encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_input_69_a_bomb_is_cut_on_what_comes_out(encoding: str) -> None:
    """A hundred megabytes in a hundred kilobytes, and of it never more than the limit in memory."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | (16 if encoding == "gzip" else 0))
    bomb = b"".join(packer.compress(bytes(10**6)) for _ in range(100)) + packer.flush()
    assert len(bomb) < 200_000
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="larger than 1 MB"):
            whole([bomb], encoding)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_the_limit_itself_is_allowed() -> None:
    assert len(whole([gzip.compress(bytes(1000))], "gzip", 1000)) == 1000
    with pytest.raises(Refused):
        whole([gzip.compress(bytes(1001))], "gzip", 1000)
    with pytest.raises(Refused):
        whole([bytes(600), bytes(401)], "", 1000)


def test_input_70_truncated_or_broken_packing() -> None:
    packed = gzip.compress(b"words " * 1000)
    with pytest.raises(Broken, match="broke off"):
        whole([packed[:-9]], "gzip")
    with pytest.raises(Broken, match="broken"):
        whole([packed[:20] + b"\xff" * 20 + packed[40:]], "gzip")
    with pytest.raises(Broken):
        whole([b"<p>never packed"], "gzip")
    with pytest.raises(Broken):
        whole([], "gzip")


@pytest.mark.parametrize(
    "kind",
    ["text/html; charset=utf-8", "TEXT/HTML", "application/xhtml+xml", "text/plain", "text/markdown", "application/pdf", ""],
)
def test_types_that_are_read(kind: str) -> None:
    expect(kind)


@pytest.mark.parametrize(
    "kind",
    [
        "application/zip",
        "video/mp4",
        "image/png",
        "application/json",
        "application/rss+xml",
        "application/atom+xml",
        "text/xml",
        "text/css",
        "text/javascript",
        "multipart/mixed",
        "nonsense",
    ],
)
def test_input_67_types_that_are_not_read(kind: str) -> None:
    with pytest.raises(Refused, match=f"type not supported: {kind.replace('+', '.')}"):
        expect(kind)


@pytest.mark.parametrize(
    ("said", "body", "kind"),
    [
        ("", b"\xef\xbb\xbf <!DOCTYPE html><p>", "text/html"),
        ("application/octet-stream", b"\n<html>", "text/html"),
        ("", b"plain words", "text/plain"),
        ("", b"%PDF-1.7", "application/pdf"),
        ("text/html", b"%PDF-1.7", "application/pdf"),
        ("text/html; charset=latin-1", b"<html>", "text/html; charset=latin-1"),
        ("text/html", "<html>é".encode("utf-16"), "text/html"),
        ("text/html", "<html>é".encode("utf-16-be"), "text/html"),
        ("text/plain", b"", "text/plain"),
    ],
)
def test_input_66_a_wrong_or_missing_type(said: str, body: bytes, kind: str) -> None:
    assert settle(said, body) == kind


@pytest.mark.parametrize(
    ("said", "body"),
    [
        ("text/html", b"PK\x03\x04rest"),
        ("text/html", b"\x1f\x8b\x08rest"),
        ("", b"\x89PNG\r\n"),
        ("text/plain", b"\x00\x00\x00\x18ftypmp42"),
        ("text/plain", b"words\x00\x01\x02\x03words"),
        ("application/pdf", b"<html>please log in"),
    ],
)
def test_input_67_bytes_that_are_not_what_the_type_says(said: str, body: bytes) -> None:
    with pytest.raises(Refused, match="type not supported"):
        settle(said, body)
