"""A Document to Chunks: a section that fits is one; a longer one is cut where its text has its strongest breaks."""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from notebot.ingest.atoms import ENCODED, IN_CODE, Atom, runs, size
from notebot.ingest.outline import says_more
from notebot.models.ports import TokenEmbedder
from notebot.types import Chunk, Document, Link, Section

# Bump when the same note would give other chunks: every note is then cut again at the next ingest.
CHUNKING_VERSION = 2

_LIMIT = 200  # tokens of a chunk; MiniLM reads 256, and the heading path stands before the text
_WINDOW = 250
_LEAST = 80  # tokens that are left to the text under the longest heading path

_UNDERLINE = re.compile(r"\s{0,3}([!-/:-@\[-`{-~])\1*\s*")
_TABLE_HEAD = re.compile(r"\|?\s*:?-+:?\s*(?:[|+]\s*:?-+:?\s*)*\|?")
_LINK = re.compile(r"!?\[[^\]]*\]\([^)]*\)|<?https?://\S+")
_SAYING = re.compile(r"\w|[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a section that will be a chunk. `context`: the header of the table that its first row belongs to."""

    text: str
    first_line: int
    last_line: int
    context: str = ""


def chunk(document: Document, tokens: TokenEmbedder) -> list[Chunk]:
    """The chunks of `document`, in order, each an exact slice of its text.

    A heading that only leads on to deeper ones has no chunk: it is in the path of theirs, and so is its anchor in theirs.
    A stub has one.
    """
    chunks: list[Chunk] = []
    equal: Counter[tuple[tuple[str, ...], str]] = Counter()
    above: list[Section] = []  # headings that only lead on, to what is being read now
    for section, links in _with_links(document):
        above = [other for other in above if section.heading[: len(other.heading)] == other.heading != section.heading]
        if _only_leads_on(section) and not links:
            above.append(section)
            continue
        anchors = " ".join(part.anchor for part in (*above, section) if part.anchor)
        path = section.heading or (document.title,)
        room = _WINDOW - tokens.count_tokens(" > ".join(path))
        pieces = list(_pieces(section, room, tokens))
        if document.unit != "line":  # pages and cells are not cut into lines that anybody could find again
            pieces = [replace(piece, first_line=section.first_line, last_line=section.last_line) for piece in pieces]
        places = [_place_of(link, pieces) for link in links]
        for place, piece in enumerate(pieces):
            key = _identity(document.source, path, piece, equal[path, piece.text])
            equal[path, piece.text] += 1
            own = tuple(link for link, where in zip(links, places, strict=True) if where == place)
            chunks.append(_chunk(document, replace(section, anchor=anchors), piece, key=key, links=own))
    return chunks


def _chunk(document: Document, section: Section, piece: _Piece, *, key: str, links: tuple[Link, ...]) -> Chunk:
    return Chunk(
        key,
        document.source,
        document.title,
        section.heading,
        piece.text,
        piece.first_line,
        piece.last_line,
        section.stub,
        links,
        document.unit,
        section.anchor,
        piece.context,
    )


def _with_links(document: Document) -> Iterator[tuple[Section, list[Link]]]:
    """Each section with the links in it. Where several share a page or a cell, a link is with the first that spells it out."""
    links = sorted(dict.fromkeys(document.links), key=lambda link: link.line)
    lines = [link.line for link in links]
    of: dict[Link, int] = {}
    if document.unit != "line":
        for place, section in enumerate(document.sections):
            for link in links[bisect_left(lines, section.first_line) : bisect_right(lines, section.last_line)]:
                if link not in of or (link.url in section.text and link.url not in document.sections[of[link]].text):
                    of[link] = place
    for place, section in enumerate(document.sections):
        here = links[bisect_left(lines, section.first_line) : bisect_right(lines, section.last_line)]
        yield section, [link for link in here if of.get(link, place) == place]


def _identity(source: str, path: tuple[str, ...], piece: _Piece, number: int) -> str:
    parts = json.dumps([source, path, piece.text, number, *filter(None, [piece.context])], ensure_ascii=False)
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def _only_leads_on(section: Section) -> bool:
    if not section.heading or section.stub or says_more(section.heading[-1]):
        return False
    lines = section.text.split("\n")
    under = 1
    if not lines[0].lstrip().startswith("#"):  # a heading that is underlined
        under = next((number for number, line in enumerate(lines, 1) if _UNDERLINE.fullmatch(line)), 1)
    return not any(line.strip() for line in lines[under:])


def _place_of(link: Link, pieces: Sequence[_Piece]) -> int:
    """The piece that `link` belongs to: of those on its line, the one that spells it out, else the first."""
    on_line = [place for place, piece in enumerate(pieces) if piece.first_line <= link.line <= piece.last_line]
    return next((place for place in on_line if link.url in pieces[place].text), on_line[0] if on_line else 0)


# --- cutting ------------------------------------------------------------------------------------------------------


def _pieces(section: Section, room: int, tokens: TokenEmbedder) -> Iterator[_Piece]:
    """The section in pieces, `room` tokens being left beside its heading. Long runs of encoded data are left out."""
    text, limit = section.text, min(_LIMIT, max(_LEAST, room))
    if len(text) <= 30 * limit and not ENCODED.search(text) and size(text, tokens) <= limit:
        yield _Piece(text, section.first_line, section.last_line)
        return
    headers = _table_headers(text.split("\n"))
    for run in runs(text, limit, tokens):
        for atoms in _with_their_links(text, run, limit):
            piece = text[atoms[0].start : atoms[-1].end].rstrip()
            left = room - sum(atom.tokens for atom in atoms)
            context = _fitting(headers.get(atoms[0].line, ""), left, tokens)
            yield _Piece(piece, section.first_line + atoms[0].line, section.first_line + atoms[-1].line, context)


def _with_their_links(text: str, run: Sequence[Atom], limit: int) -> Iterator[list[Atom]]:
    """The atoms of each piece. "[source](https://...)" at the end says nothing without what it is the source of."""
    held: list[Atom] = []
    for first, last in _packed(run, limit):
        said = [atom for atom in run[first : last + 1] if text[atom.start : atom.end].strip()]
        if held and said and _only_links(text[said[0].start : said[-1].end]):
            held += said
            continue
        if held:
            yield held
        held = said
    if held:
        yield held


def _table_headers(lines: Sequence[str]) -> dict[int, str]:
    """For each line that is a row of a table, the table's header."""
    headers: dict[int, str] = {}
    for number in range(1, len(lines)):
        line, above = lines[number], lines[number - 1]
        if number - 1 in headers and line.strip():
            headers[number] = headers[number - 1]
        elif "|" in above and "-" in line and "|" in line and _TABLE_HEAD.fullmatch(line.strip()):
            headers[number] = " | ".join(cell.strip() for cell in above.strip().strip("|").split("|"))
    return headers


def _fitting(header: str, room: int, tokens: TokenEmbedder) -> str:
    """As many of the header's cells as there is room for."""
    if not header or tokens.count_tokens(header) <= room:
        return header
    cells = header.split(" | ")[: max(room, 0)]
    while cells and tokens.count_tokens(" | ".join(cells)) > room:
        cells.pop()
    return " | ".join(cells)


def _only_links(text: str) -> bool:
    return not _SAYING.search(_LINK.sub("", text))


def _packed(atoms: Sequence[Atom], limit: int) -> Iterator[tuple[int, int]]:
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


def _best_cut(atoms: Sequence[Atom], start: int, sizes: Sequence[int], left: int, limit: int) -> int:
    places = range(start + 1, start + len(sizes) + 1)
    fair = [place for place in places if sizes[place - start - 1] >= 0.4 * limit]
    fair = [place for place in fair if left - sizes[place - start - 1] >= 0.2 * limit] or fair  # no crumb at the end
    best = max(fair or places, key=lambda place: (atoms[place].cut, place))
    if atoms[best].cut <= IN_CODE:  # rather a short piece than code cut in two
        best = max(places, key=lambda place: (atoms[place].cut, place))
    return best
