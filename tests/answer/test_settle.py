"""What an answer comes to where nothing was written: silence, and empty headings."""

from __future__ import annotations

from notebot.answer.settle import not_in_notes, stub_answer
from notebot.types import Chunk, Link, Passage, Status


def passage(heading: str, similarity: float, *, stub: bool = False, links: tuple[Link, ...] = ()) -> Passage:
    return Passage(Chunk(heading, "a/b.md", "b", (heading,), f"## {heading}", 7, 7, stub, links), 0.5, similarity)


def test_silence_names_the_nearest_notes_and_no_far_ones() -> None:
    answer = not_in_notes("What?", [passage("Near", 0.5), passage("Stub", 0.6, stub=True), passage("Far", 0.1)])
    assert answer.status is Status.NOT_IN_NOTES
    assert answer.text == "This is not in your notes. The nearest they come: Near (a/b.md:7)."
    assert answer.sentences == ()


def test_silence_with_nothing_near_says_just_that() -> None:
    assert not_in_notes("What?", []).text == "This is not in your notes."


def test_an_empty_heading_is_cited_as_a_place_without_its_mark() -> None:
    (sentence,) = stub_answer("What?", passage("Ray", 0.9, stub=True), []).sentences
    (citation,) = sentence.citations
    assert (citation.quote, citation.first_line, citation.start, citation.end) == ("Ray", 7, 3, 6)


def test_the_addresses_under_an_empty_heading_are_named_once_without_their_text_fragments() -> None:
    links = (
        Link("https://example.org/a#:~:text=long,quote", 8),
        Link("https://example.org/a", 9),
        Link("https://b.example/#x", 9),
    )
    text = stub_answer("What?", passage("Ray", 0.9, stub=True, links=links), []).text
    assert text.endswith("It links to https://example.org/a, https://b.example/#x, which has not been read.")
