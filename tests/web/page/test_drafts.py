"""A draft as HTML: its facts marked where they stand, its doubts said, nothing of its words carried out."""

from __future__ import annotations

from notebot.evals.cases import SHORT_FORMS, Case, Place
from notebot.types import Chunk
from notebot.web.page.drafts import SHOWN, draft_html, left_text, review_html

TEA = Chunk("c1", "tea.md", "tea", ("Tea",), "# Tea\nGreen <b>tea</b>, 80 degrees.", 1, 2, False, ())
HOT = Case(
    "hot", "How hot?", SHORT_FORMS[True], (("80 degrees",), ("boiling",)), gold=(Place("tea.md", ("Tea",)),), tags=("draft",)
)
SILENT = Case("price", "What does it cost?", SHORT_FORMS[False], tags=("draft", "near-miss"))


def chunks_of(source: str) -> list[Chunk]:
    return [TEA] if source == "tea.md" else []


def test_facts_are_marked_in_the_passage_and_what_is_not_said_is_told() -> None:
    html = draft_html(HOT, chunks_of)
    assert "Green &lt;b&gt;tea&lt;/b&gt;, <mark>80 degrees</mark>." in html
    assert "Not said there word for word: boiling" in html
    assert 'value="80 degrees; boiling"' in html
    assert 'href="/notes?source=tea.md#p-c1"' in html


def test_a_question_without_an_answer_has_no_facts_to_change() -> None:
    html = draft_html(SILENT, chunks_of)
    assert 'name="facts"' not in html
    assert "should be silent" in html
    assert '<span class="badge">near-miss</span>' in html


def test_a_place_that_is_gone_says_so() -> None:
    assert "not in the index any more" in draft_html(HOT, lambda source: [])


def test_only_so_many_are_shown_and_the_way_to_the_others() -> None:
    many = [SILENT] * (SHOWN + 1)
    html = review_html("drafts.yaml", ["drafts.yaml"], many, chunks_of, ready=0)
    assert html.count("<article") == SHOWN
    assert "Show the next" in html
    assert "notebot eval run drafts.yaml" in review_html("drafts.yaml", ["drafts.yaml"], [], chunks_of, ready=3)


def test_how_many_are_left() -> None:
    assert left_text(1, 0) == "1 question to look at. 0 ready to be asked."
    assert left_text(0, 12) == "Nothing waits for you here. 12 ready to be asked."
