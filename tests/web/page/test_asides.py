"""The routes beside the answers, over a real server and a real history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from notebot.history.store import Feedback, History
from notebot.settings import Settings
from notebot.types import Status
from notebot.web.host import serve


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History.open(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def bot(scripted: ModuleType, tmp_path: Path) -> Any:
    bot = scripted.ScriptedBot(scripted.story())
    bot.more = scripted.MORE
    (tmp_path / "notes").mkdir()
    bot.settings = Settings(data=tmp_path / "data", knowledge=(tmp_path / "notes",), watch=False, editor="vscode")
    return bot


@pytest.fixture
def page(bot: Any) -> Iterator[httpx.Client]:
    with serve(bot, port=0) as served, httpx.Client(base_url=served.address) as client:
        yield client


@pytest.fixture
def entry(scripted: ModuleType, history: History) -> Any:
    """One question with its answer."""
    begun = history.begin("What is <b>data mining</b>?")
    history.end(begun.id, "answered", answer=scripted.answer(Status.PARTIAL, (scripted.FIRST, scripted.SECOND)))
    return begun


def test_a_passage_comes_in_its_section_with_its_place(page: httpx.Client, tmp_path: Path) -> None:
    response = page.get("/page/passage", params={"source": "notes.md", "chunk": "c1", "marks": "58-71"})
    assert response.status_code == 200
    assert "<mark>" in response.text
    assert "<table>" in response.text  # from the chunk after it, in the same section
    assert f"vscode://file{tmp_path}/notes/notes.md:" in response.text
    assert "A platform for data" not in response.text


def test_a_passage_that_changed_is_shown_as_it_was_read(page: httpx.Client, bot: Any, entry: Any) -> None:
    bot.source = lambda name: []
    wanted = {"source": "notes.md", "chunk": "c1", "marks": "58-71"}
    assert "no longer in the index" in page.get("/page/passage", params=wanted).text
    kept = page.get("/page/passage", params={**wanted, "c": entry.conversation}).text
    assert "has changed since" in kept
    assert "<mark>" in kept


def test_trouble_with_the_index_is_told_in_words(page: httpx.Client, bot: Any) -> None:
    from notebot.errors import IndexMissing

    def missing(name: str) -> list[Any]:
        raise IndexMissing("Nothing has been read yet. Run: notebot ingest")

    bot.source = missing
    response = page.get("/page/passage", params={"source": "a", "chunk": "b"})
    assert (response.status_code, response.text) == (409, "Nothing has been read yet. Run: notebot ingest")


def test_conversations_are_listed_found_renamed_and_deleted(page: httpx.Client, entry: Any, history: History) -> None:
    assert "What is &lt;b&gt;data mining&lt;/b&gt;?</a>" in page.get("/page/conversations").text
    assert "No conversation has all" in page.get("/page/conversations", params={"search": "whales"}).text
    assert page.post("/page/rename", json={"conversation": entry.conversation, "title": "Ores"}).status_code == 200
    assert "Ores</a>" in page.get("/page/conversations", params={"search": "mining"}).text
    assert page.post("/page/delete", json={"conversation": entry.conversation}).status_code == 200
    assert history.conversations() == []
    for path, body in (("rename", {"title": "x"}), ("delete", {})):
        assert page.post(f"/page/{path}", json={"conversation": entry.conversation, **body}).status_code == 404


def test_what_is_thought_of_an_answer_is_kept_and_taken_back(page: httpx.Client, entry: Any, history: History) -> None:
    def thought() -> Feedback | None:
        return history.entries(entry.conversation)[0].feedback

    said = {"entry": entry.id, "verdict": "down", "reason": "missing", "note": " See line 5. "}
    assert page.post("/page/judge", json=said).status_code == 200
    kept = thought()
    assert kept is not None
    assert (kept.verdict, kept.reason, kept.note) == ("down", "missing", "See line 5.")
    page.post("/page/judge", json={"entry": entry.id, "verdict": "up", "reason": "no such reason"})
    assert (kept := thought()) is not None
    assert (kept.verdict, kept.reason) == ("up", "")
    page.post("/page/judge", json={"entry": entry.id, "verdict": ""})
    assert thought() is None
    assert page.post("/page/judge", json={"entry": "none", "verdict": "up"}).status_code == 404
    assert page.post("/page/judge", json={"entry": entry.id, "verdict": "sideways"}).status_code == 422


def test_a_conversation_is_saved_as_markdown_and_as_json(page: httpx.Client, entry: Any, history: History) -> None:
    history.judge(entry.id, Feedback("down", "not true"))
    markdown = page.get("/page/export", params={"c": entry.conversation, "as": "markdown"})
    assert markdown.headers["content-disposition"] == 'attachment; filename="What-is-b-data-mining-b.md"'
    assert "notes.md:15" in markdown.text
    assert "\\<b\\>data mining" in markdown.text
    saved = page.get("/page/export", params={"c": entry.conversation, "as": "json"}).json()
    assert saved["entries"][0]["feedback"] == {"verdict": "down", "reason": "not true", "note": ""}
    assert saved["entries"][0]["answer"]["sentences"][0]["citations"][0]["source"] == "notes.md"
    assert page.get("/page/export", params={"c": "none", "as": "json"}).status_code == 404


def test_another_site_can_do_none_of_it(page: httpx.Client, entry: Any, history: History) -> None:
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert page.post("/page/delete", json={"conversation": entry.conversation}, headers=headers).status_code == 403
    assert page.get("/page/export", params={"c": entry.conversation, "as": "json"}, headers=headers).status_code == 403
    assert len(history.conversations()) == 1


def test_a_passage_is_as_near_as_it_was_when_it_was_found(page: httpx.Client) -> None:
    wanted = {"source": "notes.md", "chunk": "c1"}
    assert "Likeness to the question: 0.70" in page.get("/page/passage", params={**wanted, "near": "0.7"}).text
    for near in ("", "<script>", "9"):
        assert "Likeness" not in page.get("/page/passage", params={**wanted, "near": near}).text
