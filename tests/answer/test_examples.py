"""Example questions come from headings that have something under them."""

from __future__ import annotations

from notebot.answer.examples import examples

HEADINGS = [
    ("a.md", ("Spark",), False),
    ("a.md", ("Ray",), True),
    ("a.md", ("CI/CD: GitHub Actions",), False),
    ("b.md", ("Tools", "Grafana"), False),
    ("b.md", ("Spark",), False),
    ("c.md", ("A heading with far too many words in it",), False),
    ("c.md", ("Ubuntu",), False),
]


def test_stubs_lists_and_long_headings_make_no_question() -> None:
    assert examples(HEADINGS, 9) == [f"What do my notes say about {topic}?" for topic in ("Spark", "Grafana", "Ubuntu")]


def test_no_more_than_asked_for_and_spread_over_the_notes() -> None:
    many = [("a.md", (str(number),), False) for number in range(10)]
    assert examples(many, 2) == ["What do my notes say about 0?", "What do my notes say about 5?"]
    assert examples(many, 0) == []
    assert examples([], 3) == []
