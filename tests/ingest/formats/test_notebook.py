"""Notebooks: what stands in each cell, under the headings above it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.errors import NotesError
from notebot.ingest.formats.notebook import read_notebook
from notebot.ingest.loaders import load


def markdown(*lines: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": [f"{line}\n" for line in lines]}


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs)}


def notebook(*cells: object) -> str:
    return json.dumps({"cells": cells, "nbformat": 4})


def test_cells_are_places_and_headings_lead_on() -> None:
    text = notebook(
        markdown("# Title", "", "Intro https://x.y/a #tag [[other]]", "## Load", "https://x.y/b"),
        code("# read the data https://in.code\nimport csv", {"output_type": "stream", "text": ["\x1b[31m42\x1b[0m rows\n"]}),
        markdown("## Empty"),
        {"cell_type": "raw", "source": "said # here"},
        markdown("## Last"),
    )
    document = load("a.ipynb", text.encode())
    assert (document.title, document.unit, document.tags) == ("Title", "cell", ("tag",))
    assert [(part.heading, part.text, part.first_line, part.last_line, part.stub) for part in document.sections] == [
        (("Title",), "# Title\n\nIntro https://x.y/a #tag [[other]]", 1, 1, False),
        (("Title", "Load"), "## Load\nhttps://x.y/b", 1, 1, False),
        (("Title", "Load"), "# read the data https://in.code\nimport csv\n42 rows", 2, 2, False),
        (("Title", "Empty"), "## Empty", 3, 3, False),
        (("Title", "Empty"), "said # here", 4, 4, False),
        (("Title", "Last"), "## Last", 5, 5, True),
    ]
    assert [(link.url, link.line) for link in document.links] == [("https://x.y/a", 1), ("https://x.y/b", 1)]
    assert [(link.target, link.line) for link in document.note_links] == [("other", 1)]


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ({"output_type": "execute_result", "data": {"text/plain": ["4", "2"], "text/html": "<b>42</b>"}}, "x\n42"),
        ({"output_type": "display_data", "data": {"image/png": "iVBOR", "text/plain": "<Figure size 1x1>"}}, "x"),
        ({"output_type": "error", "ename": "KeyError", "evalue": "'a'", "traceback": ["long"]}, "x\nKeyError: 'a'"),
        ({"output_type": "stream", "text": "a" * 9_000}, "x\n" + "a" * 2_000),
        ({"output_type": "pyout", "text": ["42"], "prompt_number": 1}, "x\n42"),
    ],
)
def test_the_text_that_came_out(output: dict[str, Any], text: str) -> None:
    (part,) = read_notebook("a.ipynb", notebook(code("x", output))).sections
    assert part.text == text


def test_code_that_is_never_closed_stays_in_its_cell() -> None:
    document = read_notebook("a.ipynb", notebook(markdown("# A", "```"), markdown("# B", "words")))
    assert [part.heading for part in document.sections] == [("A",), ("B",)]


def test_the_format_before() -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["import csv"], "outputs": []}]}], "nbformat": 3}
    (part,) = read_notebook("a.ipynb", json.dumps(old)).sections
    assert (part.text, part.first_line) == ("import csv", 1)


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "{}", '{"a": 1}', "[" * 100_000, "{" + '"a":{' * 50_000, "9" * 10_000])
def test_what_is_no_notebook_is_refused(text: str) -> None:
    with pytest.raises(NotesError, match="is not a notebook"):
        read_notebook("a.ipynb", text)


def test_an_empty_notebook_has_no_sections() -> None:
    assert read_notebook("a.ipynb", '{"cells": []}').sections == ()


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5) | st.sampled_from(["markdown", "code", "# A", "stream", "text/plain"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "worksheets", "cell_type", "source", "input", "outputs", "text", "data", "output_type"]),
            inner,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(VALUES)
def test_any_json_is_a_notebook_or_refused(value: object) -> None:
    for text in (json.dumps(value), json.dumps({"cells": [value, value]}), json.dumps({"cells": value})):
        try:
            document = read_notebook("a.ipynb", text)
        except NotesError:
            continue
        assert all(part.first_line == part.last_line >= 1 and part.text.strip() for part in document.sections)
