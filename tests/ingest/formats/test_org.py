"""Org: headings, keywords, tags and links, and nothing evaluated."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.ingest.formats.org import read_org
from notebot.ingest.loaders import load
from pace import within

NOTE = """#+TITLE: My note
#+filetags: :a:b:
#+AUTHOR: Me

Intro [[https://x.y/a][a page]] and https://x.y/b.
* TODO [#A] Head [[https://x.y/c][of words]]  :tag1:tag2:
:PROPERTIES:
:ID: 1
:END:
** Deeper
text =https://in.code= and ~https://in.code~
#+begin_src python
https://in.code
#+end_src
: https://in.code
* Empty
SCHEDULED: <2020-01-01 Wed>
* Monitoring: Prometheus
"""


def test_sections_stand_where_they_do_in_the_file() -> None:
    document = load("a.org", NOTE.encode())
    lines = NOTE.split("\n")
    assert document.title == "My note"
    assert document.tags == ("a", "b", "tag1", "tag2")
    assert document.front_matter == {"title": "My note", "filetags": ":a:b:", "author": "Me"}
    assert [(part.heading, part.first_line, part.last_line, part.stub) for part in document.sections] == [
        ((), 1, 5, False),
        (("Head of words",), 6, 9, False),
        (("Head of words", "Deeper"), 10, 15, False),
        (("Empty",), 16, 17, True),
        (("Monitoring: Prometheus",), 18, 18, False),
    ]
    assert all(part.text == "\n".join(lines[part.first_line - 1 : part.last_line]) for part in document.sections)


def test_links_are_found_outside_of_code() -> None:
    found = [(link.url, link.line) for link in read_org("a.org", NOTE).links]
    assert found == [("https://x.y/a", 5), ("https://x.y/b", 5), ("https://x.y/c", 6)]


def test_links_to_other_notes() -> None:
    text = "[[file:b.org::*Part two][b]] [[./c%20d.org]] [[*Here]] [[#id]]\n[[file:a.png]] [[id:1-2]] [[mailto:a@b]]\n"
    text += '#+INCLUDE: "e.org"\n'
    found = [(link.target, link.line, link.heading, link.embed) for link in read_org("a.org", text).note_links]
    assert found == [
        ("b.org", 1, "Part two", False),
        ("./c d.org", 1, "", False),
        ("", 1, "Here", False),
        ("", 1, "id", False),
        ("e.org", 3, "", True),
    ]


@pytest.mark.parametrize("text", ["*bold* text", " * item", "*", "**", "#+begin_example\ntext\n#+end_example", "- * x"])
def test_what_only_looks_like_a_heading_is_text(text: str) -> None:
    assert [part.heading for part in read_org("a.org", text).sections] == [()]


def test_a_block_that_is_never_closed_ends_at_the_next_heading() -> None:
    found = read_org("a.org", "* A\n#+begin_src sh\nhttps://in.code\n* B\nhttps://x.y\n")
    assert [part.heading for part in found.sections] == [("A",), ("B",)]
    assert [(link.url, link.line) for link in found.links] == [("https://x.y", 5)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(
            ["* a", "** b :t:", "*", "text", "#+begin_src", "#+end_src", "#+title: x", "", "[[a][b]]", ":END:", "[["]
        ),
        max_size=25,
    )
)
def test_any_text_is_a_document_of_slices(lines: list[str]) -> None:
    covered: set[int] = set()
    for part in read_org("a.org", "\n".join(lines)).sections:
        assert part.text == "\n".join(lines[part.first_line - 1 : part.last_line])
        covered.update(range(part.first_line, part.last_line + 1))
    assert all(number in covered or not line.strip() for number, line in enumerate(lines, 1))


@pytest.mark.alone
@pytest.mark.parametrize(
    "text", ["* h\n" * 30_000, "* " + ":a" * 50_000, "* a" + " " * 50_000 + "b", "[[" * 50_000, "[[a][" * 20_000, " =a" * 30_000]
)
def test_it_takes_seconds_at_most(text: str) -> None:
    with within(2):
        read_org("a.org", text)
