"""The text of a note or a page as HTML that is safe to insert: its lines, its code and its tables, with marked stretches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from notebot.web.page.harmless import text

FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
CELL = re.compile(r"(?:\\.?|[^|\\])+|(?<=\|)(?=\|)")
COPY_CODE = '<button type="button" class="act" data-act="copy-code">Copy</button>'

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end, and where it begins in the text."""

    at: int
    body: str


def blocks(value: str, spans: Spans, *, headed: bool = False) -> str:
    """All of `value`, with the stretches `spans`, in order and apart, in <mark>.

    `headed`: its heading stands above it already, and is left out unless something in it is marked.
    """
    parts = []
    if headed and value.startswith("#"):
        end = len(value.partition("\n")[0])
        if not any(start < end for start, _ in spans):
            value, spans = value[end + 1 :], [(a - end - 1, b - end - 1) for a, b in spans]
    for kind, group in groupby(_told_apart(value), key=lambda told: told[:2]):
        lines = [line for _, _, line in group]
        if kind[0] == "code":
            parts.append(_code(lines, spans))
        elif kind[0] == "table" and len(lines) > 1 and _is_rule(lines[1].body):
            parts.append(_table(lines, spans))
        else:
            parts += [f'<span class="line">{marked(line, spans)}</span>' for line in lines]
    return "".join(parts)


def lines_of(value: str) -> list[Line]:
    """The lines of `value`, each with its place in it."""
    lines, at = [], 0
    for line in value.splitlines(keepends=True):
        lines.append(Line(at, line.rstrip("\r\n")))
        at += len(line)
    return lines


def marked(line: Line, spans: Spans) -> str:
    """One line as HTML, with as much of `spans` as stands in it in <mark>."""
    parts, at = [], 0
    for start, end in spans:
        first, last = max(at, start - line.at), min(len(line.body), end - line.at)
        if first < last:
            parts += [text(line.body[at:first]), f"<mark>{text(line.body[first:last])}</mark>"]
            at = last
    return "".join([*parts, text(line.body[at:])])


def _told_apart(value: str) -> Iterator[tuple[str, int, Line]]:
    """Each line with its kind; the number tells two blocks of a kind apart. The fences around code are left out."""
    fence, number = "", 0
    for line in lines_of(value):
        found = FENCE.match(line.body)
        if fence and found and found[1].startswith(fence) and not line.body.strip().strip(fence[0]):
            fence, number = "", number + 1
        elif fence:
            yield "code", number, line
        elif found:
            fence, number = found[1], number + 1
        else:
            yield ("table" if line.body.lstrip().startswith("|") else "text"), number, line


def _is_rule(body: str) -> bool:
    """The line under the head of a table."""
    return "-" in body and set(body.strip()) <= set("|:- ")


def _code(lines: Sequence[Line], spans: Spans) -> str:
    inside = "\n".join(marked(line, spans) for line in lines)
    return f'<div class="code">{COPY_CODE}<pre tabindex="0" role="region" aria-label="Code"><code>{inside}</code></pre></div>'


def _table(lines: Sequence[Line], spans: Spans) -> str:
    head = _row(lines[0], spans, "th")
    body = "".join(_row(line, spans, "td") for line in lines[2:])
    table = f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"
    return f'<div class="table" tabindex="0" role="region" aria-label="Table">{table}</div>'


def _row(line: Line, spans: Spans, cell: str) -> str:
    cells = [Line(line.at + found.start(), found[0]) for found in CELL.finditer(line.body)]
    inner = [part for part in cells if part.body.strip() or 0 < part.at - line.at < len(line.body.rstrip()) - 1]
    return "<tr>" + "".join(f"<{cell}>{marked(part, spans)}</{cell}>" for part in inner) + "</tr>"
