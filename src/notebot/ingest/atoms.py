"""The smallest pieces of a text that chunks are put together from, each with how good a place its start is to cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from notebot.models.ports import TokenEmbedder

# How good a place each is to cut before. Within code only where nothing else is left.
_BLANK, _ITEM, _ROW, _LINE, _SENTENCE, IN_CODE, _WORD = 7, 6, 5, 4, 3, 2, 1

_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
_ITEM_MARK = re.compile(r"(\s*)(?:[-*+]|\d{1,9}[.)])\s")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])")
ENCODED = re.compile(r"[!-~]{2000,}[ \t]*")  # an inline image, a key, minified code: nothing that can be asked about
# A run of a script without spaces (Thai, say) is a single word to a model that does not know it, however long: it is taken
# for a token to ten characters at least. Box drawings and the like are no script.
_UNSPACED = re.compile(r"[^\s\x00-\u02ff\u2000-\u2fff]{20,}")
_PIECE = 100  # characters of a sentence that is too long, at most a token each


@dataclass(frozen=True, slots=True)
class Atom:
    """The smallest pieces that chunks are put together from: `text[start:end]` of a section, `line` lines below its first."""

    start: int
    end: int
    line: int
    tokens: int
    cut: int  # how good a place its start is to cut


def size(text: str, tokens: TokenEmbedder) -> int:
    """The tokens of `text`, and no fewer than a reader would count."""
    counted = tokens.count_tokens(text)
    return counted if text.isascii() else max(counted, sum(map(len, _UNSPACED.findall(text))) // 10)


def runs(text: str, limit: int, tokens: TokenEmbedder) -> Iterator[list[Atom]]:
    """The atoms of `text`. A new run begins where something was left out: no chunk may reach across."""
    run: list[Atom] = []
    start = 0
    for line, (content, cut) in enumerate(_graded(text.split("\n"))):
        begin = 0
        for encoded in [*ENCODED.finditer(content), None]:
            stop = encoded.start() if encoded else len(content) + 1
            run += _atoms(text, (start + begin, min(start + stop, len(text))), (line, cut), (limit, tokens))
            if encoded:
                if run:
                    yield run
                run, begin = [], encoded.end()
        start += len(content) + 1
    if run:
        yield run


def _graded(lines: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Each line with how good a place it is to cut before."""
    fence = ""
    after_blank = under_heading = False
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        item = _ITEM_MARK.match(line)
        if fence:
            cut = IN_CODE
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        else:
            cut = _BLANK if after_blank else _LINE
            if not after_blank and item:
                cut = _ROW if item[1] else _ITEM
            elif not after_blank and line.lstrip().startswith("|"):
                cut = _ROW
            fence = mark[1] if mark else ""
        if not line.strip():
            cut = IN_CODE
        elif under_heading:  # a heading stays with what it is about
            cut, under_heading = IN_CODE, False
        under_heading = under_heading or (number == 0 and line.lstrip().startswith("#"))
        after_blank = not line.strip()
        yield line, cut


def _atoms(text: str, span: tuple[int, int], place: tuple[int, int], measure: tuple[int, TokenEmbedder]) -> Iterator[Atom]:
    """The line `text[start:end]` whole if it fits; else its sentences; a sentence that does not fit in pieces."""
    (start, end), (line, cut), (limit, tokens) = span, place, measure
    if start >= end:
        return
    count = size(text[start:end], tokens) if end - start <= 30 * limit else limit + 1
    if count <= limit:
        yield Atom(start, end, line, count, cut)
        return
    ends = [match.end() for match in _SENTENCE_END.finditer(text, start, end)]
    for begin, stop in pairwise([start, *(place for place in ends if start < place < end), end]):
        count = size(text[begin:stop], tokens) if stop - begin <= 30 * limit else limit + 1
        if count <= limit:
            yield Atom(begin, stop, line, count, cut if begin == start else _SENTENCE)
            continue
        for first, last in _split(text, begin, stop):
            count = size(text[first:last], tokens)
            yield Atom(first, last, line, count, cut if first == start else _SENTENCE if first == begin else _WORD)


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of about `_PIECE` characters, cut after a space if there is one, never within what is seen as one character."""
    while start < end:
        stop = min(start + _PIECE, end)
        if stop < end:
            space = max(text.rfind(" ", start, stop), text.rfind("\t", start, stop))
            stop = space + 1 if space > start else stop
            while stop < end and _joined(text, stop):
                stop += 1
        yield start, stop
        start = stop


def _joined(text: str, at: int) -> bool:
    """Whether the characters before and at `at` are shown as one: accents, joined emoji, skin tones, flags."""
    after = text[at]
    return (
        text[at - 1] == "\u200d"
        or unicodedata.category(after) in ("Mn", "Mc", "Me", "Cf", "Sk")
        or "\U0001f1e6" <= after <= "\U0001f1ff"
    )
