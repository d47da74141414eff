"""What an answer comes to where nothing was written: silence, and empty headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from notebot.answer.alignment import prepare
from notebot.answer.checking import CheckedDraft
from notebot.answer.relevance import UNREAD, Answered, focus
from notebot.answer.settle import leads_to, not_in_notes, settle, stub_answer
from notebot.models.minilm import MiniLM
from notebot.types import Answer, Chunk, Link, NoteLine, Page, Passage, Status
from samples import STORE


def passage(heading: str, similarity: float, *, stub: bool = False, links: tuple[Link, ...] = ()) -> Passage:
    return Passage(Chunk(heading, "a/b.md", "b", (heading,), f"## {heading}", 7, 7, stub, links), 0.5, similarity)


def test_silence_names_the_nearest_notes_and_no_far_ones() -> None:
    answer = not_in_notes("What?", [passage("Near", 0.5), passage("Stub", 0.6, stub=True), passage("Far", 0.1)], {})
    assert answer.status is Status.NOT_IN_NOTES
    assert answer.text == "This is not in your notes. The nearest they come: Near (a/b.md:7)."
    assert answer.sentences == ()


def test_silence_with_nothing_near_says_just_that() -> None:
    assert not_in_notes("What?", [], {}).text == "This is not in your notes."


def test_an_empty_heading_is_cited_as_a_place_without_its_mark() -> None:
    (sentence,) = stub_answer("What?", passage("Ray", 0.9, stub=True), [], {}).sentences
    (citation,) = sentence.citations
    assert (citation.quote, citation.first_line, citation.start, citation.end) == ("Ray", 7, 3, 6)


LINKS = (
    Link("https://example.org/a#:~:text=long,quote", 8),
    Link("http://www.example.org/a", 9),
    Link("https://b.example/#x", 9),
    Link("mailto:me@example.org", 9),
)
LOST = {"https://example.org/a": "answered 404", "https://elsewhere.example": "no answer"}


def test_an_empty_heading_says_which_of_its_links_were_read_and_which_could_not_be() -> None:
    text = stub_answer("What?", passage("Ray", 0.9, stub=True, links=LINKS), [], LOST).text
    assert text == (
        "Your notes have the heading “Ray” (a/b.md:7) with nothing under it yet. "
        "It links to https://b.example/#x, mailto:me@example.org, where no answer was found. "
        "It may be on a linked page that could not be read: http://www.example.org/a (answered 404)."
    )


def test_silence_says_that_the_nearest_notes_link_to_a_page_that_could_not_be_fetched() -> None:
    near = [passage("Near", 0.5, links=LINKS[:1]), passage("Far", 0.1, links=(Link("https://elsewhere.example", 1),))]
    text = not_in_notes("What?", near, LOST).text
    assert text.endswith("It may be on a linked page that could not be read: https://example.org/a (answered 404).")
    assert "fetched" not in not_in_notes("What?", near, {}).text


def test_the_nearest_are_named_by_what_their_places_are_counted_in() -> None:
    pdf = passage("Near", 0.5)
    near = [replace(pdf, chunk=replace(pdf.chunk, source="a.pdf", unit="page")), replace(pdf, chunk=replace(pdf.chunk, unit=""))]
    assert not_in_notes("What?", near, {}).text.endswith("The nearest they come: Near (a.pdf, page 7), Near (a/b.md).")


def test_a_page_is_named_by_its_address_alone() -> None:
    page = Page("https://b.example", "", stale=False, linked_from=(), meant=False)
    near = passage("Near", 0.5)
    near = replace(near, chunk=replace(near.chunk, source=page.url, page=page))
    assert not_in_notes("What?", [near], {}).text.endswith("The nearest they come: Near (https://b.example).")


def test_a_stub_leads_to_the_page_that_its_own_lines_link_to() -> None:
    stub = passage("Ray", 0.9, stub=True, links=LINKS)
    there = replace(STORE, page=Page("https://b.example", "", stale=False, linked_from=(NoteLine("a/b.md", 9),), meant=False))
    assert leads_to(stub, replace(stub, chunk=there))
    assert not leads_to(stub, replace(stub, chunk=STORE))
    assert not leads_to(stub, stub)


CAR = "# Car\n\nTyres: 2.3 bar in front."
DISK = "# Backup\n\nThe laptop is copied to the grey disk."
TOOLS = ("# CI/CD\n\nWe use Jenkins.", "# Monitoring\n\nWe use Grafana.")


def read(probability: float, passage: int, *, prose: bool = True, alone: float = 0.2) -> Answered:
    return Answered(probability, prose=prose, at=(passage, 1), alone=alone)


@pytest.mark.parametrize(
    ("question", "texts", "answered", "status"),
    [
        ("What colour is the car?", (CAR, DISK), UNREAD, Status.NOT_IN_NOTES),  # one knows the car, the other nearly a colour
        ("What colour is the disk?", (CAR, DISK), UNREAD, Status.QUOTED),
        ("Name my tools for CI/CD and for monitoring.", TOOLS, UNREAD, Status.QUOTED),  # two topics, each by its name
        ("What colour is the disk?", (CAR, DISK), read(0.45, 1), Status.NOT_IN_NOTES),
        ("What colour is the disk?", (CAR, DISK), read(0.55, 1), Status.QUOTED),
        ("What colour is the car?", (CAR, DISK), read(0.55, 0), Status.NOT_IN_NOTES),
        (
            "What colour is the car?",
            (CAR, DISK),
            read(0.65, 0),
            Status.QUOTED,
        ),  # read together, they are more than words
        ("What colour is the car?", (CAR, DISK), read(0.65, 0, prose=False), Status.NOT_IN_NOTES),
        ("What colour is the car?", (CAR, DISK), read(0.65, 0, prose=False, alone=0.6), Status.QUOTED),
    ],
)
def test_what_is_asked_has_to_be_spoken_of_in_one_note_or_by_name(
    question: str, texts: tuple[str, str], answered: Answered, status: Status, minilm: MiniLM
) -> None:
    found = tuple(
        Passage(Chunk(str(n), f"{n}.md", "", (text.split("\n")[0].lstrip("# "),), text, 1, 3, False, ()), 1.0 - n / 10, 0.5)
        for n, text in enumerate(texts)
    )
    evidence = prepare(texts, minilm)
    draft = CheckedDraft(found, evidence, minilm)
    draft.feed("I do not know.")
    draft.finish()
    about = replace(focus(question, evidence, minilm), answered=answered)
    assert settle(question, draft, evidence, [about], {}).status is status


TASKS = ("# CI/CD: GitHub Actions", "# Training of large models: Ray")


@pytest.mark.parametrize(
    ("question", "said", "status"),
    [
        ("What do I use for CI/CD and what for training large models?", "CI/CD: GitHub Actions.", Status.ANSWERED),
        ("What do I use for training large models, and for CI/CD?", "CI/CD: GitHub Actions.", Status.ANSWERED),
        (
            "What do I use for CI/CD of large models in training?",
            "CI/CD: GitHub Actions.",
            Status.QUOTED,
        ),  # one thing, in four words
    ],
)
def test_a_sentence_may_answer_one_part_of_a_question(question: str, said: str, status: Status, minilm: MiniLM) -> None:
    assert come_to(question, said, TASKS, minilm).status is status


def come_to(question: str, said: str, texts: Sequence[str], minilm: MiniLM) -> Answer:
    """What a model's words come to, beside passages that each begin with their heading."""
    headings = [text.partition("\n")[0].lstrip("# ") for text in texts]
    found = tuple(
        Passage(Chunk(text, "n.md", "", (heading,), text, 1, 1, False, ()), 0.9, 0.5)
        for text, heading in zip(texts, headings, strict=True)
    )
    evidence = prepare(texts, minilm)
    draft = CheckedDraft(found, evidence, minilm)
    draft.feed(said)
    draft.finish()
    return settle(question, draft, evidence, [focus(question, evidence, minilm)], {})


