"""Org to a Document: headings, `#+title` and its like, tags, links. No block is ever evaluated, no file included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from notebot.ingest.links import bare_links, note_link, web_address, without_addresses, without_bare
from notebot.ingest.outline import Heading, sections, title_of
from notebot.types import Document, Link, NoteLink

_HEADING = re.compile(r"(\*+)[ \t]+(.*)")
_STATE = re.compile(r"(?:TODO|DONE|NEXT|WAITING|HOLD|CANCELLED|CANCELED)\b[ \t]*")
_PRIORITY = re.compile(r"\[#\w\][ \t]*")
_HEADING_TAGS = re.compile(r":[\w@#%:]+:")
_KEYWORD = re.compile(r"#\+(\w+):[ \t]*(.*)")
_INCLUDED = re.compile(r"#\+include:[ \t]*\"?([^\"\s]+)", re.IGNORECASE)
_BLOCK = re.compile(r"\s*#\+begin_(\w+)", re.IGNORECASE)
_LINK = re.compile(r"\[\[([^\[\]]+)\](?:\[([^\[\]]*)\])?\]")
_VERBATIM = re.compile(r"(?<!\S)([=~])\S[^\n]{0,300}?\1(?!\w)")
_FIXED = re.compile(r"\s*:(?:\s|$)")
_SILENT = re.compile(r"\s*(?:#\+|:[\w-]+:|(?:SCHEDULED|DEADLINE|CLOSED):|-{5,}\s*$)")
_CODE_BLOCKS = {"src", "example", "export", "comment"}
_WORD = re.compile(r"\w")


def read_org(source: str, text: str) -> Document:
    """The note `source` with its content `text`. Never raises: what is no markup is text."""
    lines = text.split("\n")
    code = _code(lines)
    headings, tags = _headings(lines)
    values = _keywords(lines, headings[0].line if headings else len(lines))
    titles = {heading.line for heading in headings}
    said = [number for number, line in enumerate(lines) if number not in titles and (code[number] or _says(line))]
    parts = tuple(sections(lines, headings, said))
    links: list[Link] = []
    note_links: list[NoteLink] = []
    for number, line in enumerate(lines, 1):
        if code[number - 1] or _FIXED.match(line):
            continue
        plain = _VERBATIM.sub("", line)
        links += _web_links(plain, number)
        note_links += _note_links(plain, number)
    tags = [*values.get("filetags", "").replace(":", " ").split(), *tags]
    title = title_of(source, parts, values.get("title", ""))
    return Document(source, title, parts, tuple(links), values, (), tuple(note_links), tuple(dict.fromkeys(tags)))


def _headings(lines: Sequence[str]) -> tuple[list[Heading], list[str]]:
    """The headings, and the tags that stand at their ends. A line of code that begins like one is one, as Org has it."""
    headings: list[Heading] = []
    tags: list[str] = []
    for number, line in enumerate(lines):
        match = _HEADING.match(line)
        if not match:
            continue
        words = match[2].rstrip()
        last = words.split()[-1] if words else ""
        if _HEADING_TAGS.fullmatch(last):
            tags += filter(None, last.split(":"))
            words = words.removesuffix(last).rstrip()
        words = _PRIORITY.sub("", _STATE.sub("", words, count=1), count=1)
        words = _LINK.sub(lambda link: link[2] or link[1], words)
        words = " ".join(without_addresses(words).split())
        headings.append(Heading(len(match[1]), words, number, number + 1))
    return headings, tags


def _keywords(lines: Sequence[str], end: int) -> dict[str, str]:
    """What the file says about itself above its first heading, its keys in small letters."""
    found = (_KEYWORD.match(line) for line in lines[:end])
    return {match[1].lower(): match[2].strip() for match in found if match}


def _code(lines: Sequence[str]) -> list[bool]:
    """For each line, whether it is code or an example. A block that is never closed ends at the next heading."""
    marked: list[bool] = []
    ends = ""
    for line in lines:
        if ends and _HEADING.match(line):
            ends = ""
        closes = bool(ends) and line.strip().lower() == ends
        marked.append(bool(ends) and not closes)
        if closes:
            ends = ""
        elif not ends and (opens := _BLOCK.match(line)) and opens[1].lower() in _CODE_BLOCKS:
            ends = f"#+end_{opens[1].lower()}"
    return marked


def _says(line: str) -> bool:
    return not _SILENT.match(line) and bool(_WORD.search(without_bare(_LINK.sub(_shown, line))))


def _shown(link: re.Match[str]) -> str:
    return "" if web_address(link[1]) else link[2] or link[1]


def _web_links(line: str, number: int) -> Iterator[Link]:
    passed = 0
    for match in _LINK.finditer(line):
        yield from (Link(url, number) for url, _ in bare_links(line[passed : match.start()], number))
        passed = match.end()
        if web_address(match[1].strip()):
            yield Link(match[1].strip(), number)
    yield from (Link(url, number) for url, _ in bare_links(line[passed:], number))


def _note_links(line: str, number: int) -> Iterator[NoteLink]:
    if included := _INCLUDED.match(line):
        yield NoteLink(included[1], number, embed=True)
    for match in _LINK.finditer(line):
        target = match[1].strip()
        path, _, place = target.removeprefix("file:").partition("::")
        if target.startswith("file:") or path.startswith(("./", "../")) or path.lower().endswith(".org"):
            if note := note_link(path, number):
                yield NoteLink(note.target, number, place.lstrip("*# "))
        elif ":" not in path:  # a place in this note
            yield NoteLink("", number, target.lstrip("*#"))
