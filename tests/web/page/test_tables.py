"""The tables of the notes view: filters, parts, states and their reasons, and hostile names as text."""

from __future__ import annotations

import re

import pytest

from notebot.index.linked import Lead
from notebot.index.outline import Heading, NoteOutline, Outline
from notebot.states import IndexState, Problem, SourceState
from notebot.types import NoteLine
from notebot.urls import read_url
from notebot.web.page import tables

HOSTILE = "<img src=x onerror=alert(1)>.md"


def state(*sources: SourceState) -> IndexState:
    return IndexState(sources, sum(s.chunks for s in sources), 0, (), 0, "minilm", 1, "2026-11-24T12:00:00+00:00")


def source(name: str, kind: str = "note", how: str = "indexed", reason: str = "", chunks: int = 1) -> SourceState:
    return SourceState(name, kind, how, reason, "2026-11-24T12:00:00+00:00", chunks, 0, 0)  # type: ignore[arg-type]


MIXED = state(
    source("a.md"),
    source("scan.pdf", how="failed", reason="no usable text: it is a scan; read it with OCR first", chunks=0),
    source("https://example.org/x", "page", "waiting", "not asked for yet", 0),
    source("https://example.org/y", "page", "stale", "the site answered 503"),
)


def rows(html: str) -> list[str]:
    return re.findall(r'<tr><th scope="row">.*?</tr>', html)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 4),
        ({"state": "failed"}, 1),
        ({"kind": "page"}, 2),
        ({"kind": "page", "state": "stale"}, 1),
        ({"state": "nonsense"}, 0),
    ],
)
def test_filters_leave_what_is_asked_for(query: dict[str, str], count: int) -> None:
    assert len(rows(tables.contents(MIXED, query))) == count


def test_the_chosen_filter_stays_chosen_and_counts_are_shown() -> None:
    html = tables.contents(MIXED, {"state": "failed"})
    assert '<option value="failed" selected>failed (1)</option>' in html
    assert '<option value="page">pages (2)</option>' in html


def test_long_tables_come_in_parts() -> None:
    many = state(*(source(f"{n:04}.md") for n in range(450)))
    assert len(rows(tables.contents(many, {}))) == 200
    last = tables.contents(many, {"from": "400", "state": "indexed"})
    assert len(rows(last)) == 50
    assert "401 to 450 of 450" in last
    assert 'href="/notes?from=200&amp;state=indexed"' in last
    for odd in ("-1", "x", "²", "99999", ""):
        assert "<tr>" in tables.contents(many, {"from": odd}) or odd == "99999"


def test_problems_say_what_to_do() -> None:
    html = tables.problems(MIXED, [Problem("cloud.md", "is a placeholder; download it first"), Problem("a.md", "x")])
    assert len(rows(html)) == 4
    assert "OCR program" in html
    assert "cloud program" in html
    assert "No problems" in tables.problems(state(source("a.md")), [])


def test_links_name_the_note_lines_that_lead_there() -> None:
    at = read_url("https://example.org/y")
    leads = {"https://example.org/y": [Lead(NoteLine("a.md", n), at) for n in range(1, 8)]}
    html = tables.links(MIXED, Outline((), {"https://example.org/y": "Why"}), leads, {})
    assert 'href="/notes?source=a.md#L1"' in html
    assert "and 2 more" in html
    assert "Why (example.org)" in html
    assert "link to no web pages" in tables.links(state(source("a.md")), Outline((), {}), {}, {})


def test_offline_is_said_once_and_only_where_no_page_came() -> None:
    away = [source(f"https://e.org/{n}", "page", "failed", "the name e.org could not be looked up", 0) for n in range(3)]
    assert "seems to be offline" in tables.links(state(*away), Outline((), {}), {}, {})
    assert "seems to be offline" not in tables.links(state(*away, source("https://f.org", "page")), Outline((), {}), {}, {})


def test_headings_to_write_are_grouped_by_note() -> None:
    headings = (Heading(("A",), "1", 3, False), Heading(("B", HOSTILE), "2", 5, True))
    html = tables.headings_to_write(Outline((NoteOutline("a.md", "a", headings), NoteOutline("b.md", "b", ())), {}), {})
    assert html.count("<section>") == 1
    assert "1 heading<" in html
    assert "B › &lt;img" in html
    assert "Every heading has something" in tables.headings_to_write(Outline((), {}), {})


def test_many_headings_to_write_come_in_parts() -> None:
    notes = [NoteOutline(f"{n:03}.md", "", tuple(Heading((f"H{n} {k}",), "1", k, True) for k in range(3))) for n in range(100)]
    outline = Outline(tuple(notes), {})
    first = tables.headings_to_write(outline, {})
    assert first.count('class="lines"') == tables.ROWS
    assert "1 to 200 of 300" in first
    rest = tables.headings_to_write(outline, {"from": "200"})
    assert rest.count('class="lines"') == 100
    assert "066.md" in first
    assert "066.md" in rest  # a note whose headings are parted stands in both, with the number of all of them
    assert rest.count("3 headings<") == 34


def test_hostile_names_are_text() -> None:
    hostile = state(source(HOSTILE, how="failed", reason="<b>x</b>"), source("javascript:alert(1)", "page", "failed", "x", 0))
    html = tables.contents(hostile, {}) + tables.problems(hostile, [Problem(HOSTILE, "<b>")])
    html += tables.links(hostile, Outline((), {}), {}, {})
    assert "<img" not in html
    assert "<b>" not in html
    assert 'href="javascript' not in html


def test_the_whole_in_one_line() -> None:
    assert "2 notes" not in tables.counts(MIXED)
    assert "1 note</span><span>1 page</span><span>2 passages" in tables.counts(MIXED)
