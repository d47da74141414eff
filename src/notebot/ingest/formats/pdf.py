"""PDF to a Document: the text of each page, by pypdf."""

from __future__ import annotations

import io
import logging
import re
import time
import unicodedata
from typing import TYPE_CHECKING

from notebot.errors import NotesError
from notebot.ingest.decoding import storable
from notebot.ingest.outline import title_of
from notebot.types import Document, Section

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_MOST_PAGES = 2_000
_SECONDS = 30.0  # for one file; it is cut there
_LARGEST_PAGE = 1_000_000  # bytes of drawing instructions; more is a map or a plot, and takes minutes
_LONGEST_PAGE = 200_000  # characters
_LEAST = 20  # letters and digits in the whole file; fewer are stamps on a scan
_WORD = re.compile(r"[^\W_]")
# Between two small letters a hyphen at the end of a line was put there by the typesetter, or the word can stand without it.
_HYPHENATED = re.compile(r"([^\W\d_]{2,})[-\u2010\u00ad]\n([^\W\d_]{2,})")
_SPACES = re.compile(r"[^\S\n]+")
_LIGATURES = {ord(sign): unicodedata.normalize("NFKC", sign) for sign in "ﬀﬁﬂﬃﬄﬅﬆ"}
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\ufeff"))


def read_pdf(source: str, data: bytes) -> Document:
    """The PDF `source`, a section for each page that has text, on the "line" of its page number.

    Raises NotesError, with the reason, for what is encrypted, broken, or only pictures of text.
    """
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it repairs by the way is no news for people
    try:
        reader = _opened(data)
        sections, warnings = _pages(reader)
        title = _title(reader)
    except NotesError:
        raise
    except (PyPdfError, RecursionError, MemoryError) as error:
        raise NotesError(f"is a PDF document that cannot be read: {_said(error)}") from error
    except Exception as error:  # a broken file can break pypdf anywhere
        raise NotesError(f"is a broken PDF document ({_said(error)})") from error
    if sum(len(_WORD.findall(section.text)) for section in sections) < _LEAST:
        raise NotesError("no usable text: it is a PDF document without text, a scan perhaps; read it with OCR first")
    return Document(source, title_of(source.rstrip("/"), (), title), tuple(sections), (), {}, warnings, unit="page")


def _opened(data: bytes) -> PdfReader:
    from pypdf import PasswordType, PdfReader

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        try:
            opened = reader.decrypt("") != PasswordType.NOT_DECRYPTED
        except Exception as error:  # without a cryptography package, or of a kind that pypdf does not know
            raise NotesError("is an encrypted PDF document: save it without encryption") from error
        if not opened:
            raise NotesError("is a PDF document with a password: save it without one")
    return reader


def _pages(reader: PdfReader) -> tuple[list[Section], tuple[str, ...]]:
    """The pages with text, and what was left out."""
    sections: list[Section] = []
    unread = 0
    deadline = time.monotonic() + _SECONDS
    for number, page in enumerate(reader.pages, 1):
        if number > _MOST_PAGES or time.monotonic() > deadline:
            return sections, (f"too long: only its first {number - 1} pages were read",)
        try:
            text = _text(page)
        except NotesError:
            raise
        except Exception:  # one page of a sound file: the others can be read
            unread += 1
            continue
        if _WORD.search(text):
            sections.append(Section((), text, number, number))
    return sections, (f"{unread} of its pages could not be read",) if unread else ()


def _text(page: PageObject) -> str:
    contents = page.get_contents()
    if contents is not None and len(contents.get_data()) > _LARGEST_PAGE:
        raise ValueError("a page too large to be read")
    text = storable(page.extract_text()[:_LONGEST_PAGE]).translate(_LIGATURES)
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    joined = _HYPHENATED.sub(_joined, "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", joined.translate(_INVISIBLE)).strip()


def _joined(found: re.Match[str]) -> str:
    """A word that was cut at the end of a line, whole. Names and abbreviations keep their hyphen: "Levenberg-Marquardt"."""
    before, after = found[1], found[2]
    return before + after if before[-1].islower() and after.islower() else f"{before}-{after}"


def _title(reader: PdfReader) -> str:
    """What the file is called in its own words, unless a program put a file's name there."""
    given = reader.metadata.title if reader.metadata else None
    title = storable(" ".join(str(given or "").split()))
    return "" if re.search(r"\.\w{2,5}$|^untitled|^microsoft word", title, re.IGNORECASE) else title[:300]


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
