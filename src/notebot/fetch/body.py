"""The body of an answer: is it a type that is read, and its bytes, decompressed as they come, never more than allowed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from notebot.fetch.failures import Broken, Refused

READ = frozenset(("text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/x-markdown", "application/pdf"))
# What servers say that do not know; then the bytes decide, and never against what they plainly are.
_UNKNOWN = frozenset(("", "application/octet-stream", "binary/octet-stream", "application/x-unknown", "unknown/unknown"))
_ARCHIVES = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"GIF87a",
    b"\x00\x00\x00",
)
_MARKUP = (b"<!doctype html", b"<!--", b"<html", b"<head", b"<body", b"<?xml")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT = 1024


def expect(content_type: str) -> None:
    """Raises Refused for a type that is not read, before any of it is."""
    kind = _kind(content_type)
    if kind not in READ and kind not in _UNKNOWN:
        raise Refused(f"type not supported: {kind[:60]}")


def settle(content_type: str, body: bytes) -> str:
    """The content type of what came: as the server says, unless it does not know or its bytes are plainly something else.

    Raises Refused for what is not read.
    """
    start = body[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"%PDF-"):
        return "application/pdf"
    if start.startswith(_ARCHIVES) or (b"\x00" in start and not start.startswith(_UTF16) and not _maybe_utf16(start)):
        raise Refused("type not supported: not a text")
    if _kind(content_type) == "application/pdf":
        raise Refused("type not supported: called a PDF, and is none")
    if _kind(content_type) not in _UNKNOWN:
        return content_type
    return "text/html" if start.lower().startswith(_MARKUP) else "text/plain"


def decompressed(body: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """The pieces of `body` without their compression, at most `limit` bytes. Raises Refused beyond that, Broken if cut off."""
    left = limit
    for piece in _pieces(body, encoding.strip().lower(), limit):
        left -= len(piece)
        if left < 0:
            raise Refused(f"larger than {limit / 1e6:g} MB")
        yield piece


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _maybe_utf16(start: bytes) -> bool:
    """Whether every second byte is nothing, as in plain letters written in two bytes each."""
    return not any(start[:64:2]) or not any(start[1:64:2])


def _pieces(body: Iterable[bytes], encoding: str, most: int) -> Iterator[bytes]:
    if encoding in ("", "identity"):
        yield from body
    elif encoding in ("gzip", "x-gzip"):
        yield from _inflated(body, zlib.MAX_WBITS | 16, most)
    elif encoding == "deflate":
        yield from _deflated(body, most)
    else:
        # Only gzip and deflate are asked for, and only once: anything else is a server that does as it likes.
        raise Refused(f"compression not supported: {encoding[:60]}")


def _deflated(body: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The name means zlib; some servers send what is inside a zlib."""
    pieces = (piece for piece in body if piece)
    first = next(pieces, b"")
    bits = zlib.MAX_WBITS if first[:1] and first[0] & 0x0F == 8 else -zlib.MAX_WBITS
    yield from _inflated(_chained(first, pieces), bits, most)


def _chained(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _inflated(body: Iterable[bytes], bits: int, most: int) -> Iterator[bytes]:
    """No piece is longer than `most` + 1, however much a few bytes claim to hold."""
    stream = zlib.decompressobj(bits)
    try:
        for piece in body:
            waiting = piece
            while waiting:
                if stream.eof:
                    if not waiting.startswith(b"\x1f\x8b"):
                        return  # padding after the end
                    stream = zlib.decompressobj(bits)
                yield stream.decompress(waiting, most + 1)
                waiting = stream.unconsumed_tail or stream.unused_data
    except zlib.error as error:
        raise Broken("its compression is broken") from error
    if not stream.eof:
        raise Broken("the connection broke off")
