"""When each host may be asked: by one at a time, and not while it is left alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from notebot.fetch.failures import Stopped


class Turns:
    """Shared by the threads of one run. Times are on the monotonic clock."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._busy: set[str] = set()
        self._free_at: dict[str, float] = {}
        self._closed = False

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Waits until it is this caller's turn. Raises Stopped."""
        with self._changed:
            while not self._closed and (host in self._busy or self.wait(host) > 0):
                self._changed.wait(None if host in self._busy else self.wait(host))
            if self._closed:
                raise Stopped
            self._busy.add(host)
        try:
            yield
        finally:
            with self._changed:
                self._busy.discard(host)
                self._changed.notify_all()

    def wait(self, host: str) -> float:
        """Seconds until `host` may be asked again."""
        return max(0.0, self._free_at.get(host, 0.0) - time.monotonic())

    def hold(self, host: str, seconds: float) -> None:
        """Leave `host` alone for so long."""
        with self._changed:
            self._free_at[host] = max(self._free_at.get(host, 0.0), time.monotonic() + seconds)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
