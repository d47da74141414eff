"""The sources in the margin: which kind, where, how old, and the exact words."""

from __future__ import annotations

import re
from dataclasses import replace
from types import ModuleType

import pytest

from notebot.types import Answer, Chunk, Citation, Passage, Sentence, Status
from notebot.web.page import margin
from notebot.web.page.exchange import Exchange
from notebot.web.page.markup import exchange_html
from samples import STORE, STORE_PASSAGE, STORE_PLACE


def cited(*places: Citation, passages: tuple[Passage, ...] = ()) -> str:
    return margin.beside(Exchange(1, "What?", passages=passages, sentences=(Sentence("S.", True, 1, places),)))


def test_a_note_is_shown_as_one_with_its_lines(scripted: ModuleType) -> None:
    html = cited(scripted.FIRST.citations[0], passages=scripted.PASSAGES)
    assert (
        '<span class="file"><span class="badge">note</span>notes.md<span class="lines">line 15</span><span class="near"' in html
    )


@pytest.mark.parametrize(("unit", "shown"), [("page", "page 3"), ("cell", "cell 3"), ("", "")])
def test_places_that_are_not_lines(scripted: ModuleType, unit: str, shown: str) -> None:
    html = cited(replace(scripted.FIRST.citations[0], first_line=3, last_line=3, unit=unit))
    assert re.findall(r'<span class="lines">(.*?)</span>', html) == ([shown] if shown else [])


def test_a_page_opens_at_the_words_and_says_how_it_was_come_by() -> None:
    html = cited(STORE_PLACE, passages=(STORE_PASSAGE,))
    near = margin.near_html(STORE_PASSAGE.similarity)
    assert (
        f'<span class="file"><span class="badge page">page</span><a href="{STORE_PLACE.url}" target="_blank" '
        f'rel="noopener noreferrer nofollow">Feature store (qwak.com)</a>{near}<span class="origin">'
        '<span class="age">fetched 2026-11-24</span><span>linked from notes.md line 59; work/mlops.md line 3</span></span></span>'
    ) in html
    assert "<mark>It stores features once.</mark>" in html


def test_an_old_copy_of_a_page_is_marked() -> None:
    assert STORE.page is not None
    stale = replace(STORE_PASSAGE, chunk=replace(STORE, page=replace(STORE.page, stale=True)))
    assert '<span class="badge stale">last good copy of 2026-11-24</span>' in cited(STORE_PLACE, passages=(stale,))


def test_a_page_that_was_read_but_not_cited_is_linked_too() -> None:
    answer = Answer("?", Status.NOT_IN_NOTES, "", "", (), (STORE_PASSAGE,), {})
    html = margin.beside(Exchange(1, "What?", passages=(STORE_PASSAGE,), answer=answer))
    assert '<span class="badge page">page</span><a href="https://www.qwak.com/post/what-is-a-feature-store" ' in html


def test_only_web_addresses_become_links() -> None:
    html = cited(replace(STORE_PLACE, url="javascript:alert(1)"), passages=(STORE_PASSAGE,))
    assert "<a " not in html
    assert "Feature store (javascript:alert(1))" in html


def test_an_address_cannot_leave_its_attribute() -> None:
    html = cited(replace(STORE_PLACE, url='https://example.com/?a="><b>&c=1'))
    assert 'href="https://example.com/?a=&quot;&gt;&lt;b&gt;&amp;c=1" target="_blank" rel="noopener noreferrer nofollow"' in html


def test_a_page_without_headings_goes_by_its_title() -> None:
    bare = replace(STORE_PASSAGE, chunk=replace(STORE, heading=()))
    assert '<span class="heading" dir="auto">Feature store</span>' in cited(replace(STORE_PLACE, heading=()), passages=(bare,))
    assert "Before the first heading" in cited(replace(STORE_PLACE, heading=(), url=None))


