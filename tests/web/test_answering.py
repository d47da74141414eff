"""Which answers are being made: whose Stop it is, and whether there are any."""

from __future__ import annotations

from notebot.web.answering import Running


def test_stop_reaches_its_own_tab_only() -> None:
    running = Running()
    with running.answer("tab 1") as first, running.answer("tab 2") as second:
        running.stop("tab 1")
        assert (first.is_set(), second.is_set()) == (True, False)
    running.stop("tab 2")  # nothing is being answered there any more
    assert not second.is_set()


def test_it_is_busy_as_long_as_any_answer_is_being_made() -> None:
    running = Running()
    assert not running.busy()
    with running.answer("tab 1"):
        with running.answer("tab 2"):
            assert running.busy()
        assert running.busy()
    assert not running.busy()
