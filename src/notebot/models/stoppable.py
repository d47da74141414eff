"""Work that can be stopped at any moment: it runs in a thread, and what it yields comes out of a generator here.

A generator can be closed only while it waits at a `yield`, never while it waits for a model that is still reading a
long prompt. So the waiting is done elsewhere, and the generator comes up for air several times a second.
"""

from __future__ import annotations

import atexit
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

BEAT_SECONDS = 0.2
PATIENCE_SECONDS = 0.5  # for work that has been told to stop; a thread that still runs then is left to end by itself
EXIT_SECONDS = 30.0  # the same when the program ends

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Ended:
    error: Exception | None


def from_thread(work: Callable[[Callable[[T], None]], None], *, stop: Callable[[], None], idle: T) -> Iterator[T]:
    """Run `work(put)` in a thread and yield what it puts, and `idle` while it puts nothing.

    An error of the work is raised here. Closing the generator calls `stop`, which must make the work end soon, and
    waits for it a moment.
    """
    arrivals: queue.SimpleQueue[T | _Ended] = queue.SimpleQueue()

    def run() -> None:
        error: Exception | None = None
        try:
            work(arrivals.put)
        except Exception as raised:  # whatever it is, the generator must hear of it and not wait for ever
            error = raised
        arrivals.put(_Ended(error))
        atexit.unregister(end)

    def end() -> None:
        stop()
        thread.join(EXIT_SECONDS)

    # A thread that is inside native code while the interpreter ends under it would abort the whole process.
    atexit.register(end)
    thread = threading.Thread(target=run, name="notebot-model", daemon=True)
    thread.start()
    try:
        while True:
            try:
                arrival = arrivals.get(timeout=BEAT_SECONDS)
            except queue.Empty:
                yield idle
                continue
            if isinstance(arrival, _Ended):
                if arrival.error is not None:
                    raise arrival.error
                return
            yield arrival
    finally:
        stop()
        thread.join(PATIENCE_SECONDS)
