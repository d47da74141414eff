"""Drafts are looked at on the page: over real notes, a real index and a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from notebot.bot import Bot
from notebot.evals.reviewing import DRAFTS, home, load, pending, waiting
from notebot.settings import Settings
from notebot.web.host import serve

TEA = """# Tea

Matcha is a powder made of green tea leaves.

- Temperature: 80 degrees
- Steeping: 2 minutes

# Coffee
"""
BICYCLE = """# Bicycle

The chain is oiled every 300 kilometres with wax.

- Tyre pressure: 5 bar
- Saddle height: 74 cm
"""


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "tea.md").write_text(TEA)
    (tmp_path / "notes" / "bike.md").write_text(BICYCLE)
    settings = Settings(knowledge=(tmp_path / "notes",), data=tmp_path / "data", links=False, watch=False)
    with Bot(settings) as bot:
        bot.ingest()
        yield bot


@pytest.fixture
def page(bot: Bot) -> Iterator[httpx.Client]:
    with serve(bot, port=0) as served, httpx.Client(base_url=served.address, timeout=60) as client:
        yield client


@pytest.fixture
def drafted(page: httpx.Client, bot: Bot) -> Path:
    """The set that the page's own button writes."""
    assert page.post("/page/draft", json={}).status_code == 200
    return home(bot.settings.data) / DRAFTS


def test_without_a_set_the_one_thing_to_do_is_to_draft_one(page: httpx.Client, bot: Bot) -> None:
    before = page.get("/review").text
    assert 'id="draft"' in before
    assert waiting(bot.settings.data) == 0
    assert page.post("/page/draft", json={}).json()["lines"]
    after = page.get("/review").text
    assert 'id="draft"' not in after
    assert after.count("<article") == waiting(bot.settings.data) > 3
    assert "There are drafts already" in page.post("/page/draft", json={}).text


def test_each_decision_is_on_disk_before_the_next(page: httpx.Client, drafted: Path) -> None:
    first, second, third, *rest = pending(load(drafted))
    told = page.post("/page/decide", json={"set": DRAFTS, "case": first.id, "what": "drop"}).json()
    assert told["left"] == len(rest) + 2
    assert first.id not in [case.id for case in load(drafted).cases]
    answerable = next(case for case in (second, third, *rest) if case.answerable)
    changed = {"set": DRAFTS, "case": answerable.id, "what": "accept", "question": "How hot?", "facts": "80 | eighty; degrees"}
    assert page.post("/page/decide", json=changed).status_code == 200
    (now,) = [case for case in load(drafted).cases if case.id == answerable.id]
    assert (now.question, now.facts) == ("How hot?", (("80", "eighty"), ("degrees",)))
    assert now not in pending(load(drafted))
    assert f'data-case="{answerable.id}"' not in page.get("/review").text


def test_what_cannot_be_decided_says_why(page: httpx.Client, drafted: Path) -> None:
    before = drafted.read_bytes()
    case = next(case for case in pending(load(drafted)) if case.answerable)
    nothing = page.post("/page/decide", json={"set": DRAFTS, "case": case.id, "what": "accept", "facts": " "})
    assert (nothing.status_code, nothing.text) == (409, "A question that can be answered needs a fact.")
    assert page.post("/page/decide", json={"set": DRAFTS, "case": "no-such", "what": "drop"}).status_code == 409
    for name in ("../../notes/tea.md", str(drafted), "other.yaml", ""):
        refused = page.post("/page/decide", json={"set": name, "case": case.id, "what": "drop"})
        assert refused.status_code == 409, name
    assert page.post("/page/decide", json={"set": DRAFTS, "case": case.id, "what": "shout"}).status_code == 422
    assert drafted.read_bytes() == before


def test_several_sets_and_one_that_cannot_be_read(page: httpx.Client, drafted: Path) -> None:
    (drafted.parent / "broken.yaml").write_text("name: [\n")
    shown = page.get("/review", params={"set": "broken.yaml"}).text
    assert "This set cannot be read" in shown
    both = page.get("/review", params={"set": DRAFTS}).text
    assert 'href="/review?set=broken.yaml"' in both
    assert both.count("<article") == waiting(drafted.parents[1])


def test_words_of_drafts_and_notes_are_shown_and_not_carried_out(page: httpx.Client, drafted: Path) -> None:
    text = drafted.read_text().replace("question: ", "question: '<img src=x onerror=alert(1)>' # ", 1)
    drafted.write_text(text)
    shown = page.get("/review").text
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert "<img" not in shown


def test_the_notes_view_leads_there(page: httpx.Client, bot: Bot, drafted: Path) -> None:
    from notebot.web.desk import Desk
    from notebot.web.page.notes_view import content_html

    count = waiting(bot.settings.data)
    assert f'<a href="/review">Questions <small>{count}</small></a>' in content_html(Desk(bot), {}, None)
