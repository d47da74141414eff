"""One writer at a time: a lock on the data folder that names its owner and dies with it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from notebot.errors import Locked

LOCK_FILE = "writer.lock"
OWNER_FILE = "writer.json"


class WriterLock:
    """The right to write one data folder, held until `release` or the end of the process.

    The operating system drops the lock when its owner dies, so a stale one needs no clearing: the next writer takes it.
    """

    def __init__(self, data: Path) -> None:
        """Take the lock at once. Raises Locked, with the owner's pid and since when, if another writer has it."""
        self._owner = data / OWNER_FILE
        self._lock = FileLock(data / LOCK_FILE, mode=0o600)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise Locked(_who_has(data)) from None
        note = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        self._owner.write_text(json.dumps(note), encoding="utf-8")

    def release(self) -> None:
        """Let the next writer in. Idempotent."""
        if self._lock.is_locked:
            self._owner.unlink(missing_ok=True)
            self._lock.release()


def _who_has(data: Path) -> str:
    try:
        owner = json.loads((data / OWNER_FILE).read_text(encoding="utf-8"))
        who = f"process {owner['pid']} since {owner['since']}"
    except (OSError, ValueError, KeyError, TypeError):  # the owner is just starting or just leaving
        who = "another process"
    return f"The index in {data} is being written by {who} (locked). Wait until it has finished, then try again."
