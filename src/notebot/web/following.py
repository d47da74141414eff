"""Keep the index equal to the notes while the page is served: in the background, and out of the way of answers."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol

from notebot.errors import Locked, NotebotError
from notebot.ingest.watch import changes
from notebot.settings import Settings
from notebot.states import NORMAL, IngestOptions, Progress, Summary

LOCKED_SECONDS = 2.0  # between two attempts while another process writes the index
GIVE_WAY_SECONDS = 60.0  # that a batch waits for answers at most: somebody who asks without end wants new notes too
CLOSE_SECONDS = 0.5  # for what is at work when the page is closed
EXIT_SECONDS = 30.0  # the same when the program ends

log = logging.getLogger(__name__)


class Ingesting(Protocol):
    """What can bring the index up to date."""

    @property
    def settings(self) -> Settings: ...
    def ingesting(self, options: IngestOptions = NORMAL) -> Generator[Progress, None, Summary]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the index is. `progress` while an ingest is `working`; how the last one ended: `summary`, `problem`, `stopped`.

    `locked` says in words that another process writes the index; it is tried again until that one is done.
    """

    working: bool = False
    progress: Progress | None = None
    locked: str = ""
    summary: Summary | None = None
    problem: str = ""
    stopped: bool = False


class Following:
    """Ingests once at the start and then after each change of the notes, and whenever somebody asks for it, until it is closed.

    One thread listens, another ingests, so there is never a second writer here. `busy` says whether a question is being
    answered: embedding would take the processor from the chat model, so it waits. An index that another process writes is left
    to it, and looked at again when that process is done. What goes wrong is logged, and tried again after the next change.
    Without `watch` it does nothing before it is asked to.
    """

    def __init__(self, bot: Ingesting, busy: Callable[[], bool], *, watch: bool = True) -> None:
        self._bot = bot
        self._busy = busy
        self._stop = threading.Event()
        self._halt = threading.Event()  # of the ingest that is at work, and no other
        self._wanted: IngestOptions | None = None
        self._news = threading.Condition()
        self._standing = Standing(working=watch)  # the first one begins at once
        jobs = [self._work, self._listen] if watch else [self._work]
        self._threads = [threading.Thread(target=job, name="notebot-following", daemon=True) for job in jobs]
        # A thread that is inside native code while the interpreter ends under it would abort the whole process.
        atexit.register(self.close, EXIT_SECONDS)
        for thread in self._threads:
            thread.start()

    @property
    def standing(self) -> Standing:
        """How far it is, now."""
        return self._standing

    def now(self, options: IngestOptions = NORMAL) -> None:
        """Bring the index up to date, whether the notes have changed or not; after the ingest that is at work, if one is."""
        with self._news:
            self._wanted = options
            self._standing = replace(self._standing, working=True)
            self._news.notify_all()

    def halt(self) -> None:
        """Stop the ingest that is at work, at its next step. What it stored stays; the next one goes on from there."""
        self._halt.set()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Stop, and wait for it so long. Idempotent. The index is usable as it is, and the next ingest goes on from there."""
        self._stop.set()
        with self._news:
            self._news.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        if not any(thread.is_alive() for thread in self._threads):
            atexit.unregister(self.close)

    def _listen(self) -> None:
        with closing(changes(self._bot.settings.knowledge, self._stop)) as heard:
            for _ in heard:
                with self._news:
                    self._wanted = self._wanted or NORMAL
                    self._news.notify_all()

    def _work(self) -> None:
        while not self._stop.is_set():
            with self._news:
                self._news.wait_for(lambda: self._wanted is not None or self._stop.is_set())
                options, self._wanted = self._wanted or NORMAL, None
                self._halt.clear()
                self._standing = replace(self._standing, working=True)
            while not (self._ended or self._ingest(options) or self._stop.wait(LOCKED_SECONDS)):
                pass
            with self._news:
                self._standing = replace(self._standing, working=self._wanted is not None, progress=None, locked="")

    @property
    def _ended(self) -> bool:
        return self._stop.is_set() or self._halt.is_set()

    def _ingest(self, options: IngestOptions) -> bool:
        """Bring the index up to date; whether there is nothing left to try."""
        try:
            with closing(self._bot.ingesting(options)) as steps:
                summary = self._followed(steps)
            self._standing = Standing(working=True, summary=summary, stopped=summary is None)
        except Locked as error:
            self._standing = replace(self._standing, locked=str(error), progress=None)
            return False
        except NotebotError as error:
            self._standing = Standing(working=True, problem=str(error))
            log.warning("The index could not be brought up to date: %s", error)
        except Exception:  # the rim of this thread: one change that cannot be read must not end the following
            self._standing = Standing(working=True, problem=UNEXPECTED)
            log.exception("The index could not be brought up to date")
        return True

    def _followed(self, steps: Generator[Progress, None, Summary]) -> Summary | None:
        """What the ingest did; None if it was stopped."""
        while not self._ended:
            try:
                step = next(steps)
            except StopIteration as end:
                summary: Summary = end.value
                return summary
            self._standing = replace(self._standing, progress=step, locked="")
            self._give_way(step)
        return None

    def _give_way(self, step: Progress) -> None:
        until = time.monotonic() + GIVE_WAY_SECONDS
        while step.step == "embedding" and self._busy() and time.monotonic() < until:
            if self._halt.is_set() or self._stop.wait(0.1):
                return


UNEXPECTED = "Something went wrong inside notebot. Run `notebot doctor`; its report says what to do."
