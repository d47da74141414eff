"""Turns: one at a time, a pause between, and leaving a host alone."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest

from notebot.fetch.failures import Stopped
from notebot.fetch.turns import Turns


def test_a_host_is_asked_by_one_at_a_time_with_a_pause() -> None:
    turns = Turns()
    spans: list[tuple[float, float]] = []

    def ask() -> None:
        with turns.turn("a"):
            started = time.monotonic()
            time.sleep(0.02)
            turns.hold("a", 0.05)
            spans.append((started, time.monotonic()))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    turns.hold("c", 60)
    with turns.turn("b"):  # another host does not wait
        pass
    for thread in threads:
        thread.join()
    spans.sort()
    assert len(spans) == 4
    assert all(later[0] - earlier[1] >= 0.045 for earlier, later in pairwise(spans))


def test_a_host_that_is_held_is_left_alone() -> None:
    turns = Turns()
    assert turns.wait("a") == 0
    turns.hold("a", 0.1)
    started = time.monotonic()
    assert turns.wait("a") > 0
    with turns.turn("a"):
        assert time.monotonic() - started >= 0.09


def test_closing_ends_the_waiting() -> None:
    turns = Turns()
    turns.hold("a", 60)
    threading.Timer(0.1, turns.close).start()
    with pytest.raises(Stopped), turns.turn("a"):
        pytest.fail("nobody's turn")
