"""Front matter is kept as it is written, and its tags are a list. What is broken: test_bad_front_matter.py."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.ingest.front_matter import read_front_matter


def test_values_are_kept_as_they_are_written() -> None:
    block = "when: 2023-02-30\nyes: no\nn: 010\ndeep: {a: {b: c}}\naliases: [One, two three]\nempty:\ntags: []\n"
    found = read_front_matter(f"---\n{block}...\nbody")
    assert found.values == {
        "when": "2023-02-30",
        "yes": "no",
        "n": "010",
        "deep": "{a: {b: c}}",
        "aliases": "One, two three",
        "empty": "",
        "tags": "",
    }
    assert (found.tags, found.body, found.line, found.warnings) == ((), block, 2, ())


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("---\ntags: [a, '#b c', a]\n---\n", ("a", "b c")),
        ("---\ntags:\n  - a\n  - 1\n---\n", ("a", "1")),
        ("---\ntags: a b\n---\n", ("a", "b")),
        ("---\nTags: a b, c\n---\n", ("a b", "c")),
        ("---\ntag: a\n---\n", ("a",)),
        ('+++\ntags = ["a b", "c"]\n+++\n', ("a b", "c")),
        ('{"tags": ["a b", 1]}\n', ("a b", "1")),
        ("no front matter #here", ()),
    ],
)
def test_tags_however_they_are_written(text: str, tags: tuple[str, ...]) -> None:
    assert read_front_matter(text).tags == tags


@pytest.mark.parametrize("text", ["---\na: b\n---\n", '+++\na = "b"\n+++\n', '{\n"a": "b"\n}\n', '{"a": "b"}  \n'])
def test_the_text_begins_after_it(text: str) -> None:
    found = read_front_matter(f"{text}\nbody")
    assert found.values == {"a": "b"}
    assert f"{text}\nbody"[found.end :] == "\nbody"
    assert read_front_matter(text.rstrip()).values == {"a": "b"}


@pytest.mark.parametrize("text", ["----\na: b\n----\n", "\n---\na: b\n---\n", "--- a\nb: c\n---\n", "{{ template }}", "[1]"])
def test_what_only_looks_like_it_is_text(text: str) -> None:
    found = read_front_matter(text)
    assert (found.values, found.end, found.warnings) == ({}, 0, ())


SIGNS = [
    "---\n",
    "+++\n",
    "...\n",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    ":",
    ": ",
    "- ",
    "&a ",
    "*a",
    "!!x ",
    "=",
    ",",
    "\n",
    "  ",
    "tags",
    "\\ud800",
]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(["---\n", "+++\n", "{"]), st.lists(st.sampled_from(SIGNS) | st.text(max_size=3), max_size=30))
def test_it_never_raises_and_never_goes_beyond_the_text(start: str, signs: list[str]) -> None:
    text = start + "".join(signs)
    for whole in (text, f"{text}\n{start}"):
        found = read_front_matter(whole)
        assert 0 <= found.end <= len(whole)
        "".join([*found.values, *found.values.values(), *found.tags]).encode("utf-8", "strict" if whole.isascii() else "replace")
