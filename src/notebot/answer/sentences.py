"""Text -> sentences: whole, with their offsets, or as the text streams in."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A full stop after one of these does not end a sentence.
ABBREVIATIONS = frozenset(
    "e.g i.e etc vs cf approx fig nr dr mr mrs ms prof st inc ltd co al eq sec s.t b/w w.r.t a.k.a p pp vol".split()
)
END = re.compile(r"[.!?…。！？]+[\"'”’)\]*_`]*(?=\s|$)|[。！？]")
WRAPPED_LINE = 50  # a shorter line that ends without punctuation was meant to end there
LIST_MARK = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+|\s*#{1,6}\s+|\s*>\s?")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences in `text`, in order, without outer white space.

    Headings, list items and table rows end with their line; a paragraph broken by hand over several lines is read as one.
    List marks, heading marks and quote marks at the start of a line are left out of the span.
    """
    return [span for start, end in _blocks(text) for span in _in_block(text, start, end)]


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    lines = text.splitlines(keepends=True)
    offset = begin = 0
    for number, line in enumerate(lines):
        offset += len(line)
        if number + 1 == len(lines) or not _runs_on(line, lines[number + 1]):
            mark = LIST_MARK.match(text, begin, offset)
            yield (mark.end() if mark else begin), offset
            begin = offset


def _runs_on(line: str, following: str) -> bool:
    line, ahead = line.rstrip(), following.lstrip()
    if not line or not ahead or line.lstrip().startswith(("#", "|")) or ahead.startswith("|") or LIST_MARK.match(following):
        return False
    return line[-1] not in ".!?:;" and (len(line) >= WRAPPED_LINE or ahead[0].islower())


def _in_block(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for match in END.finditer(text, start, end):
        if _ends(text, begin, match):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _ends(text: str, begin: int, match: re.Match[str]) -> bool:
    if not match.group().startswith(".") or (len(match.group()) > 1 and match.group()[1] == "."):
        return True
    before = text[begin : match.start()].rsplit(None, 1)
    word = before[-1].lstrip("(\"'“*_`").lower() if before else ""
    initial = len(word) == 1 and word.isalpha()
    number_mark = word.isdigit() and not text[begin : match.start()].strip().rstrip(word)  # "1." opening a list item
    return not (word in ABBREVIATIONS or initial or number_mark)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(char.isalnum() for char in text[start:end]):
        yield start, end


class SentenceStream:
    """Cuts a growing text into sentences. Keeps the unfinished rest between calls."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that `piece` has completed, in order."""
        self._rest += piece
        spans = sentence_spans(self._rest)
        done = []
        cut = 0
        for start, end in spans:
            # A sentence is complete once something follows it: the next one, or an empty line.
            if "\n\n" not in self._rest[end:] and not any(later >= end for later, _ in spans):
                break
            done.append(self._rest[start:end])
            cut = end
        self._rest = self._rest[cut:]
        return done

    def finish(self) -> list[str]:
        """What is left, at the end of the text."""
        rest, self._rest = self._rest, ""
        return [rest[start:end] for start, end in sentence_spans(rest)]
