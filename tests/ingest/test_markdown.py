"""Sections and links: what stands in the file, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.ingest.markdown import read_markdown
from notebot.ingest.outline import says_more
from notebot.types import Section

NOTES = Path(__file__).parents[2] / "knowledge" / "notes.md"

# The user's outline, line by line. Everything else in it is a stub.
SAID_IN_THE_HEADING = {
    1: "Alignment techniques: instruction-based finetuning, RLHF",
    7: "CI/CD: GitHub Actions",
    51: "Distributed training: PyTorch?",
    93: "Model deployment/serving: ONNX Runtime",
    96: "Monitoring: Prometheus, Grafana",
    139: "Recommendation systems: candidate generation, scoring, ranking",
}
SAID_UNDER_THE_HEADING = {
    13: ("Data mining", 26),
    28: ("Data warehousing", 30),
    34: ("Databricks", 41),
    43: ("Deep learning", 47),
    61: ("Foundation model", 75),
    110: ("Regression", 114),
    118: ("Self-supervised learning (SSL)", 130),
}
NAMES = {
    32: "Data transformation pipeline",
    55: "Exploratory data analysis",
    59: "Feature store",
    81: "Image augmentation",
    102: "ONNX",
}
NAMES |= {94: "Model optimization", 95: "Model serving/deployment", 108: "Ray", 116: "REST APIs", 138: "Training-serving skew"}
LINKS = {
    15: "https://en.wikipedia.org/wiki/Data_mining",
    45: "https://www.ibm.com/think/topics/deep-learning",
    59: "https://www.qwak.com/post/what-is-a-feature-store-in-ml#:~:text=Finally%2C%20Feature%20Stores%20are%20feature%20storage"
    "%20systems,whenever%20input%20for%20a%20prediction%20is%20required.",
    81: "https://docs.ultralytics.com/guides/yolo-data-augmentation/#saturation-adjustment-hsv_s",
    94: "https://www.ultralytics.com/glossary/optimization-algorithm",
    102: "https://docs.pytorch.org/docs/stable/onnx.html",
    120: "https://www.ibm.com/think/topics/self-supervised-learning",
    138: "https://www.qwak.com/post/training-serving-skew-in-machine-learning",
    139: "https://aman.ai/recsys/candidate-gen/",
}


def sections(text: str) -> tuple[Section, ...]:
    return read_markdown(text)[0]


def links(text: str) -> list[tuple[str, int]]:
    return [(link.url, link.line) for link in read_markdown(text)[1].links]


def test_the_user_s_own_notes_come_out_right() -> None:
    text = NOTES.read_text(encoding="utf-8")
    lines = text.split("\n")
    found, marked = read_markdown(text)
    urls = marked.links
    assert [section.first_line for section in found] == [number for number, line in enumerate(lines, 1) if line.startswith("#")]
    content = {}
    for section in found:
        assert section.text == "\n".join(lines[section.first_line - 1 : section.last_line])
        assert len(section.heading) == 1
        if not section.stub:
            content[section.first_line] = section.heading[0]
    engineering = content.pop(57)
    assert engineering.startswith("Feature engineering: Preprocessing step")
    assert engineering.endswith("Sklearn has a module called feature_extraction.")
    assert content == SAID_IN_THE_HEADING | {line: name for line, (name, _) in SAID_UNDER_THE_HEADING.items()}
    ends = {section.first_line: section.last_line for section in found}
    assert {line: ends[line] for line in SAID_UNDER_THE_HEADING} == {
        line: end for line, (_, end) in SAID_UNDER_THE_HEADING.items()
    }
    stubs = {section.first_line: section.heading[0] for section in found if section.stub}
    assert {line: stubs[line] for line in NAMES} == NAMES
    assert len(stubs) == 31
    assert {link.line: link.url for link in urls} == LINKS
    assert len(urls) == len(LINKS)


def test_the_path_of_a_heading_is_its_ancestry() -> None:
    found = sections("before\n\n# A\n\n### A.1\nx\n## A.2\ny\n# B\n")
    assert [(s.heading, s.stub) for s in found] == [
        ((), False),
        (("A",), False),
        (("A", "A.1"), False),
        (("A", "A.2"), False),
        (("B",), True),
    ]


@pytest.mark.parametrize(
    ("markdown", "heading"),
    [
        ("# `code` and *stress* and [words](https://a.b)", "code and stress and words"),
        ("# Feature store: https://a.b/c#d", "Feature store"),
        ("# Ranking, scoring https://a.b/c", "Ranking, scoring"),
        ("# https://a.b/c", "https://a.b/c"),
        ("# Ray/", "Ray"),
        ("# Pipeline:  ", "Pipeline"),
        ("# Closed ##", "Closed"),
        ("# A &amp; B", "A & B"),
        ("Two lines\nof it\n======", "Two lines of it"),
        ("# C++/", "C++"),
        ("# Under https://a.b/_scores_ and *stars*", "Under and stars"),
        ("#", None),
    ],
)
def test_a_heading_is_its_words(markdown: str, heading: str | None) -> None:
    assert sections(markdown)[0].heading == ((heading,) if heading else ())


@pytest.mark.parametrize(
    "markdown",
    [
        "```\n# x\n```",
        "~~~\n# x\n~~~",
        "> # x",
        "* # x",
        "    # x",
        "####### x",
        "#x",
        "<!--\n# x\n-->",
        "```\n# never closed",
        "a `#\n# ` b",
    ],
)
def test_what_only_looks_like_a_heading_is_text(markdown: str) -> None:
    found = sections(f"# Real\n\n{markdown}\n")
    if markdown.startswith("a `"):  # blocks come first: here it is one
        assert len(found) == 2
        return
    assert [section.heading for section in found] == [("Real",)]


@pytest.mark.parametrize(
    ("body", "stub"),
    [
        ("", True),
        ("https://a.b", True),
        ("* [the page](https://a.b)\n* <https://c.d>", True),
        ("---", True),
        ("<!-- todo -->", True),
        ("![](a.png)", True),
        ("[the page](https://a.b) is good", False),
        ("words", False),
        ("```\ncode\n```", False),
        ("|a|b|\n|-|-|\n|1|2|", False),
        ("<b>words</b>", False),
        ("![a diagram of it](a.png)", False),
        ("## Deeper", False),
    ],
)
def test_a_stub_has_nothing_under_it(body: str, stub: bool) -> None:
    assert sections(f"# Topic\n\n{body}\n\n# Next\nwords")[0].stub is stub


@pytest.mark.parametrize(
    ("heading", "more"),
    [
        ("CI/CD: GitHub Actions", True),
        ("Distributed training: PyTorch?", True),
        ("Ray - Python that runs on many machines", True),
        ("We moved the database to Frankfurt.", True),
        ("REST APIs", False),
        ("Data transformation pipeline", False),
        ("Self-supervised learning (SSL)", False),
        ("std::vector", False),
        ("12:30", False),
        ("What is RAG?", False),
        ("Model serving/deployment", False),
    ],
)
def test_a_heading_that_says_something_is_content(heading: str, more: bool) -> None:
    assert says_more(heading) is more
    assert sections(f"# {heading}")[0].stub is not more


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ('[a](https://x.y/z "t") [b][r]\n\n[r]: <https://r.s>', [("https://x.y/z", 1), ("https://r.s", 1)]),
        ("<https://x.y> http://p.q", [("https://x.y", 1), ("http://p.q", 1)]),
        (
            "see (https://x.y/a_(b)), https://x.y/c. 'https://x.y/d'",
            [("https://x.y/a_(b)", 1), ("https://x.y/c", 1), ("https://x.y/d", 1)],
        ),
        ("one\n[two\nlines](https://x.y)\n**https://b.old**", [("https://x.y", 3), ("https://b.old", 4)]),
        ("a\n\n# Head https://x.y/_u_/v\n", [("https://x.y/_u_/v", 3)]),
        ("![i](https://x.y/i.png) [![i](https://x.y/j.png)](https://x.y/k)", [("https://x.y/k", 1)]),
        ("https://x.y#:~:text=It%20ends. Then", [("https://x.y#:~:text=It%20ends.", 1)]),
        ('<a href="https://x.y/1">one</a>\n<p>\nhttps://x.y/2', [("https://x.y/1", 1), ("https://x.y/2", 3)]),
        ("| a |\n|-|\n| https://x.y |", [("https://x.y", 3)]),
        ("[日本](https://x.y/日本?q=a&b=c)", [("https://x.y/日本?q=a&b=c", 1)]),
        ("`https://in.code` [a](u)\n\n```\nhttps://in.code\n```", []),
    ],
)
def test_links_are_found_where_they_stand(markdown: str, found: list[tuple[str, int]]) -> None:
    assert links(markdown) == found


@pytest.mark.parametrize(
    "markdown",
    [
        "[x](",  # bad input 54
        "[a](../../etc/passwd) [b](#here) [c](mailto:a@b.c) [d](tel:1) [e](javascript:alert(1)) [f](data:text/plain,x)"
        " [g](file:///etc/passwd) [h](ftp://a.b) [i](gopher://a.b)",  # bad input 56
        "![[note]] [[other]]",  # bad inputs 28 and 63
    ],
)
def test_other_links_are_no_web_links(markdown: str) -> None:
    assert links(markdown) == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(["# a", "## b: c", "text", "", "```", "~~~", "> q", "- i", "===", "---", "[l](https://x.y)", "<b>"]),
        max_size=25,
    )
)
def test_sections_are_slices_that_leave_nothing_out(lines: list[str]) -> None:
    text = "\n".join(lines)
    found, marked = read_markdown(text, first_line=5)
    covered: set[int] = set()
    for section in found:
        assert section.text == "\n".join(lines[section.first_line - 5 : section.last_line - 4])
        assert section.text.strip()
        covered.update(range(section.first_line, section.last_line + 1))
    assert all(number in covered or not line.strip() for number, line in enumerate(lines, 5))
    assert all(link.url in lines[link.line - 5] for link in marked.links)


@pytest.mark.parametrize(
    ("markdown", "found"),
    [
        ("[[Other note]] and [[folder/other.md|shown]]", [("Other note", 1, "", False), ("folder/other.md", 1, "", False)]),
        (
            "[[note#Part]] [[note#A#B|c]] [[#Here]]",
            [("note", 1, "Part", False), ("note", 1, "A#B", False), ("", 1, "Here", False)],
        ),
        ("one\ntwo [[note#^block]]\n![[note]]", [("note", 2, "^block", False), ("note", 3, "", True)]),
        (
            "# Head [[a]]\n\n> [!note] Title\n> see [[b]]\n\n* [ ] [[c]]",
            [("a", 1, "", False), ("b", 4, "", False), ("c", 6, "", False)],
        ),
        ("| x |\n|---|\n| [[a\\|b]] |", [("a", 3, "", False)]),
        ("`[[a]]` ``b ` [[c]]`` [[d]] ` [[e]]", [("d", 1, "", False), ("e", 1, "", False)]),
        ("    [[a]]\n\n```\n[[b]]\n```", []),
        ("[[a\nb]] [[]] [[ ]]", []),
        (
            "[x](other.md) [y](deep/b%20c.md#A%20part) [z](#here)",
            [("other.md", 1, "", False), ("deep/b c.md", 1, "A part", False), ("", 1, "here", False)],
        ),
        ("[x][r]\n\n[r]: ../up.md 'title'", [("../up.md", 1, "", False)]),
        ("[x](a.png) [y](b.zip) [z](mailto:a@b) [w](folder/) [v](//host/a.md) ![i](c.md)", []),
        ("text[^1]\n\n[^1]: word", []),
    ],
)
def test_links_to_other_notes(markdown: str, found: list[tuple[str, int, str, bool]]) -> None:
    marked = read_markdown(markdown)[1]
    assert [(link.target, link.line, link.heading, link.embed) for link in marked.note_links] == found


@pytest.mark.parametrize(
    ("markdown", "tags"),
    [
        ("#one and #two/three, #four-4\n#five.", ["one", "two/three", "four-4", "five"]),
        ("#日本 (#no) a#no #1 #2024 # no ##no", ["日本"]),
        ("# Head #no\n\n> #yes\n\n* #also", ["yes", "also"]),
        ("`#no` https://x.y/#no [x](#no) [[a#no]]\n\n```\n#no\n```\n\n    #no", []),
    ],
)
def test_tags_stand_in_the_text(markdown: str, tags: list[str]) -> None:
    assert read_markdown(markdown)[1].tags == tags


def test_callouts_tasks_comments_and_footnotes_are_text() -> None:
    text = "# A\n\n> [!warning] Mind the gap\n> between\n\n- [x] done\n\n%%mine%% <!-- too -->\n\nsaid[^1]\n\n[^1]: By whom.\n"
    (section,) = sections(text)
    assert section.text == text.rstrip()
    assert not section.stub
