"""Which answers are being made now: Stop has to reach the right one, and other work gives way to them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Running:
    """The answers in the making, by the browser tab that waits for them, so that Stop in a tab reaches its own answer.

    Gradio's own way, cancels=, closes the generator too, but now and then leaves the page waiting for it for ever.
    """

    def __init__(self) -> None:
        self._stops: dict[str, threading.Event] = {}

    @contextmanager
    def answer(self, tab: str) -> Iterator[threading.Event]:
        """An answer for `tab` is being made inside this block; the event says that it should stop."""
        stop = self._stops[tab] = threading.Event()
        try:
            yield stop
        finally:
            if self._stops.get(tab) is stop:
                del self._stops[tab]

    def busy(self) -> bool:
        """Whether any answer is being made."""
        return bool(self._stops)

    def stop(self, tab: str) -> None:
        """Stop the answer that is being made for `tab`, if there is one."""
        if stop := self._stops.get(tab):
            stop.set()
