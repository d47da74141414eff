"""The bytes of a note to a Document: encoding, line ends, front matter, sections."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from itertools import accumulate
from pathlib import PurePosixPath

import yaml

from notebot.errors import NotesError
from notebot.ingest.markdown import bare_links, read_markdown
from notebot.types import Document, Link, Section

PLAIN_TEXT = (".txt",)

_LONGEST_FRONT_MATTER = 64_000  # characters; more is not front matter, and the parser is slow
_DEEPEST_FRONT_MATTER = 100  # brackets within brackets; the parser is recursive
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with theirs
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_KNOWN_FILES = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
)
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<body>.*?)(?:^(?:---|\.\.\.)[ \t]*(?:\n|\Z))", re.DOTALL | re.MULTILINE)


def load(source: str, data: bytes) -> Document:
    """The note `source` with its content `data`. Raises NotesError, with the reason, if it is not text.

    Text is kept as it stands in the file, save that every line end becomes a line feed.
    """
    text, warnings = decode(data)
    front: dict[str, str] = {}
    if PurePosixPath(source).suffix.lower() in PLAIN_TEXT:
        sections = _whole(text, first_line=1)
        links = tuple(Link(url, line) for url, line in bare_links(text, 1))
    else:
        block = _FRONT_MATTER.match(text)
        front, trouble = _front_matter(block) if block else ({}, ())
        above = block.end() if block and (front or not trouble) else 0
        warnings += trouble
        sections, links = read_markdown(text[above:], first_line=text.count("\n", 0, above) + 1)
        if block and front and not sections:  # a note of front matter alone can still be found by it
            sections = _whole(block["body"], first_line=2)
    title = front.get("title", "").strip() or _only_top_heading(sections) or PurePosixPath(source).stem
    return Document(source, " ".join(title.split()), sections, links, front, warnings)


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """`data` as text with line feeds, and what had to be guessed. Raises NotesError if it is not text."""
    for magic, what in _KNOWN_FILES:
        if data.startswith(magic):
            raise NotesError(f"is {what}, not text")
    text, warnings = _decoded(data)
    if "\0" in text:
        raise NotesError("has zero bytes in it: it is not text")
    return text.replace("\r\n", "\n").replace("\r", "\n"), warnings


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            return text, ("some bytes could not be read and were replaced",) if "\ufffd" in text else ()
    zeros = data[1:2000:2].count(0), data[0:2000:2].count(0)
    if (
        len(data) >= 8 and len(data) % 2 == 0 and max(zeros) > 0.3 * min(len(data), 2000) / 2 and min(zeros) == 0
    ):  # every other byte of Latin text in UTF-16
        return data.decode("utf-16-le" if zeros[0] else "utf-16-be", errors="replace"), (
            "read as UTF-16, which it does not say it is",
        )
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if sum(not char.isascii() for char in text) > 2 * broken:  # mostly right as UTF-8
        return text, (f"{broken} invalid UTF-8 sequences were replaced",)
    return data.decode("cp1252", errors="replace"), ("not UTF-8, read as Windows-1252: accented letters may be wrong",)


# --- front matter -------------------------------------------------------------------------------------------------


def _front_matter(block: re.Match[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The front matter's values as they are written, and what is wrong with it; if it is no mapping, it is the note's text.

    Only the syntax tree is read, and no deeper than a list: no type is guessed, no tag is obeyed, no alias is expanded.
    """
    body = block["body"]
    if len(body) > _LONGEST_FRONT_MATTER or _depth(body) > _DEEPEST_FRONT_MATTER:
        return {}, ("its front matter is too long or too deep and was read as text",)
    try:
        tree = yaml.compose(body, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = getattr(error, "problem", None) or type(error).__name__
        return {}, (f"its front matter is not valid YAML ({problem}) and was read as text",)
    if tree is None:
        return {}, ()
    if not isinstance(tree, yaml.MappingNode):
        return {}, ("its front matter is not a list of keys and values and was read as text",)
    values: dict[str, str] = {}
    twice = set()
    for key, value in tree.value:
        name = _as_written(key, body)
        if name in values:
            twice.add(name)
        values[name] = _as_written(value, body)
    return values, tuple(f"its front matter has {name!r} twice; the last one counts" for name in sorted(twice))


def _depth(body: str) -> int:
    steps = (1 if char in "[{" else -1 for char in body if char in "[]{}")
    return max(accumulate(steps), default=0)


def _as_written(node: yaml.Node, body: str) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return ", ".join(str(item.value) for item in node.value)
    return body[node.start_mark.index : node.end_mark.index].strip()


# --- the note as a whole ------------------------------------------------------------------------------------------


def _whole(text: str, *, first_line: int) -> tuple[Section, ...]:
    lines = text.split("\n")
    said = [number for number, line in enumerate(lines) if line.strip()]
    if not said:
        return ()
    first, last = said[0], said[-1]
    return (Section((), "\n".join(lines[first : last + 1]), first + first_line, last + first_line),)


def _only_top_heading(sections: Sequence[Section]) -> str:
    """The heading that all others stand under, if there is one."""
    paths = [section.heading for section in sections if section.heading]
    alone = paths and len(paths[0]) == 1 and all(path[0] == paths[0][0] for path in paths)
    return paths[0][0] if alone and sum(len(path) == 1 for path in paths) == 1 else ""
