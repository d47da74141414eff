"""The view at /notes: what is shown for each address, and what changes while the index is brought up to date."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from notebot.bot import Bot
from notebot.settings import Settings
from notebot.states import Progress, Summary
from notebot.web.desk import Desk
from notebot.web.following import Following, Standing
from notebot.web.page.notes_view import BLOCKED, FIRST, content_html, looked, progress_html, said_html
from notebot.web.page.situation import situation


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# Mining\nAutomatic analysis. [[b]]\n\n# Empty\n\n# More\nText.\n")
    (tmp_path / "notes" / "b.md").write_text("# Bees\nThey fly. https://example.org/bees\n")
    settings = Settings(
        knowledge=(tmp_path / "notes",), data=tmp_path / "data", ollama_host="http://127.0.0.1:9", links=False, watch=False
    )
    with Bot(settings) as bot:
        made = Desk(bot)
        with closing(Following(bot, lambda: False, watch=False)) as following:
            made.following = following
            yield made


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def read_all(desk: Desk) -> None:
    assert desk.following is not None
    desk.following.now()
    until(lambda: desk.following is not None and not desk.following.standing.working)


def skipped(value: object) -> bool:
    return value == gr.skip()


def test_it_has_its_place(served: Any) -> None:
    assert '"notes"' in httpx.get(served.address + "/notes").text


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ({}, "2 notes"),
        ({"show": "search", "q": "bees"}, "<mark>Bees</mark>"),
        ({"show": "map"}, 'class="map tree"'),
        ({"show": "map", "note": "a.md"}, 'name="note" value="a.md"'),
        ({"show": "picture"}, 'class="map points"'),
        ({"show": "write"}, "Empty</a>"),
        ({"show": "links"}, "https://example.org/bees"),
        ({"show": "problems"}, "linked pages|not asked for|No problems"),
        ({"source": "b.md"}, "They fly."),
        ({"source": "nothing"}, "no such note or page"),
        ({"show": "<script>"}, "2 notes"),
    ],
)
def test_each_address_shows_its_part(desk: Desk, query: dict[str, str], there: str) -> None:
    read_all(desk)
    html = content_html(desk, query, situation(desk))
    assert any(part in html for part in there.split("|"))
    assert "<script>" not in html
    assert html.count("aria-current") == (0 if query.get("source") or query.get("show") == "<script>" else 1)


def test_the_button_reads_the_notes_and_the_contents_appear(desk: Desk) -> None:
    first = looked(desk, {}, FIRST)
    assert "have not been read yet" in first[-1]
    seen = first[-2]
    assert seen.endswith(BLOCKED)
    read_all(desk)
    then = looked(desk, {}, seen)
    assert "Up to date: 2 added" in then[0]
    assert "2 notes" in then[-1]
    again = looked(desk, {}, then[-2])
    assert all(skipped(value) for value in again)


def test_what_somebody_types_or_reads_is_not_taken_away(desk: Desk) -> None:
    read_all(desk)
    seen = looked(desk, {"show": "search"}, FIRST)[-2]
    read_all(desk)
    after = looked(desk, {"show": "search"}, seen)
    assert "nothing had changed" in after[0]
    assert skipped(after[-1])


def test_what_went_wrong_is_said_with_one_thing_to_do(desk: Desk) -> None:
    read_all(desk)
    desk.bot.close()  # type: ignore[attr-defined]
    (desk.bot.settings.data / "catalog.db").write_bytes(b"no database" * 500)
    values = looked(desk, {}, FIRST)
    assert "The index cannot be used" in values[-1]
    visible = [value.visible for value in values[2:6]]
    assert visible == [False, False, False, True]  # of the buttons, only the one that makes the index anew


def test_how_an_ingest_ended_in_words() -> None:
    done = Summary(2, 1, 0, 4, 1, 9, 3, 1, 0.5)
    assert "2 added, 1 changed, 1 could not be read, 1 page asked for" in said_html(Standing(summary=done))
    assert "Stopped" in said_html(Standing(stopped=True))
    assert "notice" in said_html(Standing(problem="The folder is gone."))
    assert said_html(Standing()) == ""
    assert "Learning what they mean" in said_html(Standing(working=True, progress=Progress("embedding", 3, 9, "<b>")))


def test_progress_is_a_bar_with_its_numbers() -> None:
    html = progress_html(Standing(working=True, progress=Progress("reading", 3, 9, "<b>.md")))
    assert '<progress max="9" value="3"' in html
    assert "3 of 9" in html
    assert "<b>" not in html
    assert "value" not in progress_html(Standing(working=True))
