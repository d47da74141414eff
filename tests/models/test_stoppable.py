"""A generator that can be closed while its work waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from notebot.models.stoppable import from_thread


def nothing() -> None:
    """For work that ends by itself."""


def test_what_is_put_comes_out_in_order() -> None:
    def work(put: Callable[[int], None]) -> None:
        for number in range(1000):
            put(number)

    assert [number for number in from_thread(work, stop=nothing, idle=-1) if number >= 0] == list(range(1000))


def test_silence_is_filled_with_beats() -> None:
    def work(put: Callable[[str], None]) -> None:
        time.sleep(0.5)
        put("at last")

    pieces = list(from_thread(work, stop=nothing, idle=""))
    assert pieces[-1] == "at last"
    assert set(pieces[:-1]) == {""}


def test_an_error_comes_out_after_what_was_put() -> None:
    def work(put: Callable[[str], None]) -> None:
        put("a")
        raise OSError("gone")

    stream = from_thread(work, stop=nothing, idle="")
    assert next(stream) == "a"
    with pytest.raises(OSError, match="gone"):
        list(stream)


def test_closing_stops_the_work() -> None:
    stopped, ended = threading.Event(), threading.Event()

    def work(put: Callable[[str], None]) -> None:
        stopped.wait(10)
        ended.set()

    stream = from_thread(work, stop=stopped.set, idle="")
    next(stream)
    stream.close()
    assert ended.is_set()


def test_closing_does_not_wait_for_work_that_will_not_stop() -> None:
    release = threading.Event()
    stream = from_thread(lambda put: release.wait(10) and None, stop=nothing, idle="")
    next(stream)
    began = time.monotonic()
    stream.close()
    assert time.monotonic() - began < 1
    release.set()


def test_nothing_starts_before_the_first_step() -> None:
    began = threading.Event()
    from_thread(lambda put: began.set(), stop=nothing, idle="").close()
    assert not began.is_set()
