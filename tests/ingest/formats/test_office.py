"""Office files: Word at its headings, slides, sheets. Those of Word are written here by hand."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.errors import NotesError
from notebot.ingest.formats.office import read_office

openpyxl = pytest.importorskip("openpyxl", reason="comes with notebot[office]")
pptx = pytest.importorskip("pptx", reason="comes with notebot[office]")
pytest.importorskip("mammoth", reason="comes with notebot[office]")

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def docx(body: str) -> bytes:
    kinds = '<Default Extension="xml" ContentType="application/xml"/>'
    kinds += f'<Override PartName="/word/document.xml" ContentType="{DOCUMENT}"/>'
    link = f'<Relationship Id="r1" Type="{RELATION}" Target="word/document.xml"/>'
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/></w:style>' for level in (1, 2)
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{link}</Relationships>',
        "word/document.xml": f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {WORD}>{styles}</w:styles>",
    }
    return zipped(**files)


def paragraph(text: str, style: str = "") -> str:
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{styled}<w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Runs"
    for row in (["Model", "Loss"], ["small", 0.5], [None, None], ["large", 0.25]):
        book.active.append(row)
    book.create_sheet("Hidden").append(["SECRET"])
    book["Hidden"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slides() -> bytes:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Drift"
    slide.placeholders[1].text = "Models grow old."
    slide.notes_slide.notes_text_frame.text = "Tell the story of the shop."
    table = show.slides.add_slide(show.slide_layouts[6]).shapes.add_table(1, 2, 0, 0, 100, 100).table
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def test_word_files_are_cut_at_their_headings() -> None:
    row = "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    table = "<w:tbl>" + row.format(paragraph("k"), paragraph("v")) + "</w:tbl>"
    body = paragraph("Optimizers", "Heading1") + paragraph("They walk downhill.") + paragraph("Adam", "Heading2")
    document = read_office("work/Plan.docx", docx(body + paragraph("A stride for every weight.") + table))
    assert [(section.heading, section.text) for section in document.sections] == [
        (("Optimizers",), "# Optimizers\n\nThey walk downhill."),
        (("Optimizers", "Adam"), "## Adam\n\nA stride for every weight.\n\n| k | v |"),
    ]
    assert document.title == "Optimizers"


def test_slides_are_sections_with_what_the_speaker_says() -> None:
    document = read_office("work/Talk.pptx", slides())
    assert [section.text for section in document.sections] == [
        "## Drift\n\nModels grow old.\n\nTell the story of the shop.",
        "## Slide 2\n\n| left | right |",
    ]
    assert document.title == "Talk"


def test_sheets_are_tables_and_hidden_ones_are_not_read() -> None:
    document = read_office("work/Runs.xlsx", xlsx())
    table = "| Model | Loss |\n| --- | --- |\n| small | 0.5 |\n| large | 0.25 |"
    assert [(section.heading, section.text) for section in document.sections] == [(("Runs",), f"## Runs\n\n{table}")]
    assert document.unit == ""


@pytest.mark.parametrize("missing", ["mammoth", "pptx", "openpyxl"])
def test_without_the_extra_it_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    suffix = {"mammoth": "docx", "pptx": "pptx", "openpyxl": "xlsx"}[missing]
    with pytest.raises(NotesError, match=r"notebot\[office\]"):
        read_office(f"a.{suffix}", docx(paragraph("x")))


@pytest.mark.parametrize(
    ("source", "data", "why"),
    [
        ("a.docx", b"", "broken"),
        ("a.docx", b"PK\x03\x04 and no more", "broken"),
        ("a.docx", zipped(x="y"), "broken"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        ("a.xlsx", zipped(x="y"), "broken"),
        ("a.pptx", docx(paragraph("x")), "broken"),
        ("a.docx", docx(""), "no usable text"),
        ("a.odt", zipped(x="y"), "save it as"),
        ("a.docx", zipped(word__document="0" * 30_000_000), "unpacks"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(source: str, data: bytes, why: str) -> None:
    with pytest.raises(NotesError, match=why):
        read_office(source, data)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=20), st.sampled_from(["docx", "xlsx"]))
def test_any_damage_gives_a_document_or_a_reason(place: int, bytes_: bytes, suffix: str) -> None:
    whole = docx(paragraph("Some words in a document.")) if suffix == "docx" else xlsx()
    place %= len(whole)
    try:
        document = read_office(f"a.{suffix}", whole[:place] + bytes_ + whole[place + len(bytes_) :])
    except NotesError:
        return
    assert document.sections is not None
