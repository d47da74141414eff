"""The contents of notes that notebot must survive, by their number in the list of bad inputs. The others: test_bad_folders.py
and test_bad_front_matter.py.

Every one is a real file that is found, read, parsed and cut, or taken through a whole ingest where the index matters.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebot.errors import NotesError
from notebot.ingest.chunking import chunk
from notebot.ingest.loaders import load
from notebot.ingest.sources import LARGEST, read, scan
from notebot.models.minilm import MiniLM
from pace import within
from taking import Words, measured, taken, texts

if TYPE_CHECKING:
    from conftest import Desk

pytestmark = pytest.mark.alone  # what each may take is counted

# --- encodings and bytes ------------------------------------------------------------------------------------------


def test_input_01_utf8_bom(tmp_path: Path) -> None:
    document, chunks = taken(tmp_path, b"\xef\xbb\xbf# T\xc3\xa9\n\napples\n")
    assert [(piece.heading, piece.text) for piece in chunks] == [(("Té",), "# Té\n\napples")]
    assert document.warnings == ()


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_input_02_utf16_with_bom(tmp_path: Path, mark: bytes) -> None:
    encoding = "utf-16-le" if mark[0] == 0xFF else "utf-16-be"
    assert texts(tmp_path, mark + "# Té\n\n日本\n".encode(encoding)) == ["# Té\n\n日本"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["# Title\n\napples\n", "# Заметки\n\nо машинном обучении\n", "机器学习是\n人工 智能\n的一个分支\n"]
)
def test_input_03_utf16_without_bom(tmp_path: Path, encoding: str, text: str) -> None:
    document, chunks = taken(tmp_path, text.encode(encoding))
    assert [piece.text for piece in chunks] == [text.strip()]
    assert "UTF-16" in document.warnings[0]


def test_input_04_windows_1252(tmp_path: Path) -> None:
    document, chunks = taken(tmp_path, "# Où\n\nLe café – “déjà” naïve, très bon à Noël.\n".encode("cp1252"))
    assert chunks[0].text == "# Où\n\nLe café – “déjà” naïve, très bon à Noël."
    assert document.warnings == ("not UTF-8, read as Windows-1252: some letters may be wrong",)


@pytest.mark.parametrize(
    ("encoding", "name", "text"),
    [
        ("cp932", "Shift-JIS", "# 日本語のメモ\n\n機械学習は人工知能の一分野です。"),
        ("gb18030", "GB18030", "# 机器学习\n\n机器学习是人工智能的一个分支。"),
        ("koi8_r", "KOI8-R", "# Заметки\n\nПривет, это мои заметки о машинном обучении."),
    ],
)
def test_input_05_other_encodings(tmp_path: Path, encoding: str, name: str, text: str) -> None:
    document, chunks = taken(tmp_path, text.encode(encoding))
    assert [piece.text for piece in chunks] == [text]
    assert document.warnings == (f"not UTF-8, read as {name}: some letters may be wrong",)


def test_input_06_invalid_utf8_in_the_middle(tmp_path: Path) -> None:
    document, chunks = taken(tmp_path, "naïve café déjà ".encode() + b"\xff" + b" vu")
    assert chunks[0].text == "naïve café déjà \ufffd vu"
    assert document.warnings == ("1 invalid UTF-8 sequences were replaced",)


def test_input_07_zero_bytes(desk: Desk) -> None:
    desk.write("a.md", b"apples\x00")
    desk.write("b.md", "bananas")
    summary = desk.ingest()
    assert [(problem.source, problem.reason) for problem in summary.problems] == [
        ("a.md", "has zero bytes in it: it is not text")
    ]
    assert (desk.says("apples"), desk.says("bananas")) == ([], ["b.md"])


def test_input_08_lone_surrogates(desk: Desk) -> None:
    desk.write("a.ipynb", '{"cells": [{"cell_type": "markdown", "source": "# T\\ud800\\n\\napples"}]}')
    desk.write("b.md", '{"title": "T\\udfff", "tags": ["t\\ud800"]}\n\nbananas')
    desk.write("c.md", '---\ntitle: "T\\uD800"\n---\ncherries')
    desk.write("d.md", b"\xff\xfe" + "dates\ud800".encode("utf-16-le", "surrogatepass"))
    assert desk.ingest().failed == 0
    assert [desk.says(word) for word in ("apples", "bananas", "cherries", "dates")] == [
        ["a.ipynb"],
        ["b.md"],
        ["c.md"],
        ["d.md"],
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_input_09_line_ends(tmp_path: Path, end: str) -> None:
    document, chunks = taken(tmp_path, end.join(["---", "a: b", "---", "# A", "", "one\r\n", "# B", "two https://x.y"]))
    assert [(piece.text, piece.first_line, piece.last_line) for piece in chunks] == [
        ("# A\n\none", 4, 6),
        ("# B\ntwo https://x.y", 8, 9),
    ]
    assert document.links[0].line == 9


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_input_10_composed_and_decomposed(desk: Desk, form: str) -> None:
    desk.write("a.md", unicodedata.normalize(form, "Crème brûlée in Ångström"))
    desk.ingest()
    for query in ("NFC", "NFD"):
        assert desk.says(unicodedata.normalize(query, "brûlée")) == ["a.md"]
        assert desk.says(unicodedata.normalize(query, "Ångström")) == ["a.md"]


def test_input_11_characters_that_are_not_seen(desk: Desk) -> None:
    desk.write("a.md", "The pass\u00adword, the user\u200bname and the \u202esecret\u202c\ufeff")
    desk.ingest()
    assert [desk.says(word) for word in ("password", "username", "secret")] == [["a.md"]] * 3


class Characters(Words):
    def count_tokens(self, text: str) -> int:
        return len(text)


def test_input_12_what_is_seen_as_one_character() -> None:
    family = "👩‍👩‍👧‍👦"
    found = chunk(load("a.txt", (family * 400).encode()), Characters())
    assert len(found) > 10
    assert all(len(piece.text) % len(family) == 0 and piece.text.startswith("👩") for piece in found)


@pytest.mark.parametrize("text", ["机器学习是人工智能的一个分支", "การเรียนรู้ของเครื่อง", "התעלמותמכלזה"])
def test_input_13_text_without_spaces(text: str, minilm: MiniLM) -> None:
    pieces = chunk(load("a.txt", (text * 100).encode()), minilm)
    assert all(len(piece.text) < 2_200 for piece in pieces)  # also where the model takes a whole run for one word
    assert "".join(piece.text for piece in pieces) == text * 100
    assert all(minilm.count_tokens(piece.text) <= 200 for piece in pieces)


def test_input_14_terminal_escapes(desk: Desk) -> None:
    desk.write("a.md", "\x1b[31mred\x1b[0m and \x1b]8;;https://x.y\x07linked")
    assert desk.ingest().failed == 0
    assert desk.says("linked") == ["a.md"]


# --- size and shape -----------------------------------------------------------------------------------------------


def test_input_15_empty_file(desk: Desk) -> None:
    desk.write("a.md", "")
    assert (desk.ingest().chunks, desk.ingest().failed) == (0, 0)


def test_input_16_white_space_only(desk: Desk) -> None:
    desk.write("a.md", " \n\t\n\u3000\r\n")
    assert (desk.ingest().chunks, desk.ingest().failed) == (0, 0)


def test_input_17_front_matter_only(desk: Desk) -> None:
    desk.write("a.md", "---\ntitle: Lonely\nabout: nothing else\n---\n")
    desk.ingest()
    assert desk.says("lonely") == ["a.md"]


def test_input_18_ten_megabytes_in_one_line(tmp_path: Path) -> None:
    line = "word and more. " * 660_000
    found = measured(tmp_path, line, seconds=12)  # at the cap of 10 MB: the time is the tokenizer's, and grows with the length
    assert found["chunks"] == 10_000
    assert found["ends"][-1][0] == ("word and more. " * 66).strip()


def test_input_19_a_gigabyte(tmp_path: Path) -> None:
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(1_000_000_000)
    with within(0.1):
        found = scan([tmp_path])
    assert found.files == []
    assert [problem.reason for problem in found.problems] == ["has 1,000.0 MB; notes of up to 10 MB are read"]


@pytest.mark.parametrize(
    ("data", "what"),
    [(b"\x89PNG\r\n\x1a\n", "PNG"), (b"\x7fELF\x02", "program"), (b"PK\x03\x04rest", "zip"), (b"%PDF-1.7", "PDF")],
)
@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.org", "a.rst", "a.ipynb", "a.html"])
def test_input_20_another_file_renamed(tmp_path: Path, name: str, data: bytes, what: str) -> None:
    with pytest.raises(NotesError, match=f"is a.* {what}.*, not text"):
        taken(tmp_path, data, name)


@pytest.mark.parametrize("text", ["- " * 10_000, "> " * 10_000, "\n".join(" " * 2 * depth + "- a" for depth in range(600))])
def test_input_21_deep_nesting(tmp_path: Path, text: str) -> None:
    assert "deep" in texts(tmp_path, f"{text}\n\ndeep\n")[-1]


def test_input_22_a_hundred_thousand_headings(tmp_path: Path) -> None:
    assert measured(tmp_path, "# h\n" * 100_000, seconds=12)["chunks"] == 100_000  # 0.06 ms a heading, whatever their number


def test_input_23_a_table_of_fifty_thousand_rows(tmp_path: Path) -> None:
    head = "# T\n\n| name | price |\n|------|:-----:|\n"
    found = measured(tmp_path, head + "| apples | two coins |\n" * 50_000, seconds=8)  # most of it in the parser of Markdown
    (first, second, last) = found["ends"]
    assert first[0].startswith(head)
    assert first[1] == ""
    assert second[0].startswith("| apples | two coins |\n")
    assert (second[1], last[1]) == ("name | price", "name | price")
    assert (first[3] + 1, last[3]) == (second[2], 50_004)


def test_input_24_code_that_never_ends(tmp_path: Path) -> None:
    document, chunks = taken(tmp_path, "# A\n\n```sh\n# not a heading\nrun https://in.code\n")
    assert [piece.heading for piece in chunks] == [("A",)]
    assert document.links == ()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "*" * 100_000,
        "# " + "a: " * 50_000,
        "# " + ":a" * 50_000,
        "# a" + " " * 50_000 + "b",
        "[x](http://a " * 10_000,
        "http://a" + ")" * 100_000,
        ("[" * 19_000 + "](\n\n") * 20,
        "[[a" * 30_000,
        "#a/" * 30_000,
        " #a/" * 30_000,
        "x `` " * 10_000 + "".join("`" * length + "a" for length in range(150)),
        "|" + " " * 100_000 + "-|\n|-|" + " " * 100_000 + "-" * 100_000,
        "---\n" + "- " * 31_000 + "\n---\n",
        "{" * 100_000,
    ],
)
def test_input_25_what_parsers_choke_on(tmp_path: Path, text: str) -> None:
    taken(tmp_path, text)
    for suffix in ("rst", "org"):
        taken(tmp_path, text, f"note.{suffix}")


def test_input_26_an_image_within_the_text(tmp_path: Path) -> None:
    image = "iVBORw0KGgo" * 500_000
    found = measured(tmp_path, f"# Head\n\nbefore ![x](data:image/png;base64,{image}) after\n")
    assert [end[0] for end in found["ends"]] == ["# Head\n\nbefore", "after", "after"]


def test_input_27_the_same_text_in_a_thousand_files(desk: Desk) -> None:
    for number in range(1000):
        desk.write(f"{number}.md", "# Same\n\ntext\n")
    summary = desk.ingest()
    assert (summary.chunks, summary.embedded) == (1000, 1)


def test_input_28_notes_that_include_each_other(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "a"), ("c", "c")):
        document, chunks = taken(tmp_path, f"# Note {name}\n\n![[{other}]] and text\n", f"{name}.md")
        assert [(link.target, link.embed, link.line) for link in document.note_links] == [(other, True, 3)]
        assert [piece.text for piece in chunks] == [f"# Note {name}\n\n![[{other}]] and text"]


def test_input_29_a_file_that_grows_or_goes(tmp_path: Path) -> None:
    for name in ("grows.md", "goes.md"):
        (tmp_path / name).write_text("x")
    goes, grows = scan([tmp_path]).files
    goes.path.unlink()
    with pytest.raises(NotesError, match="could not be read: No such file"):
        read(goes)
    with grows.path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(NotesError, match="MB"):
        read(grows)
