"""The content of a page to text: headings with their anchors, paragraphs, lists, tables, code. The page's own words, no markup
but that of plain Markdown blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebot.ingest.formats.html_tree import HEADINGS, class_words, heading_text, plain

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]  # it has no types

_DEEPEST = 150  # elements within elements; what is deeper is read as one paragraph
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form head header hgroup"
    " html legend li main p section summary caption table thead tbody tfoot tr td th hr".split()
)
_INVISIBLE = {ord("\u00ad"): None, ord("\u200b"): None, ord("\ufeff"): None, ord("\u2060"): None}
_SAYING = re.compile(r"\w")
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source|highlight)-([A-Za-z][\w+#]{0,19})")


@dataclass(slots=True)
class Part:
    """A heading of the page (level 0: none yet) with the text under it, and the web addresses that are linked there."""

    level: int
    heading: str
    anchor: str
    pieces: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    listed: bool = False  # the last block belongs to a list
    again: bool = False  # goes on after deeper headings have ended

    @property
    def text(self) -> str:
        """All that stands under the heading."""
        return "".join(self.pieces)


def parts_of(content: Element) -> list[Part]:
    """The text of `content`, cut at its headings."""
    writing = _Writing(content)
    writing.children(content, 0)
    writing.end_block()
    return writing.parts


class _Writing:
    """The text so far, and the line that is being gathered. Descends by recursion, but not deeper than `_DEEPEST`."""

    def __init__(self, content: Element) -> None:
        self.parts = [Part(0, "", "")]
        self._anchors = _Anchors(content)
        self._line: list[str] = []
        self._indent = ""
        self._number: int | None = None  # of the item before in a list that counts
        self._mark = ""  # of the list item whose first block is still to come

    def children(self, element: Element, depth: int) -> None:
        self._line.append(element.text or "")
        for child in element:
            self._element(child, depth + 1)
            self._line.append(child.tail or "")

    def end_block(self) -> None:
        """What has been gathered becomes a paragraph."""
        text = "".join(self._line).translate(_INVISIBLE)
        self._line = []
        lines = [" ".join(line.split()) for line in text.split("\v")]  # \v stands for a line break that is meant
        said = "\n".join(line for line in lines if line)
        if _SAYING.search(said):
            self._put(said)

    def _put(self, block: str) -> None:
        part = self.parts[-1]
        listed = bool(self._mark or self._indent)
        close = (listed and part.listed) or self._mark.endswith(": ")
        lines = block.split("\n")
        if part.pieces:
            part.pieces.append("\n" if close else "\n\n")
        part.pieces.append(
            "\n".join([(self._mark or self._indent) + lines[0], *(self._indent + line if line else "" for line in lines[1:])])
        )
        part.listed, self._mark = listed, ""

    def _element(self, element: Element, depth: int) -> None:
        tag = str(element.tag)
        if depth > _DEEPEST:
            self._line.append(" " + " ".join(element.itertext()) + " ")
        elif tag in HEADINGS:
            self._heading(element, int(tag[1]))
        elif tag == "dl" and _signature(element):
            self._definitions(element, depth)
        elif tag == "br":
            self._line.append("\v")
        elif tag == "pre":
            self.end_block()
            self._code(element)
        elif tag == "table" and (rows := _rows(element)):
            self._table(element, rows)
        elif tag in ("li", "dd"):
            self._item(element, depth)
        elif tag in ("ol", "ul"):
            before, self._number = self._number, 0 if tag == "ol" else None
            self._block(element, depth)
            self._number = before
        elif tag in _BLOCKS:
            self._block(element, depth)
        else:
            if tag == "a" and (href := element.get("href")):
                self.parts[-1].links.append(href.strip())
            self.children(element, depth)

    def _block(self, element: Element, depth: int) -> None:
        self.end_block()
        self.children(element, depth)
        self.end_block()

    def _heading(self, element: Element, level: int) -> None:
        self.end_block()
        if text := heading_text(element).translate(_INVISIBLE):
            self.parts.append(Part(level, text, self._anchors.of(element)))
            self.parts[-1].links += [href for link in element.iter("a") if (href := link.get("href"))]

    def _definitions(self, element: Element, depth: int) -> None:
        """The functions and classes of a reference are headings of their own, by which addresses point at them."""
        self.end_block()
        above = self.parts[-1]
        for child in element:
            if child.tag == "dt" and (text := heading_text(child).translate(_INVISIBLE)):
                self.parts.append(Part(min(above.level + 1, 6), text, child.get("id") or ""))
            else:
                self.children(child, depth + 1)
                self.end_block()
        self.parts.append(Part(above.level, above.heading, above.anchor, again=True))

    def _item(self, element: Element, depth: int) -> None:
        self.end_block()
        before = self._indent
        mark = ": " if element.tag == "dd" else "- "
        if self._number is not None and element.tag == "li":
            self._number += 1
            mark = f"{self._number}. "
        self._mark, self._indent = before + mark, before + " " * len(mark)
        self.children(element, depth)
        self.end_block()
        self._mark, self._indent = "", before

    def _code(self, element: Element) -> None:
        for line_break in element.iter("br"):
            line_break.tail = "\n" + (line_break.tail or "")
        code = "".join(element.itertext()).replace("\r\n", "\n").strip("\n").rstrip()
        if not code.strip():
            return
        fence = "```"
        while fence in code:
            fence += "`"
        self._put(f"{fence}{_language(element)}\n{code}\n{fence}")

    def _table(self, element: Element, rows: list[list[str]]) -> None:
        self.end_block()
        for caption in element.iter("caption"):
            self.children(caption, _DEEPEST)
        self.end_block()
        self.parts[-1].links += [href for link in element.iter("a") if (href := link.get("href"))]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        first = next(element.iter("tr"))
        if len(lines) > 1 and all(cell.tag == "th" for cell in first):
            lines.insert(1, "|" + " --- |" * len(rows[0]))
        self._put("\n".join(lines))


def _rows(table: Element) -> list[list[str]]:
    """The cells of a table that holds data; empty for one that only arranges the page."""
    if any(table.find(f".//{tag}") is not None for tag in ("table", "pre", "ul", "ol", *HEADINGS)):
        return []
    rows = []
    for row in table.iter("tr"):
        cells = [" ".join(" ".join(_spaced(cell)).translate(_INVISIBLE).split()) for cell in row if cell.tag in ("td", "th")]
        if any(cells):
            rows.append(cells)
    return rows if max(map(len, rows), default=0) > 1 else []


def _spaced(cell: Element) -> Iterator[str]:
    """The text of a cell, its lines and paragraphs apart."""
    parts = [cell.text or ""]
    for element in cell.iterdescendants():
        if element.tag in _BLOCKS or element.tag == "br":
            yield "".join(parts)
            parts = []
        parts.append(element.text or "")
        parts.append(element.tail or "")
    yield "".join(parts)


def _signature(element: Element) -> bool:
    """Whether a list defines the names of a program, as Sphinx writes it."""
    first = element[0] if len(element) else None
    return first is not None and first.tag == "dt" and bool(first.get("id")) and "sig" in class_words(first)


def _language(element: Element) -> str:
    """What the page says a piece of code is written in."""
    nodes = [element, *element.iter("code"), *list(element.iterancestors())[:3]]
    for node in nodes:
        found = _LANGUAGE.search(node.get("class") or "")
        if found and found[1] not in ("default", "none", "text", "plaintext", "source"):
            return found[1].lower()
    return ""


def _named(element: Element) -> str:
    return str(element.get("id") or (element.tag == "a" and element.get("name")) or "")


class _Anchors:
    """The ids by which an address can point at headings of `content`."""

    def __init__(self, content: Element) -> None:
        self._content = content
        self._first: dict[Element, Element] = {}  # for each element around headings the first of them
        for heading in content.iter(*HEADINGS):
            for above in heading.iterancestors():
                if above in self._first:
                    break
                self._first[above] = heading

    def of(self, heading: Element) -> str:
        """Its own id, or that of a section it begins, of an empty anchor before it, or of the nearest section around it."""
        if name := next((name for inside in heading.iter() if (name := _named(inside))), ""):
            return name
        around, before = heading.getparent(), heading.getprevious()
        if around is not None and around.tag == "section" and self._first.get(around) is heading and (name := _named(around)):
            return name
        if before is not None and before.tag in ("a", "span") and not plain(before) and (name := _named(before)):
            return name
        for above in heading.iterancestors():
            if above is self._content:
                break
            if (name := _named(above)) and (above.tag == "section" or self._first.get(above) is heading):
                return name
        return ""
