"""The index follows the notes while a page is served: soon, out of the way of answers, and whatever goes wrong."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from notebot.bot import Bot
from notebot.errors import NotesError
from notebot.index.lock import WriterLock
from notebot.settings import Settings
from notebot.states import NORMAL, IngestOptions, Progress, Summary
from notebot.web.following import Following

SOON = 2.0  # seconds from an edit to an answer that knows of it


def waits_for(condition: Callable[[], bool], within: float = 10) -> float:
    """Seconds until it holds."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < within
        time.sleep(0.02)
    return time.monotonic() - begun


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# Mining\nAn ephemeral paragraph.")
    return Settings(knowledge=(tmp_path / "notes",), data=tmp_path / "data", ollama_host="http://127.0.0.1:9", links=False)


@pytest.fixture
def bot(settings: Settings) -> Iterator[Bot]:
    with Bot(settings) as made:
        yield made


def finds(bot: Bot, words: str) -> bool:
    return any(words in passage.chunk.text for passage in bot.search(words))


def test_a_bot_that_is_open_finds_edits_and_loses_deletions(bot: Bot) -> None:
    (notes,) = bot.settings.knowledge
    bot.ingest()
    assert finds(bot, "ephemeral")
    (notes / "before.md").write_text("# Before\nWritten before the page was opened.")
    with closing(Following(bot, lambda: False)):
        waits_for(lambda: finds(bot, "opened"))
        (notes / "new.md").write_text("# New\nA perennial paragraph.")
        assert waits_for(lambda: finds(bot, "perennial")) < SOON
        (notes / "a.md").unlink()
        assert waits_for(lambda: not finds(bot, "ephemeral")) < SOON


def test_an_index_that_another_process_writes_is_left_to_it(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.ingest()
    lock = WriterLock(bot.settings.data)
    with closing(Following(bot, lambda: False)):
        try:
            (bot.settings.knowledge[0] / "new.md").write_text("# New\nA perennial paragraph.")
            time.sleep(1)
            assert not finds(bot, "perennial")
        finally:
            lock.release()
        waits_for(lambda: finds(bot, "perennial"))
    assert caplog.records == []


class Scripted:
    """Ingests in three steps that take no time, and remembers each."""

    def __init__(self, settings: Settings, *, wrong: Exception | None = None) -> None:
        self.settings = settings
        self.wrong = wrong
        self.made: list[str] = []
        self.closed = 0

    def ingesting(self, options: IngestOptions = NORMAL) -> Generator[Progress, None, Summary]:
        if self.wrong:
            self.made.append("failed")
            raise self.wrong
        try:
            for step in ("reading", "embedding", "storing"):
                self.made.append(step)
                yield Progress(step, 0, 1)
        finally:
            self.closed += 1
        return Summary(0, 0, 0, 0, 0, 0, 0, 0, 0.0)


def test_embedding_gives_way_to_an_answer(settings: Settings) -> None:
    answering = threading.Event()
    answering.set()
    bot = Scripted(settings)
    with closing(Following(bot, answering.is_set)):
        waits_for(lambda: len(bot.made) == 2)
        time.sleep(0.5)
        assert bot.made == ["reading", "embedding"]
        answering.clear()
        waits_for(lambda: bot.made == ["reading", "embedding", "storing"])


def test_closing_stops_at_the_next_step(settings: Settings) -> None:
    bot = Scripted(settings)
    following = Following(bot, lambda: True)
    waits_for(lambda: "embedding" in bot.made)
    begun = time.monotonic()
    following.close()
    assert time.monotonic() - begun < 0.5
    assert (bot.made, bot.closed) == (["reading", "embedding"], 1)
    following.close()


@pytest.mark.parametrize("wrong", [NotesError("The folder is gone."), ZeroDivisionError("a defect")])
def test_what_goes_wrong_is_logged_and_tried_again(
    settings: Settings, wrong: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    bot = Scripted(settings, wrong=wrong)
    with caplog.at_level(logging.WARNING), closing(Following(bot, lambda: False)):
        waits_for(lambda: bot.made == ["failed"])
        bot.wrong = None
        (settings.knowledge[0] / "new.md").write_text("new")
        waits_for(lambda: bot.closed == 1)
    assert len(caplog.records) == 1
    assert "could not be brought up to date" in caplog.text


def test_it_does_nothing_before_it_is_asked_where_it_does_not_watch(bot: Bot) -> None:
    bot.ingest()
    (bot.settings.knowledge[0] / "new.md").write_text("# New\nA perennial paragraph.")
    with closing(Following(bot, lambda: False, watch=False)) as following:
        time.sleep(1)
        assert not finds(bot, "perennial")
        assert not following.standing.working
        following.now()
        assert following.standing.working
        waits_for(lambda: not following.standing.working)
        assert following.standing.summary is not None
        assert following.standing.summary.added == 1
        assert finds(bot, "perennial")


def test_an_ingest_can_be_halted_and_asked_for_again(settings: Settings) -> None:
    answering = threading.Event()
    answering.set()
    bot = Scripted(settings)
    with closing(Following(bot, answering.is_set, watch=False)) as following:
        following.now()
        waits_for(lambda: "embedding" in bot.made)
        assert following.standing.progress == Progress("embedding", 0, 1)
        following.halt()
        assert waits_for(lambda: not following.standing.working) < 1
        assert (following.standing.stopped, following.standing.summary) == (True, None)
        answering.clear()
        following.now()
        waits_for(lambda: following.standing.summary is not None)
        assert bot.made == ["reading", "embedding", "reading", "embedding", "storing"]


def test_what_went_wrong_is_kept_in_words(settings: Settings) -> None:
    with closing(Following(Scripted(settings, wrong=NotesError("The folder is gone.")), lambda: False, watch=False)) as following:
        following.now()
        waits_for(lambda: not following.standing.working)
        assert following.standing.problem == "The folder is gone."


def test_waiting_for_another_process_is_said_and_can_be_halted(bot: Bot) -> None:
    bot.ingest()
    lock = WriterLock(bot.settings.data)
    try:
        with closing(Following(bot, lambda: False, watch=False)) as following:
            following.now()
            waits_for(lambda: "being written by process" in following.standing.locked)
            following.halt()
            waits_for(lambda: not following.standing.working)
    finally:
        lock.release()
