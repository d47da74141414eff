"""The bytes of a file to text: what kind of file they are, and in which encoding they were written."""

from __future__ import annotations

import codecs
import re
import unicodedata

from notebot.errors import NotesError

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_KNOWN_FILES = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
)
# Encodings of old notes, tried where the bytes are not UTF-8. Windows-1250 is not among them: too often it is taken for 1252.
_EAST_ASIAN = {"cp932": "Shift-JIS", "gb18030": "GB18030", "big5": "Big5", "euc_jp": "EUC-JP", "cp949": "EUC-KR"}
_OTHERS = {"cp1251": "Windows-1251", "koi8_r": "KOI8-R", "cp1253": "Windows-1253"}
_MIXED = re.compile(r"[a-z][^\W\d_a-z]|[^\W\d_a-z][a-z]", re.IGNORECASE)
_SAMPLE = 8_000  # bytes that an encoding is guessed by
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """`data` as text with line feeds, and what had to be guessed. Raises NotesError if it is not text."""
    if what := known_as(data):
        raise NotesError(f"is {what}, not text")
    text, warnings = _decoded(data)
    if "\0" in text:
        raise NotesError("has zero bytes in it: it is not text")
    return text.replace("\r\n", "\n").replace("\r", "\n"), warnings


def known_as(data: bytes) -> str:
    """What kind of file `data` is by its first bytes ("a PNG image"), or "" if they are none that are known."""
    return next((what for magic, what in _KNOWN_FILES if data.startswith(magic)), "")


def storable(text: str) -> str:
    """`text`, made from escapes perhaps, with U+FFFD for what SQLite cannot hold: halves of characters, zeros."""
    return _UNSTORABLE.sub("\ufffd", text)


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            return text, ("some bytes could not be read and were replaced",) if "\ufffd" in text else ()
    if encoding := _utf_16(data):
        return data.decode(encoding, errors="replace"), ("read as UTF-16, which it does not say it is",)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        first = error.start
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if sum(not char.isascii() for char in text) > 2 * broken:  # mostly right as UTF-8
        return text, (f"{broken} invalid UTF-8 sequences were replaced",)
    encoding, name = _guessed(data, first)
    text = data.decode(encoding, errors="replace")
    return text, (f"not UTF-8, read as {name}: some letters may be wrong",)


def _utf_16(data: bytes) -> str:
    """The byte order of text in UTF-16 without a mark: spaces, line ends and Latin letters have a zero on one side."""
    start = data[:2000]
    zeros = start[1::2].count(0), start[0::2].count(0)
    if len(data) < 8 or len(data) % 2 or max(zeros) < 0.03 * len(start) / 2 or max(zeros) < 3 * min(zeros):
        return ""
    encoding = "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
    text = start.decode(encoding, errors="replace")
    meaningless = sum(unicodedata.category(char) in ("Cc", "Cn", "Co") and char not in "\t\n\f\r" for char in text)
    return "" if meaningless > 2 or "\0" in text else encoding


def _guessed(data: bytes, first: int) -> tuple[str, str]:
    """The encoding of `data`, and its name for people, judged by the text around its first byte that is not UTF-8."""
    from charset_normalizer import from_bytes

    start = max(data.rfind(b"\n", 0, first) + 1, first - _SAMPLE // 2)
    sample = data[start : start + _SAMPLE]
    if len(data) > start + _SAMPLE:  # not in the middle of a character: line ends are one byte in all of them
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    names = _EAST_ASIAN | _OTHERS | {"cp1252": "Windows-1252"}
    best = from_bytes(sample, cp_isolation=list(names), preemptive_behaviour=False).best()
    encoding = best.encoding if best else ""
    if encoding in _OTHERS and _MIXED.search(sample.decode(encoding, errors="replace")):
        encoding = "cp1252"  # nobody writes a word in two alphabets
    return (encoding, names[encoding]) if encoding in names else ("cp1252", names["cp1252"])