def passage(text: str, quote: str) -> str:
    chunk = Chunk("c", "a.md", "a", ("Head",), text, 1, text.count("\n") + 1, False, ())
    start = text.index(quote)
    place = Citation("c", "a.md", ("Head",), 1, 1, quote, start, start + len(quote))
    exchange = Exchange(1, "What?", passages=(Passage(chunk, 1, 1),), sentences=(Sentence("S.", True, 1, (place,)),))
    found = re.search(r'<div class="passage" dir="auto">(.*?)</div>', margin.beside(exchange))
    assert found is not None
    return re.sub(r"</span>", "|", re.sub(r'<span class="(line|gap)">', "", found[1]))


@pytest.mark.parametrize(
    ("text", "quote", "shown"),
    [
        ("# Head\none\ntwo\n", "two", "one|<mark>two</mark>|"),
        ("# Head\none\ntwo\n", "# Head", "<mark># Head</mark>|one|…|"),
        ("# Head\na\nb\nc\nd\ne\n", "c", "…|b|<mark>c</mark>|d|…|"),
        ("# Head\nthe red and the blue\n", "red and", "the <mark>red and</mark> the blue|"),
        ("# Head\none\ntwo\n", "one\ntwo", "<mark>one</mark>|<mark>two</mark>|"),
        ("a & b < c\r\nd", "b < c", "a &amp; <mark>b &lt; c</mark>|d|"),
    ],
)
def test_excerpt_shows_the_words_in_their_lines(text: str, quote: str, shown: str) -> None:
    assert passage(text, quote) == shown


def test_neighbouring_lines_are_one_range() -> None:
    assert margin.merged_lines([(5, 6), (1, 1), (2, 3), (9, 9)]) == [(1, 3), (5, 6), (9, 9)]


@pytest.mark.parametrize(("similarity", "said"), [(0.1, True), (0.6, False)])
def test_places_that_are_nearest_and_far_off_are_not_passed_off_as_near(
    scripted: ModuleType, similarity: float, said: bool
) -> None:
    found = tuple(replace(passage, similarity=similarity) for passage in scripted.PASSAGES[:2])
    silent = Answer("?", Status.NOT_IN_NOTES, "", "", (), found, {})
    assert ("Nothing in your notes comes close" in margin.beside(Exchange(1, "?", passages=found, answer=silent))) == said
    answered = replace(silent, status=Status.ANSWERED, sentences=(scripted.FIRST,))
    html = exchange_html(Exchange(1, "?", passages=found, sentences=answered.sentences, answer=answered))
    assert ("only loosely related" in html) == said


def test_a_cited_passage_can_be_opened_in_its_section(scripted: ModuleType) -> None:
    html = cited(*scripted.FIRST.citations[:1], *scripted.THIRD.citations, passages=scripted.PASSAGES)
    marks = ".".join(f"{place.start}-{place.end}" for place in (scripted.FIRST.citations[0], scripted.THIRD.citations[0]))
    assert f'data-act="open" data-source="notes.md" data-chunk="c1" data-marks="{marks}"' in html


@pytest.mark.parametrize(
    ("similarity", "word", "number"),
    [(0.71, "close", "0.71"), (0.4, "close", "0.40"), (0.3, "related", "0.30"), (-0.1, "far", "0.00")],
)
def test_how_near_a_passage_is_is_a_word_with_its_number_for_who_asks(
    scripted: ModuleType, similarity: float, word: str, number: str
) -> None:
    found = (Passage(scripted.MINING, 0.9, similarity),)
    for html in (
        cited(scripted.FIRST.citations[0], passages=found),
        margin.beside(Exchange(1, "?", passages=found, answer=Answer("?", Status.NOT_IN_NOTES, "", "", (), found, {}))),
    ):
        assert f'title="Likeness to the question: {number}, where 1 is the same">{word}<span class="unseen">' in html
        assert f'<span class="unseen"> ({number} of 1)</span>' in html
        assert f'data-near="{similarity:.4f}"' in html


def test_a_stub_and_a_list_that_compares_nothing_are_not_said_to_be_near(scripted: ModuleType) -> None:
    for found in (Passage(scripted.GRAPHRAG, 0.2, 0.9), Passage(scripted.MINING, 0.0, 0.0)):
        html = margin.beside(Exchange(1, "?", passages=(found,), answer=Answer("?", Status.STUB, "", "", (), (found,), {})))
        assert 'class="near"' not in html
        assert "data-near" not in html
