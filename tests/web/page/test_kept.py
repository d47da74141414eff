"""What is kept of an exchange comes back as it was seen."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from notebot.history.store import CUT_OFF, Entry, Feedback
from notebot.types import Status
from notebot.web.page.exchange import Exchange, Trouble
from notebot.web.page.kept import outcome, restored

ASKED = Entry("e1", "k1", 2, "What?", "2026-11-28T10:00:00+00:00")


def back(exchange: Exchange, feedback: Feedback | None = None) -> Exchange:
    state, answer, trouble = outcome(exchange)
    (again,) = restored([replace(ASKED, state=state, answer=answer, trouble=trouble, feedback=feedback)])
    return again


def test_an_answer_comes_back_whole(scripted: ModuleType) -> None:
    answer = scripted.answer(Status.PARTIAL, (scripted.FIRST, scripted.SECOND))
    seen = Exchange(2, "What?", "e1", "k1", passages=answer.passages, sentences=answer.sentences, answer=answer)
    assert back(seen) == seen
    assert back(seen, Feedback("up")).feedback == Feedback("up")


def test_of_a_stopped_answer_what_was_checked_comes_back(scripted: ModuleType) -> None:
    seen = Exchange(2, "What?", "e1", "k1", passages=scripted.PASSAGES, sentences=(scripted.FIRST,), draft="half a").stop()
    again = back(seen)
    assert (again.stopped, again.sentences, again.draft, again.live) == (True, (scripted.FIRST,), "", False)
    nothing = back(Exchange(2, "What?", "e1", "k1").stop())
    assert (nothing.stopped, nothing.answer) == (True, None)


def test_trouble_comes_back_in_its_words() -> None:
    trouble = Trouble("No model can answer", "Run: `ollama serve`\nand ask again.")
    assert back(Exchange(2, "What?", "e1", "k1", trouble=trouble)).trouble == trouble


def test_what_the_end_of_the_program_cut_off_says_so() -> None:
    (cut,) = restored([replace(ASKED, state="failed", trouble=CUT_OFF)])
    assert cut.trouble == Trouble("This answer was cut off", CUT_OFF)
    assert not cut.live


def test_what_is_still_being_answered_is_left_to_the_window_that_asked() -> None:
    (open_,) = restored([ASKED])
    assert (open_.elsewhere, open_.live, open_.trouble) == (True, False, None)


def test_an_answer_that_cannot_be_read_any_more_does_not_look_like_one() -> None:
    (lost,) = restored([replace(ASKED, state="answered", trouble="This answer was kept by another version.")])
    assert lost.trouble == Trouble("There is no answer", "This answer was kept by another version.")
