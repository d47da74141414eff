"""Work that reports its steps, done to its end."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from notebot.steps import finished


def working(until: int) -> Generator[int, None, str]:
    for step in range(until):
        if step == 3:
            raise ValueError("three")
        yield step
    return "done"


def test_what_comes_of_it_is_returned() -> None:
    assert finished(working(0)) == finished(working(2)) == "done"


def test_what_a_step_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="three"):
        finished(working(5))
