"""Download a model into Ollama while the page is served: one at a time, seen by every tab, cancelled within a second."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from notebot.errors import NotebotError, UsageError
from notebot.models.ollama import OllamaServer, PullProgress
from notebot.models.stoppable import from_thread

NAME = re.compile(r"[\w][\w.:/-]{0,199}", re.ASCII)
SILENCE = PullProgress("", 0, 0)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Download:
    """How far the download of `name` is, or how the last one ended: `ready`, `cancelled`, or `problem` in words."""

    name: str = ""
    working: bool = False
    progress: PullProgress | None = None
    ready: bool = False
    cancelled: bool = False
    problem: str = ""


class Pulling:
    """Downloads into one Ollama server after the other. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancel = threading.Event()
        self.download = Download()

    def start(self, address: str, name: str) -> None:
        """Begin to download the model `name` into the server at `address`. Raises UsageError for a name that cannot be one."""
        name = name.strip()
        if not NAME.fullmatch(name):
            raise UsageError("Write the model's name as Ollama calls it, for example qwen3:4b.")
        with self._lock:
            if self.download.working:
                raise UsageError(f"{self.download.name} is being downloaded. Wait for it, or cancel it first.")
            self.download = Download(name, working=True)
            self._cancel = threading.Event()
            work = threading.Thread(target=self._pull, args=(address, name, self._cancel), name="notebot-pull", daemon=True)
            work.start()

    def cancel(self) -> None:
        """Break off the download, if one is at work. What has arrived stays with Ollama; the next one goes on from there."""
        self._cancel.set()

    def _pull(self, address: str, name: str, cancel: threading.Event) -> None:
        stopped = threading.Event()

        def work(put: Callable[[PullProgress], None]) -> None:
            for step in OllamaServer(address).pull(name):
                put(step)
                if stopped.is_set():
                    return

        try:
            for step in from_thread(work, stop=stopped.set, idle=SILENCE):
                if cancel.is_set():
                    self.download = Download(name, cancelled=True)
                    return
                if step is not SILENCE:
                    self.download = replace(self.download, progress=step)
            self.download = Download(name, ready=True)
        except NotebotError as error:
            self.download = Download(name, problem=str(error))
        except Exception:  # the rim of this thread
            log.exception("A model could not be downloaded")
            self.download = Download(name, problem="Something went wrong inside notebot. Try again, or run: ollama pull " + name)
