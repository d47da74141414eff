"""The same work for many things, several at once, each result as it comes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")


def side_by_side(
    things: Iterable[Given], work: Callable[[Given, threading.Event], Found], at_once: int
) -> Generator[tuple[Given, Found | None], None, None]:
    """Twice for each thing: (thing, None) when its turn comes, and (thing, what `work` found), in the order in which they end.

    At most `at_once` are worked on at a time; with 1 it happens in this thread. Closing the generator sets the event that `work`
    is given, and waits for those that have begun; nothing begins after that. What `work` raises is raised here.
    """
    stop = threading.Event()
    if at_once == 1:
        for thing in things:
            yield thing, None
            yield thing, work(thing, stop)
        return
    ended: queue.SimpleQueue[tuple[Given, Found | None, BaseException | None]] = queue.SimpleQueue()

    def run(thing: Given) -> None:
        try:
            ended.put((thing, work(thing, stop), None))
        except BaseException as error:  # raised where the results are read
            ended.put((thing, None, error))

    left, threads = iter(things), []
    try:
        busy = 0
        while True:
            while busy < at_once and (following := next(left, None)) is not None:
                yield following, None
                threads.append(threading.Thread(target=run, args=(following,), name="notebot-eval", daemon=True))
                threads[-1].start()
                busy += 1
            if not busy:
                return
            thing, found, error = ended.get()
            busy -= 1
            if error is not None:
                raise error
            yield thing, found
    finally:
        stop.set()
        for thread in threads:
            thread.join()
