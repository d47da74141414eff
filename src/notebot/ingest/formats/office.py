"""Office files to Documents: Word by mammoth, PowerPoint by python-pptx, Excel by openpyxl. They come with notebot[office]."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from notebot.errors import NotesError
from notebot.ingest.decoding import storable
from notebot.ingest.formats.html import read_html
from notebot.ingest.outline import title_of
from notebot.types import Document, Section

_UNPACKED = 100_000_000  # bytes that a file may hold when it is unpacked, pictures not counted
_RATIO = 200  # times its packed size: more is made to fill the memory
_MOST_ROWS = 20_000  # of a sheet
_MOST_COLUMNS = 100
_MOST_SLIDES = 2_000
_PICTURES = (".png", ".jpeg", ".jpg", ".gif", ".emf", ".wmf", ".mp4", ".wav", ".bmp", ".tiff", ".svg")


def read_office(source: str, data: bytes) -> Document:
    """The office file `source`: Word at its headings, PowerPoint a section for each slide, Excel one for each sheet.

    Its places are not counted in anything: `unit` is "". Raises NotesError, with the reason, for what cannot be read or where
    notebot[office] is not installed.
    """
    readers = {".docx": _read_word, ".pptx": _read_slides, ".xlsx": _read_sheets}
    reader = readers.get(PurePosixPath(source).suffix.lower())
    if reader is None:
        raise NotesError("is an office file of a kind that is not read: save it as .docx, .pptx or .xlsx")
    _check(data)
    return _guarded(reader, source, data)


def _guarded(reader: Callable[[str, bytes], Document], source: str, data: bytes) -> Document:
    try:
        return reader(source, data)
    except NotesError:
        raise
    except ImportError as error:
        raise NotesError("is an office file; to read these, run: pip install 'notebot[office]'") from error
    except Exception as error:  # a broken file can break these libraries anywhere
        raise NotesError(f"is a broken office file ({type(error).__name__})") from error


def _check(data: bytes) -> None:
    """Raises NotesError for what is no zip archive, is encrypted, or would fill the memory."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotesError("is an office file with a password, or of an old kind: save it without one, as .docx, .pptx or .xlsx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.lower().endswith(_PICTURES)]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise NotesError("is not an office file, or a broken one") from error
    for entry in entries:
        if entry.file_size > 1_000_000 and entry.file_size > _RATIO * max(1, entry.compress_size):
            raise NotesError("is an office file that unpacks to far more than it seems to hold")
    if sum(entry.file_size for entry in entries) > _UNPACKED:
        raise NotesError(f"is an office file with more than {_UNPACKED // 1_000_000} MB in it")


def _read_word(source: str, data: bytes) -> Document:
    import mammoth  # type: ignore[import-untyped]  # it has no types

    html = mammoth.convert_to_html(io.BytesIO(data), convert_image=mammoth.images.img_element(lambda image: {"src": ""})).value
    if not html.strip():
        raise NotesError("no usable text: it is an empty document")
    document = read_html(source, f"<meta charset=utf-8><article>{html}</article>".encode())
    return replace(document, title=title_of(source, document.sections))


def _read_slides(source: str, data: bytes) -> Document:
    from pptx import Presentation

    sections = []
    for number, slide in enumerate(islice(Presentation(io.BytesIO(data)).slides, _MOST_SLIDES), 1):
        named = slide.shapes.title
        heading = " ".join(storable(named.text_frame.text).split()) if named is not None else ""
        blocks = [block for shape in slide.shapes if shape != named for block in _shape(shape)]
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            blocks.append(slide.notes_slide.notes_text_frame.text)
        heading = heading or f"Slide {number}"
        blocks = [block.strip() for block in blocks if block.strip()]
        if blocks or named is not None:
            sections.append((heading, storable("\n\n".join(blocks)).replace("\v", "\n")))
    return _document(source, sections)


def _shape(shape: Any) -> Iterator[str]:
    """The texts of a shape on a slide, of those that are grouped in it too."""
    if hasattr(shape, "shapes"):
        for inner in shape.shapes:
            yield from _shape(inner)
    elif getattr(shape, "has_table", False):
        yield "\n".join(_row([cell.text for cell in row.cells]) for row in shape.table.rows)
    elif shape.has_text_frame:
        yield shape.text_frame.text


def _read_sheets(source: str, data: bytes) -> Document:
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has no types

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sections, cut = [], False
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            rows = [
                _row(row)
                for row in sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True)
                if any(cell is not None for cell in row)
            ]
            cut |= (sheet.max_row or 0) > _MOST_ROWS
            if len(rows) > 1:  # its first row says what the columns are
                rows.insert(1, "|" + " --- |" * max(1, rows[0].count("|") - 1))
            if rows:
                sections.append((storable(sheet.title), "\n".join(rows)))
    finally:
        book.close()
    return _document(source, sections, ("too long: only the first rows were read",) if cut else ())


def _row(cells: Any) -> str:
    texts = [" ".join(storable("" if cell is None else str(cell)).split()) for cell in cells]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return "| " + " | ".join(texts) + " |"


def _document(source: str, parts: list[tuple[str, str]], warnings: tuple[str, ...] = ()) -> Document:
    sections: list[Section] = []
    line = 1
    for heading, body in parts:
        text = f"## {heading}\n\n{body}".strip()
        sections.append(Section((heading,), text, line, line + text.count("\n")))
        line += text.count("\n") + 2
    if not sections:
        raise NotesError("no usable text: there is nothing written in it")
    return Document(source, title_of(source, ()), tuple(sections), (), {}, warnings, unit="")
