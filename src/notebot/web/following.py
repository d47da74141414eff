"""Keep the index equal to the notes while the page is served: in the background, and out of the way of answers."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Protocol

from notebot.errors import Locked, NotebotError
from notebot.ingest.watch import changes
from notebot.settings import Settings
from notebot.states import Progress, Summary

LOCKED_SECONDS = 2.0  # between two attempts while another process writes the index
GIVE_WAY_SECONDS = 60.0  # that a batch waits for answers at most: somebody who asks without end wants new notes too
CLOSE_SECONDS = 0.5  # for what is at work when the page is closed
EXIT_SECONDS = 30.0  # the same when the program ends

log = logging.getLogger(__name__)


class Ingesting(Protocol):
    """What can bring the index up to date."""

    @property
    def settings(self) -> Settings: ...
    def ingesting(self) -> Generator[Progress, None, Summary]: ...


class Following:
    """Ingests once at the start and then after each change of the notes, in a thread of its own, until it is closed.

    `busy` says whether a question is being answered: embedding would take the processor from the chat model, so it waits.
    An index that another process writes is left to it, and looked at again when that process is done. What goes wrong is
    logged, and tried again after the next change.
    """

    def __init__(self, bot: Ingesting, busy: Callable[[], bool]) -> None:
        self._bot = bot
        self._busy = busy
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="notebot-following", daemon=True)
        # A thread that is inside native code while the interpreter ends under it would abort the whole process.
        atexit.register(self.close, EXIT_SECONDS)
        self._thread.start()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Stop, and wait for it so long. Idempotent. The index is usable as it is, and the next ingest goes on from there."""
        self._stop.set()
        self._thread.join(seconds)
        if not self._thread.is_alive():
            atexit.unregister(self.close)

    def _follow(self) -> None:
        with closing(changes(self._bot.settings.knowledge, self._stop)) as heard:
            for _ in heard:
                while not (self._ingest() or self._stop.wait(LOCKED_SECONDS)):
                    pass

    def _ingest(self) -> bool:
        """Bring the index up to date; whether there is nothing left to try."""
        try:
            with closing(self._bot.ingesting()) as steps:
                for step in steps:
                    self._give_way(step)
                    if self._stop.is_set():
                        break
        except Locked:
            return False
        except NotebotError as error:
            log.warning("The index could not be brought up to date: %s", error)
        except Exception:  # the rim of this thread: one change that cannot be read must not end the following
            log.exception("The index could not be brought up to date")
        return True

    def _give_way(self, step: Progress) -> None:
        until = time.monotonic() + GIVE_WAY_SECONDS
        while step.step == "embedding" and self._busy() and time.monotonic() < until:
            if self._stop.wait(0.1):
                return
