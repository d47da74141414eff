"""reStructuredText to a Document: section titles, links, links between documents. No directive is ever carried out.

docutils is not used: it reads other files where a text tells it to, and gives no lines that a section's text stands on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from notebot.ingest.links import bare_links, note_link, without_addresses, without_bare
from notebot.ingest.outline import Heading, sections, title_of
from notebot.types import Document, Link, NoteLink

_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1+\s*")
_LITERAL = re.compile(r"\s*\.\. (?:code|code-block|sourcecode|highlight|raw|math|parsed-literal|doctest)::")
_DIRECTIVE = re.compile(r"\s*\.\. ")
_SILENT = re.compile(r"\s*\.\. (?:_|contents::|toctree::|meta::|highlight::)|\s*:\w[\w -]*:\s*$")
_INLINE_CODE = re.compile(r"``.+?``")
_INCLUDED = re.compile(r"\s*\.\. include::\s*(\S+)")
_DOC_ROLE = re.compile(r":doc:`(?:[^`<]*<)?([^`<>]+)>?`")
_REFERENCE = re.compile(r"`[^`<]*<([^`<>\s]+)>`__?")
_ROLE = re.compile(r":[a-z][\w:+-]*:(?=`)", re.IGNORECASE)
_TARGET = re.compile(r"\s*<[^`<>]*>(?=`)")
_WORD = re.compile(r"\w")


def read_rst(source: str, text: str) -> Document:
    """The note `source` with its content `text`. Never raises: what is no markup is text."""
    lines = text.split("\n")
    literal = _literal(lines)
    headings = list(_headings(lines, literal))
    said = list(_said(lines, headings))
    parts = tuple(sections(lines, headings, said))
    links: list[Link] = []
    note_links: list[NoteLink] = []
    for number, line in enumerate(lines, 1):
        if literal[number - 1]:
            continue
        plain = _INLINE_CODE.sub("", line)
        links += [Link(url, at) for url, at in bare_links(plain, number)]
        note_links += _note_links(plain, number)
    return Document(source, title_of(source, parts), parts, tuple(links), {}, (), tuple(note_links))


def _literal(lines: Sequence[str]) -> list[bool]:
    """For each line, whether it is in a literal block or in code: all that is indented below a `::`."""
    marked: list[bool] = []
    margin: int | None = None  # of the block above the code, while in code
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if margin is not None and line.strip() and indent <= margin:
            margin = None
        marked.append(margin is not None)
        opens = line.rstrip().endswith("::") and not _DIRECTIVE.match(line)
        if margin is None and line.strip() and (opens or _LITERAL.match(line)):
            margin = indent
    return marked


def _headings(lines: Sequence[str], literal: Sequence[bool]) -> Iterator[Heading]:
    """Each kind of line under (and over) a title is a level of its own, in the order in which they come up."""
    levels: dict[tuple[str, bool], int] = {}
    number = 0
    while number + 1 < len(lines):
        title, over = number, _adorned(lines[number]) and _is_title(lines, number + 1)
        if over:
            title += 1
            over = title + 1 < len(lines) and lines[title + 1].strip() == lines[number].strip()
        under = title + 1
        free = number == 0 or not lines[number - 1].strip() or _adorned(lines[number - 1])
        if free and not literal[number] and under < len(lines) and _is_title(lines, title) and _adorned(lines[under]):
            wide = len(lines[under].strip())
            if wide >= min(4, len(lines[title].strip())) and (over or not lines[title][0].isspace()):
                level = levels.setdefault((lines[under][0], over), len(levels) + 1)
                yield Heading(level, _words(lines[title]), number, under + 1)
                number = under + 1
                continue
        number += 1


def _adorned(line: str) -> bool:
    return bool(_ADORNMENT.fullmatch(line))


def _is_title(lines: Sequence[str], number: int) -> bool:
    return bool(_WORD.search(lines[number])) if number < len(lines) else False


def _said(lines: Sequence[str], headings: Sequence[Heading]) -> Iterator[int]:
    titles = {number for heading in headings for number in range(heading.line, heading.body)}
    for number, line in enumerate(lines):
        if number not in titles and not _SILENT.match(line) and _WORD.search(without_bare(line)):
            yield number


def _words(title: str) -> str:
    """The words of a title without markup."""
    plain = without_addresses(_TARGET.sub("", _ROLE.sub("", title))).replace("``", "").replace("`__", "").replace("`_", "")
    return " ".join(re.sub(r"[`*|]", "", plain).split())


def _note_links(line: str, number: int) -> Iterator[NoteLink]:
    for match in _DOC_ROLE.finditer(line):
        yield NoteLink(match[1].strip().lstrip("/"), number)
    for match in _REFERENCE.finditer(line):
        if note := note_link(match[1], number):
            yield note
    if included := _INCLUDED.match(line):
        yield NoteLink(included[1], number, embed=True)
