"""Linked pages: asked for when they are due, kept when they can not be had, shown while notes lead to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebot.fetch.client import Request, Response
from notebot.index.catalog import Catalog
from notebot.index.linked import PageRow
from notebot.ingest.pages import LinkRules, answered, due
from notebot.states import IngestOptions
from notebot.types import NoteLine
from notebot.urls import read_url

if TYPE_CHECKING:
    from conftest import Desk

DAY = 86_400
RULES = LinkRules()
P, Q = "https://x.y/p", "https://x.y/q"
GOOD = PageRow(P, "fetched", url=P, etag="e", last_modified="m", sha256="s", fetched_at=10, due_at=1000)
TEXT = "<h1>Storks</h1><p>" + "The white stork builds its nest on chimneys and poles. " * 12 + "</p>"
OTHER = "<h1>Herons</h1><p>" + "The grey heron stands still in shallow water for hours. " * 12 + "</p>"


def asked(desk: Desk) -> list[str]:
    pages = [request.page for request in desk.web.asked]
    desk.web.asked.clear()
    return pages


def test_new_pages_are_asked_for_first_and_fresh_ones_not() -> None:
    known = {P: GOOD, Q: replace(GOOD, page=Q, due_at=50)}
    linked = {P: False, Q: True, "https://z.z/new": False}
    new = Request("https://z.z/new")
    assert due(linked, known, RULES, now=100, refresh=False) == [new, Request(Q, "e", "m", secure=True)]
    assert due(linked, known, RULES, now=100, refresh=True) == [new, Request(P, "e", "m"), Request(Q, "e", "m", secure=True)]
    assert due(linked, known, replace(RULES, most=1), now=100, refresh=True) == [new]
    failed = replace(GOOD, state="failed", due_at=0)
    assert due({P: False}, {P: failed}, RULES, now=100, refresh=False) == [Request(P)]  # there is no copy to compare with


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        (LinkRules(), True),
        (LinkRules(deny=("x.y",)), False),
        (LinkRules(deny=("z.z",)), True),
        (LinkRules(allow=("x.y",)), True),
        (LinkRules(allow=("z.z",)), False),
        (LinkRules(allow=("x.y",), deny=("x.y",)), False),
    ],
)
def test_rules_are_kept(rules: LinkRules, allowed: bool) -> None:
    for page in (P, "https://sub.x.y/p"):
        assert (rules.forbid(page) == "") is allowed
        assert bool(due({page: False}, {}, rules, now=0, refresh=True)) is allowed


def test_what_an_answer_means_for_the_copy_that_is_here() -> None:
    new = answered(None, Response(P, "fetched", url="https://www.x.y/p", content_type="text/html", etag="f"), RULES, now=100)
    assert (new.state, new.url, new.etag, new.fetched_at, new.due_at) == ("fetched", "https://www.x.y/p", "f", 100, 100 + 7 * DAY)
    same = answered(replace(GOOD, state="stale", reason="404", failures=3), Response(P, "unchanged"), RULES, now=100)
    assert same == replace(GOOD, fetched_at=100, due_at=100 + 7 * DAY)
    for outcome in ("gone", "failed", "refused"):
        kept = answered(GOOD, Response(P, outcome, reason="why"), RULES, now=100)
        assert (kept.state, kept.reason, kept.sha256, kept.fetched_at) == ("stale", "why", "s", 10)
    assert answered(None, Response(P, "gone", reason="404"), RULES, now=100).state == "refused"
    assert answered(None, Response(P, "failed", reason="503"), RULES, now=100).state == "failed"


def test_a_failure_waits_longer_each_time_and_as_long_as_the_server_says() -> None:
    row, waits = None, []
    for _ in range(10):
        row = answered(row, Response(P, "failed"), RULES, now=0)
        waits.append(row.due_at)
    assert waits == [600, 1200, 2400, 4800, 9600, 19_200, 38_400, 76_800, DAY, DAY]
    assert answered(None, Response(P, "failed", retry_after=5000), RULES, now=0).due_at == 5000


def test_a_page_is_found_with_its_trail_and_asked_for_once(desk: Desk, tmp_path: Path) -> None:
    desk.web.serve(P, TEXT, url="https://www.x.y/p", etag="1")
    desk.write("birds.md", "# Birds\n\nsee http://www.x.y/p?utm_source=a#top\n\nand <https://x.y/p>\n")
    summary = desk.ingest()
    assert (summary.fetched, summary.problems) == (1, ())
    assert asked(desk) == [P]
    assert desk.says("chimneys") == [P]
    with Catalog.open(desk.data) as catalog:
        (chunk,) = catalog.chunks_of(P)
        assert chunk.page is not None
        assert chunk.page.url == "https://www.x.y/p"
        assert chunk.page.linked_from == (NoteLine("birds.md", 3), NoteLine("birds.md", 5))
        assert (chunk.heading, chunk.unit, chunk.links) == (("Storks",), "", ())
    again = desk.ingest()
    assert (again.fetched, again.embedded, asked(desk)) == (0, 0, [])
    assert desk.everything() == desk.built_anew(tmp_path / "clean")


def test_input_75_a_page_changes_and_its_old_text_is_gone(desk: Desk) -> None:
    desk.web.serve(P, TEXT, etag="1")
    desk.write("birds.md", P)
    desk.ingest()
    assert desk.ingest(options=IngestOptions(refresh=True)).embedded == 0
    assert desk.web.asked[-1] == Request(P, "1", secure=True)
    desk.web.serve(P, OTHER, etag="2")
    assert desk.ingest(options=IngestOptions(refresh=True)).embedded == 1
    assert (desk.says("chimneys"), desk.says("heron")) == ([], [P])


def test_the_last_good_copy_stays_and_is_called_stale(desk: Desk) -> None:
    desk.web.serve(P, TEXT)
    desk.write("birds.md", P)
    desk.ingest()
    login = "<h1>Sign in</h1><form><input type=password></form>"
    for answer in ("gone", "login", "failed"):
        if answer == "login":
            desk.web.serve(P, login)
        else:
            desk.web.fail(P, "why", answer)
        (problem,) = desk.ingest(options=IngestOptions(refresh=True)).problems
        assert problem.source == P
        assert "last good copy" in problem.reason
        assert desk.says("chimneys") == [P]
        with Catalog.open(desk.data) as catalog:
            assert catalog.pages()[P].state == "stale"
            assert catalog.chunks_of(P)[0].page.stale
    desk.web.serve(P, TEXT)
    desk.ingest(options=IngestOptions(refresh=True))
    with Catalog.open(desk.data) as catalog:
        assert catalog.pages()[P].state == "fetched"


def test_a_page_leaves_with_the_last_link_to_it(desk: Desk) -> None:
    desk.web.serve(P, TEXT)
    desk.write("a.md", P)
    desk.write("b.md", f"# B\n\nalso {P}#x")
    desk.ingest()
    desk.write("a.md", "nothing")
    desk.ingest()
    assert desk.says("chimneys") == [P]
    desk.write("b.md", "nothing")
    desk.ingest()
    assert desk.says("chimneys") == []
    with Catalog.open(desk.data) as catalog:
        assert catalog.pages() == {}


def test_links_can_be_left_out_and_come_back_without_the_network(desk: Desk) -> None:
    desk.web.serve(P, TEXT)
    desk.write("a.md", P)
    desk.ingest()
    desk.ingest(options=IngestOptions(links=False))
    assert desk.says("chimneys") == []
    asked(desk)
    again = desk.ingest()
    assert (desk.says("chimneys"), again.embedded, asked(desk)) == ([P], 0, [])


def test_offline_asks_nobody_and_keeps_what_is_here(desk: Desk) -> None:
    desk.web.serve(P, TEXT)
    desk.write("a.md", P)
    desk.ingest()
    desk.write("b.md", Q)
    asked(desk)
    summary = desk.ingest(options=IngestOptions(offline=True, refresh=True))
    assert (summary.fetched, asked(desk), desk.says("chimneys")) == (0, [], [P])
    with Catalog.open(desk.data) as catalog:
        assert catalog.page_states() == {Q: "not asked for yet"}


def test_two_addresses_of_one_page_are_indexed_once(desk: Desk, tmp_path: Path) -> None:
    for page in (Q, P):
        desk.web.serve(page, TEXT, url="https://x.y/final")
    desk.write("a.md", f"# A\n\n{Q}\n\n{P}\n")
    desk.ingest()
    assert desk.says("chimneys") == [P]
    with Catalog.open(desk.data) as catalog:
        assert catalog.chunks_of(P)[0].page.linked_from == (NoteLine("a.md", 3), NoteLine("a.md", 5))
        assert catalog.pages()[Q].same_as == P
    desk.write("a.md", f"# A\n\n{Q}\n")
    desk.ingest()
    assert desk.says("chimneys") == [Q]
    assert desk.everything() == desk.built_anew(tmp_path / "clean")


def test_without_network_every_note_is_indexed_and_pages_are_reported(desk: Desk) -> None:
    desk.write("a.md", f"apples {P} {Q}")
    summary = desk.ingest()
    assert (summary.added, summary.failed) == (1, 0)
    assert [(problem.source, problem.reason) for problem in summary.problems] == [
        (P, "no network"),
        (Q, "no network"),
    ]
    assert asked(desk) == [P, Q]
    desk.ingest()
    assert asked(desk) == []  # not yet


def test_a_run_asks_for_no_more_than_it_may(desk: Desk) -> None:
    desk.rules = LinkRules(most=3)
    desk.write("a.md", "\n".join(f"<https://x.y/{number}>" for number in range(8)))
    counts = []
    for _ in range(4):
        desk.ingest()
        counts.append(len(asked(desk)))
    assert counts == [3, 3, 2, 0]


def test_a_page_that_says_nothing_is_no_text(desk: Desk) -> None:
    desk.web.serve(P, "<p>hm</p>")
    desk.write("a.md", P)
    (problem,) = desk.ingest().problems
    assert "no usable text" in problem.reason
    with Catalog.open(desk.data) as catalog:
        assert catalog.pages()[P].state == "refused"
        assert catalog.chunks_of(read_url(P).page) == []
