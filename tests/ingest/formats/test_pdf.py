"""PDF: a section for each page, and a reason for what cannot be read. The files are written here, by hand."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject

from notebot.errors import NotesError
from notebot.ingest.formats.page import load_page
from notebot.ingest.formats.pdf import read_pdf
from pace import within


def pdf(*pages: str, title: str = "") -> bytes:
    """A PDF with a page for each of `pages`, line by line."""
    font = 3 + 2 * len(pages)
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"]
    for number, text in enumerate(pages):
        lines = "".join(f"({line}) Tj T* " for line in text.split("\n"))
        drawing = f"BT /F1 12 Tf 14 TL 72 720 Td {lines}ET"
        about = "/MediaBox [0 0 612 792]"
        objects += [
            f"<< /Type /Page /Parent 2 0 R {about} /Resources << /Font << /F1 {font} 0 R >> >> /Contents {4 + 2 * number} 0 R >>",
            f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
        ]
    objects += ["<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", f"<< /Title ({title}) >>"]
    data, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    data += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return data.encode("latin-1")


def encrypted(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("A page that is locked away from readers."))))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_each_page_with_text_is_a_section_on_its_number() -> None:
    document = read_pdf("papers/some.pdf", pdf("The first page says this.", "", "The third page\nsays that.", title="On pages"))
    assert document.unit == "page"
    assert document.title == "On pages"
    assert [(s.text, s.first_line, s.last_line, s.heading) for s in document.sections] == [
        ("The first page says this.", 1, 1, ()),
        ("The third page\nsays that.", 3, 3, ()),
    ]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("An opti-\nmizer walks downhill in steps.", "An optimizer walks downhill in steps."),
        ("The Levenberg-\nMarquardt method is one of them.", "The Levenberg-Marquardt method is one of them."),
        ("Pages 10-\n20 are about other things than that.", "Pages 10-\n20 are about other things than that."),
        ("A dash - \nand more words on the next line.", "A dash -\nand more words on the next line."),
    ],
)
def test_words_that_were_cut_at_the_end_of_a_line_are_whole(lines: str, text: str) -> None:
    assert read_pdf("a.pdf", pdf(lines)).sections[0].text == text


@pytest.mark.parametrize("title", ["", "thesis_final.docx", "Untitled"])
def test_without_a_title_of_its_own_a_file_is_called_by_its_name(title: str) -> None:
    assert read_pdf("papers/some.pdf", pdf("A page with enough words on it.", title=title)).title == "some"


def test_input_67_a_page_in_pdf_goes_through_the_reader_of_pdf() -> None:
    for content_type in ("application/pdf", "application/octet-stream", ""):
        assert load_page("https://a.example/x.pdf", pdf("A page with enough words on it."), content_type).unit == "page"


def test_an_encrypted_file_is_refused_unless_its_password_is_empty() -> None:
    with pytest.raises(NotesError, match="password"):
        read_pdf("a.pdf", encrypted("secret"))
    assert "locked away" in read_pdf("a.pdf", encrypted("")).sections[0].text


def test_a_scan_is_no_usable_text() -> None:
    with pytest.raises(NotesError, match=r"no usable text.*scan"):
        read_pdf("a.pdf", pdf("", "12", ""))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n", b"%PDF-1.7 " + b"x" * 5000, b"no pdf", pdf("Some words on a page.")[:300]])
def test_a_broken_file_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(NotesError, match="PDF"):
        read_pdf("a.pdf", data)


@pytest.mark.alone
def test_one_page_too_large_does_not_hide_the_others() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("The first page says this.", "PLOT"))))
    packed = zlib.compress(b"0 0 m 1 1 l S " * 200_000)
    plot = writer.pages[1]["/Contents"].get_object()
    plot._data = packed  # type: ignore[attr-defined]  # pypdf offers no way to set a packed stream as it is
    plot[NameObject("/Filter")] = NameObject("/FlateDecode")
    out = io.BytesIO()
    writer.write(out)
    with within(4):
        document = read_pdf("a.pdf", out.getvalue())
    assert [section.first_line for section in document.sections] == [1]
    assert document.warnings == ("1 of its pages could not be read",)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 900), st.binary(min_size=1, max_size=20))
def test_any_damage_gives_a_document_or_a_reason(place: int, bytes_: bytes) -> None:
    whole = pdf("The first page says this.", "And the second one says that.")
    damaged = whole[:place] + bytes_ + whole[place + len(bytes_) :]
    try:
        document = read_pdf("a.pdf", damaged)
    except NotesError:
        return
    assert all(section.text.encode() for section in document.sections)
