"""HTML to a Document: in which encoding, under which title, its text at its headings."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from notebot.errors import NotesError
from notebot.ingest.decoding import BOMS
from notebot.ingest.formats.html_text import Part, parts_of
from notebot.ingest.formats.html_tree import Tree, read_tree
from notebot.ingest.links import note_link, web_address
from notebot.ingest.outline import says_more
from notebot.types import Document, Link, NoteLink, Section

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]{1,40})", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:+-]{1,40})|<\?xml[^>]{0,100}?encoding=[\"']([\w.:-]{1,40})", re.I
)
# Browsers read these as the wider sets that contain them.
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
}
_SAMPLE = 50_000  # bytes by which an unnamed encoding is guessed
_SUFFIX = re.compile(r"\s+[|·•–—:-]\s+")


def read_html(source: str, data: bytes, content_type: str = "") -> Document:
    """The page or HTML file `source`: its visible content, cut at its headings, with their anchors.

    A section's text begins with its heading as Markdown; blocks are Markdown, the words are the page's own, without markup.
    Lines are counted in that text, so `unit` is "". Raises NotesError, with the reason, if `data` is no HTML or has no text.
    """
    text, warnings = decode_page(data, content_type)
    if text.count("\0") > len(text) // 100:
        raise NotesError("is not HTML: it has zero bytes in it")
    tree = read_tree(text)
    if tree is None:
        raise NotesError("is not HTML, or there is nothing in it")
    if tree.cut:
        warnings += ("too long: only its beginning was read",)
    parts = parts_of(tree.content)
    sections, links, note_links = _assembled(parts)
    title = _title(tree, parts) or PurePosixPath(source.rstrip("/")).stem or source
    return Document(source, title, sections, links, {}, warnings, note_links, unit="")


def decode_page(data: bytes, content_type: str) -> tuple[str, tuple[str, ...]]:
    """`data` as text, by its byte order mark, else its header `content_type`, else its own meta element, else by what it looks
    like; and what had to be guessed."""
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), ()
    named = _CHARSET.search(content_type)
    meta = _META.search(data[:4096])
    labels = (named[1] if named else "", (meta[1] or meta[2]).decode("ascii", "replace") if meta else "")
    encodings = [encoding for label in labels if (encoding := _encoding(label))]
    for encoding in dict.fromkeys([*encodings, "utf-8"]):
        try:
            return data.decode(encoding), ()
        except UnicodeDecodeError:
            continue
    for encoding in encodings:  # mostly right is right
        text = data.decode(encoding, errors="replace")
        if text.count("\ufffd") * 50 < len(text):
            return text, ("some bytes could not be read and were replaced",)
    guessed = _guess(data)
    return data.decode(guessed, errors="replace"), (f"does not say its encoding rightly, read as {guessed}",)


def _encoding(label: str) -> str:
    """Python's name for an encoding that `label` names, empty if it names none for text."""
    try:
        name = codecs.lookup(label).name
        "".encode(name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    if name.startswith("utf-16") or name.startswith("utf-32"):
        return ""  # without a mark, in a header or a meta element that could be read: not true
    return _WIDER.get(name, name)


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    return best.encoding if best else "cp1252"


# --- assembling ---------------------------------------------------------------------------------------------------


def _assembled(parts: Sequence[Part]) -> tuple[tuple[Section, ...], tuple[Link, ...], tuple[NoteLink, ...]]:
    """The sections of `parts`, one below the other, and the links in them."""
    sections: list[Section] = []
    links: list[Link] = []
    note_links: list[NoteLink] = []
    path: list[Part] = []
    line = 1
    for part in _saying(parts):
        while path and path[-1].level >= part.level:
            path.pop()
        if part.level:
            path.append(part)
        heading = f"{'#' * part.level} {part.heading}" if part.heading else ""
        text = "\n\n".join(block for block in (heading, part.text) if block)
        last = line + text.count("\n")
        sections.append(Section(tuple(above.heading for above in path), text, line, last, anchor=part.anchor))
        for href in part.links:
            if web_address(href):
                links.append(Link(href, line))
            elif found := note_link(href, line):
                note_links.append(found)
        line = last + 2
    return tuple(sections), tuple(links), tuple(note_links)


def _saying(parts: Sequence[Part]) -> list[Part]:
    """The parts without headings that have nothing under them, not even a deeper one, and say nothing themselves: on a page
    they announce what was left out."""
    kept: list[Part] = []
    for part in reversed(parts):
        leads_on = bool(kept) and part.level and kept[-1].level > part.level
        if part.text or (not part.again and part.heading and (leads_on or says_more(part.heading))):
            kept.append(part)
    return kept[::-1]


def _title(tree: Tree, parts: Sequence[Part]) -> str:
    """What the page calls itself, without the name of its site: by its only h1, else by its head, else by its first heading."""
    if tree.heading:
        return tree.heading
    if tree.titles:
        title = tree.titles[0]
        pieces = _SUFFIX.split(title)
        return (
            title[: -len(pieces[-1])].rstrip(" |·•–—:-") if len(pieces) > 1 and pieces[-1].lower() == tree.site.lower() else title
        )
    return next((part.heading for part in parts if part.heading), "")
