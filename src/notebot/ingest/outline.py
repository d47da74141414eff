"""Headings, and the lines on which something is said, to the sections of a text. The same for every format of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from notebot.types import Section

# A topic and what is said of it: "CI/CD: GitHub Actions", "Ray - distributed Python".
_LONGEST_TOPIC = 500  # characters that are looked at: the time grows with their square
_SAYS = re.compile(r"\w.*?(?::\s+|\s+[-–—=→]+>?\s+).*\w")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level `level`, 1 the highest, on the lines `line` up to and without `body`, counted from 0."""

    level: int
    text: str
    line: int
    body: int


def sections(lines: Sequence[str], headings: Sequence[Heading], said: Sequence[int], *, first_line: int = 1) -> Iterator[Section]:
    """The sections of `lines`, each an exact slice: its heading and all up to the next one, without blank lines at the ends.

    `said` are the lines, from 0 and in order, on which something is said besides headings and bare links. The sections'
    own lines are counted from `first_line`.
    """
    if section := _section(lines, (), (0, headings[0].line if headings else len(lines)), first_line):
        yield section
    path: list[Heading] = []
    passed = 0
    for place, heading in enumerate(headings):
        following = headings[place + 1] if place + 1 < len(headings) else None
        end = following.line if following else len(lines)
        while path and path[-1].level >= heading.level:
            path.pop()
        path.append(heading)
        while passed < len(said) and said[passed] < heading.body:
            passed += 1
        silent = passed == len(said) or said[passed] >= end
        leads_on = following is not None and following.level > heading.level
        stub = silent and not leads_on and bool(heading.text) and not says_more(heading.text)
        names = tuple(above.text for above in path if above.text)
        if section := _section(lines, names, (heading.line, end), first_line):
            yield Section(section.heading, section.text, section.first_line, section.last_line, stub)


def _section(lines: Sequence[str], heading: tuple[str, ...], span: tuple[int, int], first_line: int) -> Section | None:
    start, end = span
    while end > start and not lines[end - 1].strip():
        end -= 1
    while start < end and not lines[start].strip():
        start += 1
    if start == end:
        return None
    return Section(heading, "\n".join(lines[start:end]), start + first_line, end - 1 + first_line)


def whole(text: str, *, first_line: int = 1) -> tuple[Section, ...]:
    """`text` as one section without a heading, or none if it is blank."""
    return tuple(sections(text.split("\n"), (), (), first_line=first_line))


def says_more(heading: str) -> bool:
    """Whether a heading carries content itself ("Monitoring: Prometheus, Grafana") and does not only name a topic."""
    words = heading.split()
    start = " ".join(words)[:_LONGEST_TOPIC]
    return len(words) > 12 or bool(_SAYS.search(start)) or bool(re.search(r"\w{2}[.!]$|[.!?]\s+\w", start))


def title_of(source: str, parts: Sequence[Section], given: str = "") -> str:
    """What a document is called: the title it gives itself, or the heading that all others stand under, or its file's name."""
    return " ".join((given.strip() or _only_top_heading(parts) or PurePosixPath(source).stem).split())


def _only_top_heading(parts: Sequence[Section]) -> str:
    paths = [section.heading for section in parts if section.heading]
    alone = paths and len(paths[0]) == 1 and all(path[0] == paths[0][0] for path in paths)
    return paths[0][0] if alone and sum(len(path) == 1 for path in paths) == 1 else ""
