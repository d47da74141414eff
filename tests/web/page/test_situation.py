"""Every state in which nothing can be asked says what it is, and one thing to do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from notebot.bot import Bot
from notebot.index.lock import WriterLock
from notebot.index.schema import CATALOG_FILE
from notebot.settings import Settings
from notebot.states import Progress
from notebot.web.desk import Desk
from notebot.web.following import Following, Standing
from notebot.web.page.situation import Situation, progress_text, situation, situation_html


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    settings = Settings(
        knowledge=(tmp_path / "notes",), data=tmp_path / "data", ollama_host="http://127.0.0.1:9", links=False, watch=False
    )
    with Bot(settings) as bot:
        yield Desk(bot)


def now(desk: Desk) -> tuple[str, str]:
    found = situation(desk)
    return (found.name, found.action) if found else ("", "")


def write_notes(desk: Desk) -> None:
    (folder,) = desk.bot.settings.knowledge
    folder.mkdir(exist_ok=True)
    (folder / "a.md").write_text("# Mining\nAutomatic analysis of data.")


def test_from_no_folder_to_the_first_answer(desk: Desk) -> None:
    assert now(desk) == ("no folder", "samples")
    (folder,) = desk.bot.settings.knowledge
    folder.mkdir()
    assert now(desk) == ("no notes", "samples")
    write_notes(desk)
    assert now(desk) == ("not read", "read")
    desk.bot.ingest()  # type: ignore[attr-defined]
    assert situation(desk) is None


def test_a_file_in_the_place_of_the_folder_is_not_offered_samples(desk: Desk) -> None:
    desk.bot.settings.knowledge[0].write_text("")
    assert now(desk) == ("no folder", "")


def test_an_empty_folder_that_was_read_is_still_empty(desk: Desk) -> None:
    desk.bot.settings.knowledge[0].mkdir()
    desk.bot.ingest()  # type: ignore[attr-defined]
    assert now(desk) == ("no notes", "samples")


def test_a_damaged_index(desk: Desk) -> None:
    write_notes(desk)
    desk.bot.ingest()  # type: ignore[attr-defined]
    desk.bot.close()  # type: ignore[attr-defined]
    (desk.bot.settings.data / CATALOG_FILE).write_bytes(b"no database" * 500)
    assert now(desk) == ("broken", "rebuild")


def test_an_index_that_another_process_writes(desk: Desk) -> None:
    write_notes(desk)
    desk.bot.settings.data.mkdir()
    lock = WriterLock(desk.bot.settings.data)
    with closing(Following(desk.bot, lambda: False, watch=False)) as following:
        desk.following = following
        following.now()
        until = time.monotonic() + 10
        while not following.standing.locked:
            assert time.monotonic() < until
            time.sleep(0.02)
        found = situation(desk)
        lock.release()
    assert found is not None
    assert (found.name, found.passes) == ("locked", True)
    assert "being written by process" in found.message


def test_a_model_that_is_gone_leads_to_the_settings(desk: Desk) -> None:
    write_notes(desk)
    desk.bot.ingest()  # type: ignore[attr-defined]
    desk.bot.change(desk.bot.settings.model_copy(update={"model": "ollama/gone"}))
    assert now(desk) == ("no model", "settings")
    found = situation(desk)
    assert found is not None
    assert 'href="/settings"' in situation_html(found)


def test_hostile_words_are_text() -> None:
    html = situation_html(Situation("not read", "<b>x</b>", "<img src=x>", "read"))
    assert "<b>" not in html
    assert "<img" not in html


def test_progress_in_words() -> None:
    assert progress_text(Standing()) == ""
    assert progress_text(Standing(working=True)) == "Looking for changes"
    assert progress_text(Standing(working=True, progress=Progress("embedding", 1, 2))) == "Learning what they mean"
    assert progress_text(Standing(working=True, locked="Locked by 7")) == "Locked by 7"


def test_notes_that_were_read_in_vain_say_why_and_what_to_do(desk: Desk) -> None:
    (folder,) = desk.bot.settings.knowledge
    folder.mkdir()
    for name in ("a.md", "b.md", "c.md"):
        (folder / name).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (folder / "d.md").write_text("")
    desk.bot.ingest()  # type: ignore[attr-defined]
    found = situation(desk)
    assert found is not None
    assert (found.name, found.action) == ("nothing in them", "read")
    assert found.title == "0 of 4 notes could be indexed"
    assert found.message.startswith("`a.md` and 2 more: ")
    assert "`d.md`: " in found.message
    html = situation_html(found)
    assert html.count("<a ") == 1
    assert '<a class="action" href="/notes">Read my notes now</a>' in html
    write_notes(desk)
    desk.bot.ingest()  # type: ignore[attr-defined]
    assert situation(desk) is None
