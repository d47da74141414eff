"""Bytes to a Document. Numbers are those of the list of bad inputs that notebot must survive."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.errors import NotesError
from notebot.ingest.loaders import decode, load


@pytest.mark.parametrize(
    ("number", "data", "text"),
    [
        (1, b"\xef\xbb\xbf# T\xc3\xa9\n", "# Té\n"),
        (2, "# Té\n".encode("utf-16"), "# Té\n"),
        (2, b"\xfe\xff" + "# Té\n".encode("utf-16-be"), "# Té\n"),
        (2, b"\xff\xfe\x00\x00" + "# Té\n".encode("utf-32-le"), "# Té\n"),
        (9, b"a\r\nb\rc\nd", "a\nb\nc\nd"),
        (12, "a 👩‍👩‍👧 b".encode(), "a 👩‍👩‍👧 b"),
        (15, b"", ""),
    ],
)
def test_text_is_read_as_it_was_meant(number: int, data: bytes, text: str) -> None:
    assert decode(data) == (text, ()), f"bad input {number}"


@pytest.mark.parametrize(
    ("number", "data", "text", "warning"),
    [
        (3, "# Title\n".encode("utf-16-le"), "# Title\n", "UTF-16"),
        (3, "# Title\n".encode("utf-16-be"), "# Title\n", "UTF-16"),
        (4, "café – “naïve”".encode("cp1252"), "café – “naïve”", "Windows-1252"),
        (6, "naïve café déjà ".encode() + b"\xff" + b" vu", "naïve café déjà \ufffd vu", "1 invalid UTF-8"),
        (8, b"\xff\xfe" + "a\ud800b".encode("utf-16-le", "surrogatepass"), "a\ufffdb", "replaced"),
    ],
)
def test_what_had_to_be_guessed_is_said(number: int, data: bytes, text: str, warning: str) -> None:
    found, warnings = decode(data)
    assert found == text, f"bad input {number}"
    assert len(warnings) == 1
    assert warning in warnings[0]


def test_bad_input_5_other_encodings_never_fail() -> None:
    for encoding in ("shift-jis", "gb18030", "koi8-r"):
        _, warnings = decode("日本語 Привет".encode(encoding, "ignore"))
        assert warnings


@pytest.mark.parametrize(
    ("number", "data", "reason"),
    [
        (7, b"a\x00b", "zero bytes"),
        (20, b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (20, b"\x7fELF\x02", "a program"),
        (20, b"PK\x03\x04rest", "a zip archive"),
        (67, b"%PDF-1.7", "a PDF document"),
    ],
)
def test_what_is_not_text_is_refused_with_the_reason(number: int, data: bytes, reason: str) -> None:
    with pytest.raises(NotesError, match=reason):
        load("note.md", data)


def test_line_numbers_count_in_the_file() -> None:
    document = load("a/note.md", b"---\r\ntitle: The title\r\ntags: [a, b]\r\n---\r\n\r\n# Head\r\n\r\nsee https://x.y\r\n")
    assert document.title == "The title"
    assert document.front_matter == {"title": "The title", "tags": "a, b"}
    (section,) = document.sections
    assert (section.heading, section.first_line, section.last_line) == (("Head",), 6, 8)
    assert [(link.url, link.line) for link in document.links] == [("https://x.y", 8)]
    assert document.warnings == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Only\n\n## One\n\n## Two\n", "Only"),
        ("before\n\n# Only\n", "Only"),
        ("# One\n\n# Two\n", "name"),
        ("## One\n\n# Two\n", "name"),
        ("text\n", "name"),
    ],
)
def test_the_title_is_the_one_top_heading_or_the_file_s_name(text: str, title: str) -> None:
    assert load("folder/name.md", text.encode()).title == title


def test_plain_text_has_no_headings() -> None:
    document = load("a.TXT", b"\n# one\n\ntwo https://x.y\n\n")
    (section,) = document.sections
    assert (section.heading, section.text, section.first_line, section.last_line) == ((), "# one\n\ntwo https://x.y", 2, 4)
    assert [(link.url, link.line) for link in document.links] == [("https://x.y", 4)]


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("source", ["a.md", "a.txt"])
def test_bad_inputs_15_and_16_nothing_in_it(source: str, data: bytes) -> None:
    assert load(source, data).sections == ()


def test_bad_input_17_front_matter_alone_can_be_found() -> None:
    document = load("a.md", b"---\ntitle: Lonely\nabout: nothing else\n---\n")
    (section,) = document.sections
    assert (section.text, section.first_line, section.last_line) == ("title: Lonely\nabout: nothing else", 2, 3)
    assert document.title == "Lonely"


@pytest.mark.parametrize(
    ("number", "block", "warning"),
    [
        (46, "a: [1", "not valid YAML"),
        (46, "a: b: c", "not valid YAML"),
        (46, "just words", "not a list of keys"),
        (52, "a: " + "[" * 5000, "too deep"),
        (48, "a: " + "x" * 70_000, "too long"),
    ],
)
def test_front_matter_that_is_none_is_text(number: int, block: str, warning: str) -> None:
    document = load("a.md", f"---\n{block}\n---\nbody\n".encode())
    assert document.front_matter == {}, f"bad input {number}"
    assert document.sections[0].first_line == 1
    assert any(block in section.text for section in document.sections)
    assert warning in document.warnings[0]


def test_bad_input_47_front_matter_that_never_ends_is_text() -> None:
    document = load("a.md", b"---\ntitle: x\n\nbody\n")
    assert document.front_matter == {}
    assert document.sections[0].text.endswith("body")


def test_bad_input_48_aliases_do_not_multiply() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    started = time.process_time()
    document = load("a.md", "\n".join(["---", *lines, "---", "body"]).encode())
    assert time.process_time() - started < 1
    assert sum(map(len, document.front_matter.values())) < 10_000


def test_front_matter_is_kept_as_it_is_written() -> None:
    block = "when: 2023-02-30\nyes: no\nn: 010\nrun: !!python/object/apply:os.system [echo]\ndeep: {a: {b: c}}\n"
    block += "id: 1\nid: 2\ntags: []\nempty:"
    document = load("a.md", f"---\n{block}\n...\nbody".encode())  # bad inputs 49, 51, 52 and 53
    assert document.front_matter == {
        "when": "2023-02-30",
        "yes": "no",
        "n": "010",
        "run": "echo",
        "deep": "{a: {b: c}}",
        "id": "2",
        "tags": "",
        "empty": "",
    }
    assert document.warnings == ("its front matter has 'id' twice; the last one counts",)
    assert document.sections[0].text == "body"


def test_bad_input_50_other_front_matter_is_text() -> None:
    assert load("a.md", b'+++\ntitle = "x"\n+++\nbody').sections[0].text.startswith("+++")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.binary(max_size=300), st.sampled_from([b"", b"---\n", b"# ", b"\xff\xfe"]))
def test_any_bytes_are_a_document_or_refused(data: bytes, start: bytes) -> None:
    for source in ("a.md", "a.txt"):
        try:
            document = load(source, start + data)
        except NotesError:
            continue
        lines = decode(start + data)[0].split("\n")
        for section in document.sections:
            assert section.text == "\n".join(lines[section.first_line - 1 : section.last_line])
