"""reStructuredText: sections, links with their lines, and nothing that a directive asks for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.ingest.formats.rst import read_rst
from notebot.ingest.loaders import load
from pace import within

NOTE = """=====
Title
=====

Intro with `a link <https://x.y/a>`_ and ``https://in.code``.

Section *one*
-------------

Some code::

    https://in.code
    Not a title
    -----------

after https://x.y/b.

Deeper ``code`` `x <https://x.y/c>`__
~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~

.. code-block:: python

   # https://in.code

.. _ref: https://x.y/d

Empty
-----

Monitoring: Prometheus
----------------------
"""


def test_sections_stand_where_they_do_in_the_file() -> None:
    document = load("a.rst", NOTE.encode())
    lines = NOTE.split("\n")
    assert document.title == "Title"
    assert [(part.heading, part.first_line, part.last_line, part.stub) for part in document.sections] == [
        (("Title",), 1, 5, False),
        (("Title", "Section one"), 7, 16, False),
        (("Title", "Section one", "Deeper code x"), 18, 25, False),
        (("Title", "Empty"), 27, 28, True),
        (("Title", "Monitoring: Prometheus"), 30, 31, False),
    ]
    assert all(part.text == "\n".join(lines[part.first_line - 1 : part.last_line]) for part in document.sections)


def test_links_are_found_outside_of_code() -> None:
    found = [(link.url, link.line) for link in read_rst("a.rst", NOTE).links]
    assert found == [("https://x.y/a", 5), ("https://x.y/b", 16), ("https://x.y/c", 18), ("https://x.y/d", 25)]


def test_links_to_other_notes() -> None:
    text = ":doc:`other` :doc:`shown </deep/one>`\n`two <two.rst#part>`_ `no <a.png>`_\n\n.. include:: /etc/passwd\n"
    found = read_rst("a.rst", text)
    assert [(link.target, link.line, link.heading, link.embed) for link in found.note_links] == [
        ("other", 1, "", False),
        ("deep/one", 1, "", False),
        ("two.rst", 2, "part", False),
        ("/etc/passwd", 4, "", True),
    ]
    assert found.sections[0].text == text.rstrip()  # and nothing of the file that was to be included


@pytest.mark.parametrize(
    "text",
    [
        "word\n\n-----\n\nword",  # a line between paragraphs
        "a longer line\n--\n",
        "=====  =====\none    two\n=====  =====\n",
        "+-----+\n| one |\n+-----+\n",
        "before\nword\n----\n",  # in the middle of a paragraph
        "::\n\n  Title\n  =====\n",
        "====\n====\n",
        "-----",
    ],
)
def test_what_only_looks_like_a_title_is_text(text: str) -> None:
    assert [part.heading for part in read_rst("a.rst", text).sections] == [()]


def test_levels_are_those_of_their_first_use() -> None:
    text = "A\n***\n\nB\n^^^\n\nC\n***\n\nD\n^^^\n\n===\nE\n===\n"
    paths = [part.heading for part in read_rst("a.rst", text).sections]
    assert paths == [("A",), ("A", "B"), ("C",), ("C", "D"), ("C", "D", "E")]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(["Title", "=====", "---", "  in", "::", ".. code::", "", "`a <b>`_", ":doc:`x`", "````"]), max_size=25
    )
)
def test_any_text_is_a_document_of_slices(lines: list[str]) -> None:
    covered: set[int] = set()
    for part in read_rst("a.rst", "\n".join(lines)).sections:
        assert part.text == "\n".join(lines[part.first_line - 1 : part.last_line])
        covered.update(range(part.first_line, part.last_line + 1))
    assert all(number in covered or not line.strip() for number, line in enumerate(lines, 1))


@pytest.mark.alone
@pytest.mark.parametrize(
    "text", ["ab\n==\n\n" * 30_000, ":" * 100_000, "`" * 100_000, "`<" * 50_000, ":doc:`" * 20_000, ".. " * 30_000]
)
def test_it_takes_seconds_at_most(text: str) -> None:
    with within(2):
        read_rst("a.rst", text)
