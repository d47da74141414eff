"""A Document to Chunks: a section that fits is one; a longer one is cut where its text has its strongest breaks."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from notebot.ingest.markdown import says_more
from notebot.models.ports import TokenEmbedder
from notebot.types import Chunk, Document, Link, Section

# Bump when the same note would give other chunks: every note is then cut again at the next ingest.
CHUNKING_VERSION = 1

_LIMIT = 200  # tokens of a chunk; MiniLM reads 256, and the heading path stands before the text
_WINDOW = 250
_LEAST = 80  # tokens that are left to the text under the longest heading path

# How good a place each is to cut before. Within code only where nothing else is left.
_BLANK, _ITEM, _ROW, _LINE, _SENTENCE, _CODE, _WORD = 7, 6, 5, 4, 3, 2, 1

_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
_ITEM_MARK = re.compile(r"(\s*)(?:[-*+]|\d{1,9}[.)])\s")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-+)\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])")
_LINK = re.compile(r"!?\[[^\]]*\]\([^)]*\)|<?https?://\S+")
_SAYING = re.compile(r"\w|[^\x00-\x7f]")
_ENCODED = re.compile(r"[!-~]{2000,}[ \t]*")  # an inline image, a key, minified code: nothing that can be asked about
_PIECE = 100  # characters of a sentence that is too long, at most a token each


@dataclass(frozen=True, slots=True)
class _Atom:
    """The smallest pieces that chunks are put together from: `text[start:end]` of a section, `line` lines below its first."""

    start: int
    end: int
    line: int
    tokens: int
    cut: int  # how good a place its start is to cut


def chunk(document: Document, tokens: TokenEmbedder) -> list[Chunk]:
    """The chunks of `document`, in order, each an exact slice of its text.

    A heading that only leads on to deeper ones has no chunk: it is in the path of theirs. A stub has one.
    """
    chunks: list[Chunk] = []
    equal: Counter[tuple[tuple[str, ...], str]] = Counter()
    every_link = sorted(dict.fromkeys(document.links), key=lambda link: link.line)
    lines = [link.line for link in every_link]
    for section in document.sections:
        links = every_link[bisect_left(lines, section.first_line) : bisect_right(lines, section.last_line)]
        if _only_leads_on(section) and not links:
            continue
        path = section.heading or (document.title,)
        limit = min(_LIMIT, max(_LEAST, _WINDOW - tokens.count_tokens(" > ".join(path))))
        pieces = list(_pieces(section, limit, tokens))
        places = [_place_of(link, pieces) for link in links]
        for place, (text, first_line, last_line) in enumerate(pieces):
            key = _identity(document.source, path, text, equal[path, text])
            equal[path, text] += 1
            own = tuple(link for link, where in zip(links, places, strict=True) if where == place)
            chunks.append(
                Chunk(key, document.source, document.title, section.heading, text, first_line, last_line, section.stub, own)
            )
    return chunks


def _identity(source: str, path: tuple[str, ...], text: str, number: int) -> str:
    parts = json.dumps([source, path, text, number], ensure_ascii=False)
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _only_leads_on(section: Section) -> bool:
    if not section.heading or section.stub or says_more(section.heading[-1]):
        return False
    lines = section.text.split("\n")
    under = 1
    if not lines[0].lstrip().startswith("#"):  # a heading that is underlined
        under = next((number for number, line in enumerate(lines, 1) if _UNDERLINE.fullmatch(line)), 1)
    return not any(line.strip() for line in lines[under:])


def _place_of(link: Link, pieces: Sequence[tuple[str, int, int]]) -> int:
    """The piece that `link` belongs to: of those on its line, the one that spells it out, else the first."""
    on_line = [place for place, (_, first, last) in enumerate(pieces) if first <= link.line <= last]
    return next((place for place in on_line if link.url in pieces[place][0]), on_line[0] if on_line else 0)


# --- cutting ------------------------------------------------------------------------------------------------------


def _pieces(section: Section, limit: int, tokens: TokenEmbedder) -> Iterator[tuple[str, int, int]]:
    """Each piece with its first and last line. Long runs of encoded data are left out."""
    text = section.text
    if len(text) <= 30 * limit and not _ENCODED.search(text) and tokens.count_tokens(text) <= limit:
        yield text, section.first_line, section.last_line
        return
    for run in _runs(text, limit, tokens):
        held: list[_Atom] = []
        for first, last in _packed(run, limit):
            said = [atom for atom in run[first : last + 1] if text[atom.start : atom.end].strip()]
            if held and said and _only_links(text[said[0].start : said[-1].end]):
                held += said  # "[source](https://...)" at the end says nothing without what it is the source of
                continue
            yield from _piece(section, held)
            held = said
        yield from _piece(section, held)


def _piece(section: Section, atoms: Sequence[_Atom]) -> Iterator[tuple[str, int, int]]:
    if atoms:
        text = section.text[atoms[0].start : atoms[-1].end].rstrip()
        yield text, section.first_line + atoms[0].line, section.first_line + atoms[-1].line


def _only_links(text: str) -> bool:
    return not _SAYING.search(_LINK.sub("", text))


def _packed(atoms: Sequence[_Atom], limit: int) -> Iterator[tuple[int, int]]:
    """First and last of the atoms that go together: as many as fit, cut at the best place among the later ones."""
    start, left = 0, sum(atom.tokens for atom in atoms)
    while start < len(atoms):
        sizes = [atoms[start].tokens]  # of the piece, if it ended before atom start + 1, start + 2, ...
        end = start + 1
        while end < len(atoms) and sizes[-1] + atoms[end].tokens <= limit:
            sizes.append(sizes[-1] + atoms[end].tokens)
            end += 1
        if end < len(atoms):
            end = _best_cut(atoms, start, sizes, left, limit)
        left -= sizes[end - start - 1]
        yield start, end - 1
        start = end


def _best_cut(atoms: Sequence[_Atom], start: int, sizes: Sequence[int], left: int, limit: int) -> int:
    places = range(start + 1, start + len(sizes) + 1)
    fair = [place for place in places if sizes[place - start - 1] >= 0.4 * limit]
    fair = [place for place in fair if left - sizes[place - start - 1] >= 0.2 * limit] or fair  # no crumb at the end
    best = max(fair or places, key=lambda place: (atoms[place].cut, place))
    if atoms[best].cut <= _CODE:  # rather a short piece than code cut in two
        best = max(places, key=lambda place: (atoms[place].cut, place))
    return best


def _runs(text: str, limit: int, tokens: TokenEmbedder) -> Iterator[list[_Atom]]:
    """The atoms of `text`. A new run begins where something was left out: no chunk may reach across."""
    run: list[_Atom] = []
    start = 0
    for line, (content, cut) in enumerate(_graded(text.split("\n"))):
        begin = 0
        for encoded in [*_ENCODED.finditer(content), None]:
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
            cut = _CODE
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
            cut = _CODE
        elif under_heading:  # a heading stays with what it is about
            cut, under_heading = _CODE, False
        under_heading = under_heading or (number == 0 and line.lstrip().startswith("#"))
        after_blank = not line.strip()
        yield line, cut


def _atoms(text: str, span: tuple[int, int], place: tuple[int, int], measure: tuple[int, TokenEmbedder]) -> Iterator[_Atom]:
    """The line `text[start:end]` whole if it fits; else its sentences; a sentence that does not fit in pieces."""
    (start, end), (line, cut), (limit, tokens) = span, place, measure
    if start >= end:
        return
    size = tokens.count_tokens(text[start:end]) if end - start <= 30 * limit else limit + 1
    if size <= limit:
        yield _Atom(start, end, line, size, cut)
        return
    ends = [match.end() for match in _SENTENCE_END.finditer(text, start, end)]
    for begin, stop in pairwise([start, *(place for place in ends if start < place < end), end]):
        size = tokens.count_tokens(text[begin:stop]) if stop - begin <= 30 * limit else limit + 1
        if size <= limit:
            yield _Atom(begin, stop, line, size, cut if begin == start else _SENTENCE)
            continue
        for first, last in _split(text, begin, stop):
            size = tokens.count_tokens(text[first:last])
            yield _Atom(first, last, line, size, cut if first == start else _SENTENCE if first == begin else _WORD)


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
