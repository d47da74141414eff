"""Documents to chunks: nothing is lost, nothing is made up, and code stays in one piece."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.ingest.chunking import chunk
from notebot.ingest.loaders import load
from notebot.models.minilm import MiniLM
from notebot.types import Chunk, Document, Link, Section
from taking import Words

NOTES = Path(__file__).parents[2] / "knowledge" / "notes.md"


def chunks(text: str, source: str = "a.md") -> list[Chunk]:
    return chunk(load(source, text.encode()), Words())


def words(count: int, word: str = "word") -> str:
    return " ".join([word] * count)


def test_the_user_s_own_notes_one_chunk_a_heading(minilm: MiniLM) -> None:
    document = load("notes.md", NOTES.read_bytes())
    found = chunk(document, minilm)
    assert [piece.text for piece in found] == [section.text for section in document.sections]
    assert len({piece.id for piece in found}) == len(found) == 45
    assert [link for piece in found for link in piece.links] == list(document.links)
    assert all(minilm.count_tokens(piece.indexed_text) <= 254 for piece in found)
    by_line = {piece.first_line: piece for piece in found}
    assert by_line[59].indexed_text == "Feature store"
    assert by_line[96].indexed_text == "Monitoring: Prometheus, Grafana"
    assert by_line[28].indexed_text == "Data warehousing\nData lakehouse"
    assert by_line[59].stub
    assert not by_line[96].stub


def test_a_long_section_is_cut_at_blank_lines_first() -> None:
    paragraphs = [words(70, f"p{number}") for number in range(5)]
    found = chunks("# Head\n\n" + "\n\n".join(paragraphs))
    assert [piece.text for piece in found] == [
        f"# Head\n\n{paragraphs[0]}\n\n{paragraphs[1]}",
        f"{paragraphs[2]}\n\n{paragraphs[3]}",
        paragraphs[4],
    ]
    assert [(piece.first_line, piece.last_line) for piece in found] == [(1, 5), (7, 9), (11, 11)]
    assert {piece.heading for piece in found} == {("Head",)}


def test_then_at_list_items_and_rows_and_sentences() -> None:
    items = [f"* item {number} {words(30)}\n  and {words(10)}" for number in range(8)]
    assert all(piece.text.lstrip("# Head\n").startswith("* item") for piece in chunks("# Head\n\n" + "\n".join(items)))
    rows = [f"| {number} | {words(30)} |" for number in range(12)]
    table = chunks("# Head\n\n| a | b |\n|---|---|\n" + "\n".join(rows))
    assert len(table) > 1
    assert all(piece.text.endswith("|") for piece in table)
    line = " ".join(f"Sentence {number} {words(40)}." for number in range(8))
    sentences = chunks(line)
    assert len(sentences) > 1
    assert all(piece.text.startswith("Sentence") and piece.text.endswith(".") for piece in sentences)
    assert {(piece.first_line, piece.last_line) for piece in sentences} == {(1, 1)}


def test_code_that_fits_is_not_cut() -> None:
    code = "```python\n" + "\n\n".join(f"line {number} {words(10)}" for number in range(10)) + "\n```"
    found = chunks(f"# Head\n\n{words(60)}\n{words(60)}\n{code}\n\n{words(50)}")
    assert len(found) == 2
    assert found[1].text.startswith(code)
    long = "~~~\n" + "\n".join(f"line {number} {words(10)}" for number in range(60)) + "\n~~~"
    assert "".join(piece.text + "\n" for piece in chunks(long)) == long + "\n"


def test_no_piece_is_a_heading_alone() -> None:
    code = "\n".join(f"line {number} {words(20)}" for number in range(9))
    found = chunks(f"# Head\n\n```\n{code}\n```\n\n{words(150)}")
    assert found[0].text.startswith("# Head\n\n```\nline 0")


def test_a_heading_that_only_leads_on_has_no_chunk() -> None:
    found = chunks("# Top\n\n## Tools: hammer, saw\n\n### Deep\ntext\n\n## Empty\n")
    assert [piece.heading for piece in found] == [
        ("Top", "Tools: hammer, saw"),
        ("Top", "Tools: hammer, saw", "Deep"),
        ("Top", "Empty"),
    ]
    assert [piece.stub for piece in found] == [False, False, True]
    assert [piece.heading for piece in chunks("# Top https://x.y\n\n## Sub\ntext")] == [("Top",), ("Top", "Sub")]
    assert [piece.heading for piece in chunks("Top\n===\n\nSub\n---\ntext")] == [("Top", "Sub")]


def test_ids_change_only_where_the_note_does() -> None:
    before = chunks("# A\none\n\n# B\ntwo\n\n# B\ntwo\n")
    after = chunks("# New\nzero\n\n# A\none\n\n# B\ntwo\n\n# B\ntwo, changed\n")
    assert len({piece.id for piece in before}) == 3
    assert [piece.id for piece in after][1:3] == [piece.id for piece in before][:2]
    assert after[3].id not in {piece.id for piece in before}
    assert chunks("# A\none", source="b.md")[0].id != before[0].id


def test_a_title_that_stands_for_the_heading_is_part_of_the_id() -> None:
    one, two = (chunks(f"---\ntitle: {title}\n---\ntext")[0] for title in ("One", "Two"))
    assert one.text == two.text
    assert one.id != two.id


def test_links_go_with_the_piece_that_has_them() -> None:
    line = f"{words(150)} https://x.y/1 {words(150)} https://x.y/2 {words(150)}"
    found = chunks(f"{line}\n\n[r][1]\n\n[1]: https://x.y/3\n")
    assert [[link.url for link in piece.links] for piece in found if piece.links] == [
        ["https://x.y/1"],
        ["https://x.y/2"],
        ["https://x.y/3"],
    ]


def test_links_at_the_end_stay_with_what_they_are_the_source_of() -> None:
    source = "[source](https://x.y/a-long-address)\n<https://x.y/another>"
    found = chunks(f"# Head\n\n{words(150)}\n\n{words(195)}\n\n{source}\n")
    assert [piece.text for piece in found] == [f"# Head\n\n{words(150)}", f"{words(195)}\n\n{source}"]
    assert [len(piece.links) for piece in found] == [0, 2]


LINES = [
    "",
    "",
    "word " * 30,
    "* item " * 12,
    "| a | b | c |",
    "```",
    "~~~",
    "  - nested item here",
    "A sentence. " * 40,
    "> quote " * 20,
]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_chunks_are_slices_in_order_that_lose_no_word(lines: list[str]) -> None:
    text = "\n".join(["# Head", *lines])
    found = chunks(text)
    place = 0
    for piece in found:
        place = text.index(piece.text, place)
        assert piece.first_line == text.count("\n", 0, place) + 1
        place += len(piece.text)
        assert piece.last_line == text.count("\n", 0, place) + 1
        assert len(piece.text.split()) <= 200
    if len(found) > 1:
        assert [word for piece in found for word in piece.text.split()] == text.split()


@pytest.mark.parametrize("source", ["a.md", "a.txt"])
def test_nothing_gives_nothing(source: str) -> None:
    assert chunks("", source) == chunks("\n \n", source) == []


def test_the_header_of_a_table_goes_with_each_of_its_pieces() -> None:
    rows = "\n".join(f"| {number} | {words(28)} |" for number in range(15))
    found = chunks(f"# T\n\nbefore\n\n| name | what it is |\n|:--|--:|\n{rows}\n\nafter {words(190)}\n")
    assert [piece.context for piece in found] == ["", "name | what it is", "name | what it is", ""]
    assert found[1].indexed_text.startswith("T\nname | what it is\n| ")
    assert all(piece.context not in piece.text for piece in found[1:3])
    bare = chunks("a | b\n--|--\n" + "\n".join(f"{number} | {words(40)}" for number in range(9)))
    assert {piece.context for piece in bare[1:]} == {"a | b"}


def test_another_header_makes_another_chunk() -> None:
    rows = "\n".join(f"| {number} | {words(28)} |" for number in range(15))
    one, two = (chunks(f"| {name} | b |\n|--|--|\n{rows}\n") for name in ("a", "c"))
    assert [piece.text for piece in one[1:]] == [piece.text for piece in two[1:]]
    assert not {piece.id for piece in one} & {piece.id for piece in two}


def test_a_header_is_cut_to_what_there_is_room_for() -> None:
    cells = [words(20, f"c{number}") for number in range(9)]
    rows = "\n".join(f"| {number} | {words(150)} |" for number in range(4))
    found = chunks(f"| {' | '.join(cells)} |\n|{'-|' * 9}\n{rows}")
    context = found[-1].context
    assert f"| {context} |" in found[0].text.replace(f" | {cells[-1]}", f" | {cells[-1]}")
    assert context.startswith(cells[0])
    assert 20 <= len(context.split()) <= 250 - len(found[-1].text.split())


@pytest.mark.parametrize("text", ["word\n---\nword", "a | b\n\n|---|\n", "```\na | b\n-|-\n```"])
def test_what_is_no_table_has_no_header(text: str) -> None:
    assert {piece.context for piece in chunks(f"{text}\n\n{words(190)}\n{words(190)}") if "word word word" in piece.text} == {""}


def test_places_that_are_no_lines_are_those_of_the_section() -> None:
    long = Section(("A",), "\n\n".join([words(150), f"{words(150)} https://x.y/2"]), 3, 3, anchor="here")
    parts = (Section((), "see https://x.y/1", 3, 3), long, Section(("B",), "one", 4, 4))
    links = (Link("https://x.y/1", 3), Link("https://x.y/2", 3), Link("https://x.y/3", 3), Link("https://x.y/4", 4))
    found = chunk(Document("a.pdf", "T", parts, links, {}, unit="page"), Words())
    assert [(piece.first_line, piece.last_line, piece.unit, piece.anchor) for piece in found] == [
        (3, 3, "page", ""),
        (3, 3, "page", "here"),
        (3, 3, "page", "here"),
        (4, 4, "page", ""),
    ]
    assert [[link.url[-1] for link in piece.links] for piece in found] == [["1", "3"], [], ["2"], ["4"]]


def test_a_comment_that_begins_a_piece_is_searched() -> None:
    assert chunks("# Load the data\n\ntext")[0].indexed_text == "Load the data\ntext"
    comment = Document("a.ipynb", "T", (Section(("Load",), "# read it\nimport csv", 2, 2),), (), {}, unit="cell")
    assert chunk(comment, Words())[0].indexed_text == "Load\n# read it\nimport csv"


def test_the_anchor_of_a_heading_that_only_leads_on_is_that_of_what_it_leads_to() -> None:
    parts = [
        Section(("A",), "# A", 1, 1, anchor="a"),
        Section(("A", "B"), "## B", 2, 2, anchor="b"),
        Section(("A", "B", "C"), "### C\n\ntext", 3, 5, anchor="c"),
        Section(("A", "D"), "## D\n\ntext", 6, 8, anchor="d"),
        Section(("E",), "# E\n\ntext", 9, 11),
    ]
    chunks = chunk(Document("p", "p", tuple(parts), (), {}, unit=""), Words())
    assert [found.anchor for found in chunks] == ["a b c", "a d", ""]