REGRESSION = (
    "# Regression",
    "",
    "* Multiple regression: multiple features",
    "* Univariate regression: one output",
    "* Multivariate regression: multiple outputs",
)
PAINTS = ("# Paints in the shed", "", "Two of them are old.", "", "- white gloss", "- green, for the front fence", "- primer")


@pytest.mark.parametrize(
    ("question", "said", "note", "added"),
    [
        ("Which kinds of regression did I note?", "Multiple regression: multiple features.", REGRESSION, [3, 4]),
        ("List the kinds of regression.", "Multiple regression and univariate regression.", REGRESSION, [4]),
        ("Which kinds of regression are there?", "Multiple, univariate and multivariate regression.", REGRESSION, []),
        ("Which regression has one output?", "Univariate regression has one output.", REGRESSION, []),  # one is asked for
        ("What paints are in the shed?", "White gloss is in the shed.", PAINTS, [5, 6]),
        ("What are the old paints?", "Two of them are old.", PAINTS, []),  # not said by the list
        ("Which fences are green?", "Green, for the front fence.", PAINTS, []),  # what leads into it is of something else
    ],
)
def test_who_asks_for_all_of_a_list_gets_what_the_model_left_out(
    question: str, said: str, note: Sequence[str], added: list[int], minilm: MiniLM
) -> None:
    answer = come_to(question, said, ["\n".join(note)], minilm)
    assert answer.status is Status.ANSWERED
    quoted = [sentence for sentence in answer.sentences if sentence.text not in said]
    assert [sentence.text for sentence in quoted] == [note[at].lstrip("*- ") for at in added]
    assert all(sentence.supported and sentence.citations for sentence in quoted)
    assert answer.text.count("In the words of your notes:") == bool(added)


def test_what_has_a_number_of_its_own_is_no_answer_to_a_question_about_another(minilm: MiniLM) -> None:
    texts = ["# Music\n\nA doctorate in music has been offered since 1933.\n\nIn 1996 the hall was built."]
    said = "A doctorate in music has been offered since 1933."
    assert come_to("Which doctorate has been offered since 1933?", said, texts, minilm).status is Status.ANSWERED
    answer = come_to("Which doctorate has been offered since 1996?", said, texts, minilm)
    assert answer.status is Status.QUOTED  # as the notes have it, and not as an answer
