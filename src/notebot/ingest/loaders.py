"""The bytes of a note to a Document: by its suffix to the reader of its format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from notebot.errors import NotesError
from notebot.ingest.decoding import decode, known_as
from notebot.ingest.front_matter import read_front_matter
from notebot.ingest.links import bare_links
from notebot.ingest.markdown import read_markdown
from notebot.ingest.outline import title_of, whole
from notebot.types import Document, Link

# The files that are no text, and what they are by their first bytes; a file of the wrong kind was only renamed.
_BINARY = {
    ".pdf": "a PDF document",
    ".docx": "a zip archive or an office document",
    ".pptx": "a zip archive or an office document",
    ".xlsx": "a zip archive or an office document",
}


def load(source: str, data: bytes) -> Document:
    """The note `source` with its content `data`. Raises NotesError, with the reason, if it is not what its suffix says.

    Text is kept as it stands in the file, save that every line end becomes a line feed.
    """
    suffix = PurePosixPath(source).suffix.lower()
    if suffix in _BINARY:
        return _load_binary(source, data, suffix)
    if suffix in (".html", ".htm"):
        if what := known_as(data):
            raise NotesError(f"is {what}, not text")
        from notebot.ingest.formats.html import read_html

        return read_html(source, data)
    text, warnings = decode(data)
    document = _reader(suffix)(source, text)
    return replace(document, warnings=(*warnings, *document.warnings))


def _load_binary(source: str, data: bytes, suffix: str) -> Document:
    what = known_as(data)
    if what and what != _BINARY[suffix]:
        raise NotesError(f"is {what}, not {_BINARY[suffix]}")
    if suffix == ".pdf":
        from notebot.ingest.formats.pdf import read_pdf

        return read_pdf(source, data)
    from notebot.ingest.formats.office import read_office

    return read_office(source, data)


def _reader(suffix: str) -> Callable[[str, str], Document]:
    if suffix == ".txt":
        return _read_plain
    if suffix == ".rst":
        from notebot.ingest.formats.rst import read_rst

        return read_rst
    if suffix == ".org":
        from notebot.ingest.formats.org import read_org

        return read_org
    if suffix == ".ipynb":
        from notebot.ingest.formats.notebook import read_notebook

        return read_notebook
    return _read_markdown


def _read_plain(source: str, text: str) -> Document:
    parts = whole(text)
    return Document(source, title_of(source, parts), parts, tuple(Link(url, line) for url, line in bare_links(text, 1)), {})


def _read_markdown(source: str, text: str) -> Document:
    front = read_front_matter(text)
    parts, found = read_markdown(text[front.end :], first_line=text.count("\n", 0, front.end) + 1)
    if front.values and not parts:  # a note of front matter alone can still be found by it
        parts = whole(front.body, first_line=front.line)
    return Document(
        source,
        title_of(source, parts, front.values.get("title", "")),
        parts,
        tuple(found.links),
        front.values,
        front.warnings,
        tuple(found.note_links),
        tuple(dict.fromkeys((*front.tags, *found.tags))),
    )
