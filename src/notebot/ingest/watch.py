"""Hear of changes to the notes as they happen: from the system where it tells of them, else by looking again and again."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from notebot.errors import NotesError
from notebot.ingest.sources import scan

QUIET = 0.3  # seconds without a further change: an editor, or a checkout of a thousand files, has finished
LONGEST = 1.5  # seconds that changes which never end are waited for
SWEEP = 30.0  # seconds between two looks at every file: network folders tell of nothing, and the system's queue can overflow
_TICK = 0.1  # seconds between two looks at `stop` and at the folders themselves
_PACE = 0.5  # seconds at least between two looks at every file
_SHARE = 20  # looking at every file takes at most one part in so many of the time

_Heard = set[str] | None  # the paths that changed; None: nothing can be heard


def changes(
    folders: Sequence[Path], stop: threading.Event, *, quiet: float = QUIET, sweep: float = SWEEP
) -> Generator[None, None, None]:
    """Yield once when watching has begun, then each time after something changed that an ingest would see.

    An ingest after every yield, the first one too, misses nothing. Changes are gathered until none has come for `quiet`
    seconds; those that come while the caller works are not lost. A folder may be missing, vanish and come back: each is a
    change. Ends within a quarter of a second after `stop` was set. In the main thread an interrupt is raised as usual.
    """
    notes = _Notes(folders, sweep)
    begun = last = 0.0  # when the first and the last of the changes came that are being gathered
    due = True  # the first time
    while not stop.is_set():
        places, notes.doubt = notes.places(), True  # what changed before we hear it was not told
        with closing(_hearing([path for path, _ in places], stop)) as hearing:
            for heard in hearing:
                now = time.monotonic()
                moved = notes.places() != places
                if notes.concerned(heard):
                    begun, last = begun or now, now
                if due or moved or (begun and (now - last >= quiet or now - begun >= LONGEST)):
                    due, begun = False, 0.0
                    notes.look()
                    yield
                if moved:
                    break  # to hear the folder that is there now, not the one that had its name before


def cannot_watch(folders: Sequence[Path]) -> str:
    """Why the system does not tell of changes in these folders, in its own words; empty if it does."""
    from watchfiles import watch

    there = [folder for folder in folders if folder.is_dir()]
    try:
        with closing(watch(*there, rust_timeout=1, yield_on_timeout=True, ignore_permission_denied=True)) as watching:
            next(watching)
    except (OSError, RuntimeError) as error:
        return str(error)
    return ""


def _hearing(paths: Sequence[str], stop: threading.Event) -> Generator[_Heard, None, None]:
    """What the system tells, tick by tick, until `stop`."""
    if paths:
        from watchfiles import watch

        milliseconds = int(_TICK * 1000)
        watching = watch(
            *paths, watch_filter=None, stop_event=stop, ignore_permission_denied=True, yield_on_timeout=True,
            step=milliseconds, debounce=milliseconds, rust_timeout=milliseconds,
        )  # fmt: skip
        try:
            with closing(watching):
                for batch in watching:
                    yield {path for _, path in batch}
        except (OSError, RuntimeError):
            pass  # more folders than the system watches for one user, or a file system that tells of nothing
    while not stop.wait(_TICK):
        yield None


class _Notes:
    """The folders, and how they looked the last time. `doubt`: they may look otherwise now."""

    def __init__(self, folders: Sequence[Path], sweep: float) -> None:
        self._folders = folders
        self._sweep = sweep
        self._seen: object = None
        self._paths: set[str] = set()
        self._looked = self._cost = 0.0
        self.doubt = False

    def places(self) -> list[tuple[str, tuple[int, int]]]:
        """The folders that are there, and which ones they are: another one may come to stand under the same name."""
        there = []
        for folder in self._folders:
            with suppress(OSError):
                status = folder.stat()  # follows links, as an ingest does
                there.append((str(folder.resolve()), (status.st_dev, status.st_ino)))
        return there

    def concerned(self, heard: _Heard) -> bool:
        """Whether an ingest would see something of what was heard.

        What is not a known note may be a new one, a folder that was moved in or out, or nothing: that takes a look, and
        those are spaced. A known note needs none; where times are coarse, an edit can leave it looking the same.
        """
        if heard and heard & self._paths:
            return True
        self.doubt = self.doubt or heard is None or bool(heard)
        if time.monotonic() - self._looked < max(_PACE if self.doubt else self._sweep, self._cost * _SHARE):
            return False
        before = self._seen
        self.look()
        return self._seen != before

    def look(self) -> None:
        """See every note as it is now."""
        begun = time.monotonic()
        try:
            found = scan(self._folders)
            self._seen = [(file.source, file.stamp) for file in found.files], found.problems
            self._paths = {str(file.path) for file in found.files}
        except NotesError as error:  # an ingest says the same
            self._seen = str(error)
        self._looked = time.monotonic()
        self._cost = self._looked - begun
        self.doubt = False
