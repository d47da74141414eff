"""HTML: what people see of a page, at its headings, and nothing else; within bounds, whatever comes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.errors import NotesError
from notebot.ingest.formats.html import read_html
from notebot.types import Document, Link, NoteLink
from pace import within

PAGES = Path(__file__).parents[2] / "pages"
NAMES = ("encyclopedia", "topic", "blog", "guide", "glossary", "reference", "recsys")


@dataclass(frozen=True)
class Expected:
    title: str
    headings: list[tuple[int, str, str]]
    wanted: list[str]
    unwanted: list[str]


def expected(name: str) -> Expected:
    found = json.loads((PAGES / "expected.json").read_text(encoding="utf-8"))[name]
    return Expected(found["title"], [tuple(heading) for heading in found["headings"]], found["wanted"], found["unwanted"])


def page(name: str) -> Document:
    return read_html(f"https://site.example/{name}", (PAGES / f"{name}.html").read_bytes(), "text/html")


def text_of(document: Document) -> str:
    return "\n\n".join(section.text for section in document.sections)


def said(html: str) -> str:
    return text_of(read_html("note.html", html.encode()))


@pytest.mark.parametrize("name", NAMES)
def test_every_wanted_sentence_of_a_page_is_kept(name: str) -> None:
    spaced = " ".join(text_of(page(name)).split())
    assert [sentence for sentence in expected(name).wanted if " ".join(sentence.split()) not in spaced] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_around_the_content_is_kept(name: str) -> None:
    text = text_of(page(name))
    assert [words for words in expected(name).unwanted if words in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_headings_keep_their_level_order_and_anchor(name: str) -> None:
    document = page(name)
    got = [(s.text.split(" ")[0].count("#"), s.heading[-1], s.anchor) for s in document.sections if s.heading]
    headings = expected(name).headings
    assert [heading for heading in got if heading in headings] == headings
    assert document.title == expected(name).title


@pytest.mark.parametrize("name", NAMES)
def test_sections_begin_with_their_heading_and_stand_one_below_the_other(name: str) -> None:
    document = page(name)
    assert document.unit == ""
    last = 0
    for section in document.sections:
        if section.heading:
            assert section.text.split("\n")[0].lstrip("#") == f" {section.heading[-1]}"
        assert section.first_line > last
        last = section.last_line
        assert last - section.first_line == section.text.count("\n")


def test_the_functions_of_a_reference_are_sections_with_their_own_anchors() -> None:
    sections = {section.anchor: section for section in page("reference").sections}
    assert sections["torchlet.onnx.export"].heading[:2] == ("torchlet.onnx", "Functions")
    assert "Export a model" in sections["torchlet.onnx.export"].text
    assert "under way" not in sections["torchlet.onnx.export"].text


def test_text_after_a_list_of_functions_goes_back_to_the_heading_above() -> None:
    html = '<h2 id="a">Tools</h2><dl><dt class="sig" id="f">f()</dt><dd>Does it.</dd></dl><p>Use with care.</p>'
    last = read_html("n.html", html.encode()).sections[-1]
    assert (last.heading, last.text, last.anchor) == (("Tools",), "## Tools\n\nUse with care.", "a")


def test_a_heading_that_only_announces_is_left_out_and_one_that_leads_on_stays() -> None:
    html = "<h1>Top</h1><h2>Empty</h2><h2>Over</h2><h3>Under</h3><p>Words.</p><h2>Nothing</h2>"
    assert [section.heading for section in read_html("n.html", html.encode()).sections] == [
        ("Top",), ("Top", "Over"), ("Top", "Over", "Under")
    ]  # fmt: skip


def test_lists_tables_and_code_are_markdown() -> None:
    html = (
        "<p>One<br>two</p><ul><li>a<ul><li>b</li></ul></li></ul><ol><li>x</li><li>y</li></ol>"
        "<table><tr><th>K</th><th>V</th></tr><tr><td>k</td><td>v</td></tr></table>"
        '<pre><code class="language-python">if x:\n    y()\n</code></pre>'
    )
    assert said(html) == (
        "One\ntwo\n\n- a\n  - b\n1. x\n2. y\n\n| K | V |\n| --- | --- |\n| k | v |\n\n```python\nif x:\n    y()\n```"
    )


def test_links_of_a_file_are_found_on_the_lines_of_its_sections() -> None:
    html = '<h1>A</h1><p><a href="https://a.example/x">x</a></p><h2>B</h2><p>see <a href="other%20note.md#Part">this</a></p>'
    document = read_html("n.html", html.encode())
    first, second = document.sections
    assert document.links == (Link("https://a.example/x", first.first_line),)
    assert document.note_links == (NoteLink("other note.md", second.first_line, "Part"),)


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Loss | Camera</title><meta property=og:site_name content=Camera>", "Loss"),
        ("<title>A - B</title>", "A - B"),
        ("<meta property=og:title content='Real title'><title>Other | Site</title>", "Real title"),
        ("", "name"),
    ],
)
def test_titles_lose_the_name_of_the_site_only_where_it_is_known(head: str, title: str) -> None:
    assert read_html("folder/name.html", f"<head>{head}</head><body><p>Words.</p>".encode()).title == title


def test_the_name_of_a_site_in_a_menu_is_not_the_title() -> None:
    html = "<title>Moves - The Book</title><div id=menu-bar><h1>The Book</h1></div><main><h2>Moves</h2><p>Words.</p></main>"
    assert read_html("n.html", html.encode()).title == "Moves"


# --- bad inputs ---------------------------------------------------------------------------------------------------

SENTENCE = "Größe, naïve café, “quoted” – all of it said in one sentence. "
RUSSIAN = "Оптимизатор шаг за шагом меняет веса модели, чтобы потери уменьшались. " * 4


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (SENTENCE.encode(), ""),
        (SENTENCE.encode("cp1252"), "text/html; charset=ISO-8859-1"),
        (b"\xef\xbb\xbf" + SENTENCE.encode(), "text/html; charset=latin-1"),
        (SENTENCE.encode("utf-16"), "text/html; charset=utf-8"),
        (b"<meta charset=windows-1252>" + SENTENCE.encode("cp1252"), "text/html"),
        (b"<meta charset=utf-8>" + SENTENCE.encode("cp1252"), "text/html; charset=windows-1252"),
        (b"<meta charset=windows-1252>" + SENTENCE.encode(), "text/html; charset=utf-8"),
        (b"<meta charset=utf-16>" + SENTENCE.encode(), "text/html"),
        (SENTENCE.encode(), "text/html; charset=nonsense-17"),
        (SENTENCE.encode(), "text/html; charset=base64"),
    ],
)
def test_input_66_encodings_by_mark_header_meta(data: bytes, content_type: str) -> None:
    assert SENTENCE.strip() in text_of(
        read_html("p", b"<!doctype html>" * (data[:2] not in (b"\xff\xfe", b"\xef\xbb")) + data, content_type)
    )


def test_input_66_an_encoding_that_nobody_names_is_guessed_and_said_so() -> None:
    document = read_html("p", f"<p>{RUSSIAN}</p>".encode("cp1251"))
    assert "веса модели" in text_of(document)
    assert any("encoding" in warning for warning in document.warnings)


def test_input_66_a_wrong_charset_does_not_garble_the_page() -> None:
    assert "веса модели" in text_of(read_html("p", f"<p>{RUSSIAN}</p>".encode("cp1251"), "text/html; charset=utf-8"))


def test_input_70_a_page_cut_off_in_the_middle_keeps_what_came() -> None:
    data = (PAGES / "guide.html").read_bytes()
    assert "Augmentation makes new training pictures" in text_of(read_html("p", data[: len(data) // 2]))


@pytest.mark.alone
@pytest.mark.parametrize(
    "html",
    [
        "<p>Before all of it.</p>" + "<div>" * 100_000 + "deep",
        "<p>Before all of it.</p>" + "<ul><li>" * 100_000 + "deep",
        "<p>Before all of it.</p><div " + " ".join(f"a{number}=1" for number in range(1_000_000)) + ">x</div>",
        "<p>Before all of it.</p>" + "<b a=1 c=2>x</b>" * 250_000,
        "<p>Before all of it.</p>" * 220_000,
        "<p>Before all of it.</p><p>" + "word " * 1_000_000,
        "<p>Before all of it.</p><ol>" + "<li>item of a list" * 200_000,
        "<p>Before all of it.</p><div>" + "<span>s</span>" * 20_000 + "<h2>Heading</h2><p>text</p>" * 20_000,
        "<p>Before all of it.</p>" + "<sup>" * 2000 + "<a href='#x'>1</a>" * 50_000,
    ],
    ids=["divs", "lists", "attributes", "elements", "5MB", "paragraph", "items", "headings", "sup"],
)
def test_input_71_deep_wide_and_long_pages_stay_within_bounds(html: str) -> None:
    with within(4):  # 2 s are promised on a machine that does nothing else
        assert "Before all of it." in text_of(read_html("p", html.encode()))


def test_input_71_a_page_that_was_cut_says_so() -> None:
    document = read_html("p", ("<p>Some words.</p>" * 220_000).encode())
    assert any("only its beginning" in warning for warning in document.warnings)


def test_input_71_no_body() -> None:
    assert said("Words without any element") == "Words without any element"
    assert said("<title>T</title>") == ""


def test_bytes_that_are_no_html_are_refused_with_a_reason() -> None:
    with pytest.raises(NotesError, match="not HTML"):
        read_html("p", b"\0" * 1000)
    with pytest.raises(NotesError, match="not HTML"):
        read_html("p", b"")


FRAGMENTS = st.sampled_from(
    "<p> </p> <div> </div> <h1> <h2 id=a> </h2> <table> <tr> <td> <th> </table> <ul> <li> <ol> <dl> <dt> <dd> <pre> <code> <br>"
    " <a href=#x> <a name=y> </a> <main> <article> <nav> <section id=s> </section> <sup> <svg> <script> </script> <!-- -->"
    " <style> <form> <title> <body> <html> &amp; &#0; &#xd800; <? <![CDATA[ word Wörter".split()
)


@settings(max_examples=200, deadline=None)
@given(st.lists(FRAGMENTS | st.text(max_size=5), max_size=60))
def test_any_mixture_of_tags_gives_a_document(pieces: list[str]) -> None:
    data = " ".join(pieces).encode("utf-8", errors="surrogatepass")
    try:
        document = read_html("p", data)
    except NotesError:
        return
    text_of(document).encode()  # whatever came, it can be stored


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["", "text/html", "text/html; charset=utf-16", "text/html; charset=shift_jis"]))
def test_any_bytes_give_a_document_or_a_reason(data: bytes, content_type: str) -> None:
    try:
        document = read_html("p", data, content_type)
    except NotesError:
        return
    text_of(document).encode()
