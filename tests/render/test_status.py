"""What an ingest did and what the index holds, for people."""

from __future__ import annotations

from notebot import render
from notebot.doctor import Check
from notebot.states import IndexState, Problem, SourceState, Summary

DAY = "2026-11-24T10:15:30+00:00"
NOTES = (
    SourceState("a.md", "note", "indexed", "", DAY, 3, 1, 2),
    SourceState("b.md", "note", "failed", "is binary", DAY, 0, 0, 0),
)
PAGES = (
    SourceState("https://a.example", "page", "indexed", "", DAY, 9, 0, 0),
    SourceState("https://b.example", "page", "stale", "answered 404", DAY, 9, 0, 0),
    SourceState("https://c.example", "page", "failed", "no answer within 20 s", DAY, 0, 0, 0),
    SourceState("https://d.example", "page", "waiting", "not asked for yet", "", 0, 0, 0),
)


def test_what_an_ingest_did() -> None:
    summary = Summary(1, 0, 0, 4, 1, 60, 7, 0, 1.25, (Problem("a.md", "is binary"),))
    assert render.summary_text(summary) == (
        "1 added, 0 changed, 0 removed, 4 unchanged, 1 failed. 60 passages in the index, 7 embedded now, 1.2 s.\n"
        "  a.md: is binary"
    )
    assert render.summary_text(Summary(1, 0, 0, 0, 0, 60, 7, 3, 1.25)).endswith("7 embedded now, 3 pages asked for, 1.2 s.")


def test_notes_alone_are_shown_without_a_word_on_pages() -> None:
    assert render.state_text(IndexState(NOTES, 3, 0, ("x",), 2, "minilm", 4, "")) == (
        "Notes:          1 indexed, 1 failed\n"
        "Passages:       3\n"
        "Empty headings: 1\n"
        "Links:          2\n"
        "Embedder:       minilm\n"
        "Last ingest:    never\n"
        "\n"
        "Notes that could not be read; what was known of them is kept (1):\n"
        "  2026-11-24 10:15  b.md: is binary"
    )


def test_pages_are_grouped_by_state_with_reason_and_date_and_counted_into_the_coverage() -> None:
    shown = render.state_text(IndexState(NOTES + PAGES, 21, 5, (), 4, "minilm", 4, DAY))
    assert "Linked pages:   1 indexed, 1 stale, 1 failed, 1 waiting\n" in shown
    assert "Coverage:       50 % of notes, 50 % of linked pages\n" in shown
    assert "\n5 of 21 passages can be found by words only so far.\n" in shown
    assert shown.partition("is kept (1):")[2] == (
        "\n  2026-11-24 10:15  b.md: is binary"
        "\n\nLinked pages (1):\n  2026-11-24 10:15  https://a.example"
        "\n\nLinked pages that could not be had again; the last good copy is used (1):"
        "\n  2026-11-24 10:15  https://b.example: answered 404"
        "\n\nLinked pages that could not be fetched (1):\n  2026-11-24 10:15  https://c.example: no answer within 20 s"
        "\n\nLinked pages that were not asked for yet (1):\n  https://d.example"
    )


def test_only_all_is_a_hundred_per_cent() -> None:
    pages = [SourceState(str(number), "page", "indexed", "", DAY, 1, 0, 0) for number in range(300)]
    almost = [*pages, SourceState("x", "page", "failed", "r", DAY, 0, 0, 0)]
    assert "none of notes, 99 % of linked pages" in render.state_text(IndexState(almost, 3, 0, (), 2, "minilm", 4, ""))
    assert "100 % of linked pages" in render.state_text(IndexState(pages, 3, 0, (), 2, "minilm", 4, ""))


def test_a_long_table_says_where_the_rest_is() -> None:
    bad = [SourceState(f"{number:03}.md", "note", "failed", "is binary", DAY, 0, 0, 0) for number in range(50)]
    lines = render.state_text(IndexState(bad, 0, 0, (), 0, "minilm", 4, DAY)).splitlines()
    assert lines[-2:] == ["  2026-11-24 10:15  019.md: is binary", "  and 30 more; see all with: notebot status --json"]


def test_a_check_says_what_to_do() -> None:
    assert render.check_text(Check("port", "ok", "free")) == "ok    port             free"
    assert render.check_text(Check("port", "warn", "taken", "use another")).endswith("\n                       -> use another")


def test_escapes_in_names_and_reasons_are_gone() -> None:
    bad = "\x1b[2Jx"
    row = SourceState(bad, "page", "failed", bad, bad, 0, 0, 0)
    shown = [
        render.summary_text(Summary(0, 0, 0, 0, 1, 0, 0, 0, 0.0, (Problem(bad, bad),))),
        render.state_text(IndexState((row,), 0, 0, (), 0, bad, 1, bad)),
        render.check_text(Check("x", "fail", bad, bad)),
    ]
    assert [text.count("x") > 0 and "\x1b" not in text for text in shown] == [True] * 3
