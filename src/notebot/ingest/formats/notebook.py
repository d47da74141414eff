"""A Jupyter notebook to a Document whose places are cells: what was written, the code, and the text that came out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from notebot.errors import NotesError
from notebot.ingest.decoding import storable
from notebot.ingest.markdown import mark
from notebot.ingest.outline import Heading, sections, title_of
from notebot.types import Document, Link, NoteLink, Section

_MOST_OUTPUT = 2_000  # characters of what a cell printed; the rest says little that could be asked for
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b.")
_WORD = re.compile(r"\w")


def read_notebook(source: str, text: str) -> Document:
    """The notebook `source` with its content `text`, of format 3 or 4. Raises NotesError if it is none.

    Lines are cells, counted from 1. Headings lead on from cell to cell. Nothing is run.
    """
    lines: list[str] = []
    cell_of: list[int] = []  # for each line
    headings: list[Heading] = []
    said: list[int] = []
    links: list[Link] = []
    note_links: list[NoteLink] = []
    tags: list[str] = []
    for number, cell in enumerate(_cells(text), 1):
        kind, content = str(cell.get("cell_type", "")), _cell_text(cell)
        if kind == "markdown":
            found, above = mark(content), len(lines)
            headings += [Heading(each.level, each.text, each.line + above, each.body + above) for each in found.headings]
            said += [line + above for line in found.said]
            links += [Link(link.url, number) for link in found.links]
            note_links += [NoteLink(link.target, number, link.heading, link.embed) for link in found.note_links]
            tags += found.tags
        elif _WORD.search(content):
            said.append(len(lines))
        its_lines = content.split("\n")
        lines += its_lines
        cell_of += [number] * len(its_lines)
    parts = tuple(_by_cell(sections(lines, headings, said), cell_of))
    title = title_of(source, parts)
    return Document(source, title, parts, tuple(links), {}, (), tuple(note_links), tuple(dict.fromkeys(tags)), "cell")


def _cells(text: str) -> Iterator[Mapping[str, object]]:
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotesError(f"is not a notebook that can be read: it is not valid JSON ({error})") from error
    if not isinstance(notebook, dict):
        raise NotesError("is not a notebook: it has no cells")
    sheets = notebook.get("worksheets")  # in format 3
    holders = sheets if isinstance(sheets, list) else [notebook]
    found = [cell for holder in holders if isinstance(holder, dict) for cell in _listed(holder.get("cells"))]
    if not found and not isinstance(notebook.get("cells"), list) and not isinstance(sheets, list):
        raise NotesError("is not a notebook: it has no cells")
    for cell in found:
        yield cell if isinstance(cell, dict) else {}


def _cell_text(cell: Mapping[str, object]) -> str:
    """What stands in the cell, and below code the text that came out of it, as far as it is shown."""
    kind = cell.get("cell_type")
    content = _joined(cell.get("source", cell.get("input", "")))
    if kind == "code":
        printed = "\n".join(filter(None, (_output(output).strip("\n") for output in _listed(cell.get("outputs")))))
        content = "\n".join(filter(None, (content.rstrip(), _ANSI.sub("", printed)[:_MOST_OUTPUT].rstrip())))
    return storable(content.replace("\r\n", "\n").replace("\r", "\n"))


def _output(output: object) -> str:
    if not isinstance(output, dict):
        return ""
    if output.get("output_type") in ("error", "pyerr"):
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    data = output.get("data")
    shown = data if isinstance(data, dict) else output
    if any(str(kind).startswith("image/") or kind in ("png", "jpeg", "svg") for kind in shown):
        return ""  # in words it is only "<Figure size 640x480>"
    return _joined(shown.get("text/plain", shown.get("text", "")))


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _by_cell(parts: Iterator[Section], cell_of: Sequence[int]) -> Iterator[Section]:
    """Each section cut where a cell ends."""
    for part in parts:
        lines = part.text.split("\n")
        start = 0
        for end in range(1, len(lines) + 1):
            cell = cell_of[part.first_line - 1 + start]
            if end == len(lines) or cell_of[part.first_line - 1 + end] != cell:
                text = "\n".join(lines[start:end]).strip("\n")
                if text.strip():
                    yield Section(part.heading, text, cell, cell, part.stub)
                start = end
