"""Example questions come from headings that have something under them."""

from __future__ import annotations

from notebot.answer.examples import examples, follow_ups
from notebot.types import Chunk

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


def note(source: str, *headings: str, stubs: str = "") -> list[Chunk]:
    """A note with one chunk under each heading; a heading's id is its name."""
    return [
        Chunk(heading, source, source, (heading,), "text", at, at, heading in stubs.split(), ())
        for at, heading in enumerate(headings, 1)
    ]


ABOUT = "What do my notes say about {}?".format


def test_what_stands_nearest_to_the_cited_passage_comes_first() -> None:
    chunks = note("a.md", "Far", "Spark", "Ray", "Dask", "Flink", "Off")
    assert follow_ups([chunks], ["Dask"], [], 3) == [ABOUT("Ray"), ABOUT("Flink"), ABOUT("Spark")]


def test_nothing_comes_back_that_is_cited_asked_for_empty_or_no_topic() -> None:
    chunks = note("a.md", "Spark", "Ray", "Dask", "CI/CD: GitHub", "Flink", stubs="Ray")
    assert follow_ups([chunks], ["Dask"], ["what is SPARK for?"], 3) == [ABOUT("Flink")]
    assert follow_ups([chunks], ["gone"], [], 3) == []
    assert follow_ups([], ["Dask"], [], 3) == []


def test_a_heading_of_many_passages_is_one_topic_and_two_notes_share_the_places() -> None:
    long = [Chunk(f"s{at}", "a.md", "a", ("Spark",), "text", at, at, False, ()) for at in range(5)]
    first = [*note("a.md", "Dask"), *long, *note("a.md", "Ray")]
    assert follow_ups([first, note("b.md", "Ray", "Flink")], ["Dask", "Flink"], [], 9) == [ABOUT("Spark"), ABOUT("Ray")]
