"""Results come as they end, never more at once than allowed, and nothing is left behind when nobody wants more."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest

from notebot.evals.side_by_side import side_by_side


@pytest.mark.parametrize("at_once", [1, 3, 50])
def test_every_thing_is_begun_and_ended_once(at_once: int) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def work(thing: int, stop: threading.Event) -> int:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.002)
        with lock:
            now[0] -= 1
        return thing * thing

    found = list(side_by_side(range(20), work, at_once))
    assert [thing for thing, result in found if result is None] == list(range(20))  # begun in order
    assert sorted(result for _, result in found if result is not None) == [number * number for number in range(20)]
    assert most[0] <= at_once
    assert most[0] > 1 or at_once == 1


def test_who_ends_first_comes_first() -> None:
    second = threading.Event()

    def work(thing: str, stop: threading.Event) -> str:
        second.set() if thing == "second" else second.wait(10)
        return thing

    ended = [found for _, found in side_by_side(["first", "second"], work, 2) if found]
    assert ended == ["second", "first"]


@pytest.mark.parametrize("at_once", [1, 2])
def test_what_is_raised_is_raised_where_results_are_read(at_once: int) -> None:
    def work(thing: int, stop: threading.Event) -> int:
        raise ZeroDivisionError(thing)

    with pytest.raises(ZeroDivisionError):
        list(side_by_side([1, 2, 3], work, at_once))


def test_closing_tells_those_that_work_and_waits_for_them() -> None:
    begun: list[int] = []
    ended: list[int] = []

    def work(thing: int, stop: threading.Event) -> int:
        begun.append(thing)
        stop.wait(10)
        ended.append(thing)
        return thing

    with closing(side_by_side(range(9), work, 2)) as turns:
        assert [next(turns), next(turns)] == [(0, None), (1, None)]
        time.sleep(0.05)
    assert sorted(begun) == sorted(ended)
    assert set(begun) <= {0, 1}
