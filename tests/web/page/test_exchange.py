"""The event stream folded into what the page shows."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from notebot.errors import IndexMissing, ModelUnreachable, NotebotError
from notebot.events import Beyond, Done, Draft, Settled
from notebot.types import Answer, Citation, Sentence, Status, Turn
from notebot.web.desk import Asking, Desk
from notebot.web.page.exchange import Exchange, exchanges, merged, turns


def run(bot: Any, question: str = "What?", earlier: tuple[Exchange, ...] = ()) -> list[Exchange]:
    events = Desk(bot).ask(Asking(question, turns(earlier)))
    return list(exchanges(Exchange(len(earlier) + 1, question), events))


def test_story_settles_sentence_by_sentence(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    seen = run(bot)
    assert seen[0] == Exchange(1, "What?")
    assert next(frame.stage.name for frame in seen if frame.stage) == "searching"
    drafts = [frame.draft for frame in seen if frame.draft]
    assert drafts[0] == "Data "
    assert max(drafts, key=len).strip() == scripted.FIRST.text
    settled = [len(frame.sentences) for frame in seen]
    assert settled == sorted(settled)
    assert settled[-1] == 3
    assert all(not frame.draft for before, frame in itertools.pairwise(seen) if len(frame.sentences) > len(before.sentences))
    assert [frame.live for frame in seen] == [True] * (len(seen) - 1) + [False]
    assert seen[-1].answer is not None
    assert seen[-1].answer.status is Status.PARTIAL
    assert bot.running == 0


def test_sources_are_numbered_as_cited_and_spans_of_one_passage_are_joined(scripted: ModuleType) -> None:
    last = run(scripted.ScriptedBot(scripted.story()))[-1]
    first, second = last.sources()
    assert (first.number, first.citations[0].passage_id, second.number, second.citations[0].passage_id) == (1, "c1", 2, "c2")
    assert [first.text[start:end] for start, end in first.spans] == [
        "Semi-automatic or automatic analysis of massive quantities of data",
        "anomaly detection",
    ]


def test_unsupported_sentence_is_no_source(scripted: ModuleType) -> None:
    wrong = replace(scripted.SECOND, citations=scripted.FIRST.citations)
    assert Exchange(1, "What?", sentences=(wrong,)).sources() == ()


def test_citation_outside_the_passages_shows_its_own_words() -> None:
    citation = Citation("gone", "old.md", ("Old",), 3, 3, "kept words", 40, 50)
    (source,) = Exchange(1, "What?", sentences=(Sentence("Kept.", True, 1.0, (citation,)),)).sources()
    assert (source.text, source.spans) == ("kept words", ((0, 10),))


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (IndexMissing("Run: notebot ingest"), "Your notes have not been read yet"),
        (ModelUnreachable("Start Ollama."), "No model can answer at the moment"),
        (NotebotError("Disk full."), "That did not work"),
    ],
)
def test_error_half_way_keeps_what_was_checked(scripted: ModuleType, error: NotebotError, title: str) -> None:
    bot = scripted.ScriptedBot([*scripted.written(scripted.FIRST, 0), Draft("and then"), error])
    last = run(bot)[-1]
    assert last.sentences == (scripted.FIRST,)
    assert last.trouble is not None
    assert (last.trouble.title, last.trouble.message) == (title, str(error))
    assert (last.live, last.draft) == (False, "")


def test_error_at_the_call(scripted: ModuleType) -> None:
    last = run(scripted.ScriptedBot([]), "x" * 8_001)[-1]
    assert last.trouble is not None
    assert last.trouble.title == "This cannot be asked"


def test_unexpected_error_is_a_sentence_here_and_a_trace_in_the_log(
    scripted: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    last = run(scripted.ScriptedBot([ZeroDivisionError("secret detail")]))[-1]
    assert last.trouble is not None
    assert "secret" not in last.trouble.title + last.trouble.message
    assert "ZeroDivisionError" in caplog.text


def test_closing_closes_the_bots_generator(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    frames = exchanges(Exchange(1, "What?"), Desk(bot).ask(Asking("What?")))
    for _ in range(8):
        next(frames)
    assert bot.running == 1
    frames.close()
    assert (bot.running, len(bot.closed_at)) == (0, 1)


def test_stop_closes_the_bots_generator_and_keeps_what_was_checked(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    desk = Desk(bot)
    seen = []
    for frame in exchanges(Exchange(1, "What?"), desk.ask(Asking("What?", key="tab"))):
        seen.append(frame)
        if frame.sentences and frame.draft:
            desk.stop("tab")
    assert seen[-1].stopped
    assert not seen[-1].live
    assert (seen[-1].sentences, seen[-1].draft) == ((scripted.FIRST,), "")
    assert (bot.running, len(bot.closed_at)) == (0, 1)


def test_history_holds_questions_and_what_was_answered(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    first = run(bot, "One?")[-1]
    stopped = Exchange(2, "Two?", sentences=(scripted.FIRST, scripted.SECOND), stopped=True)
    failed = Exchange(3, "Three?", stopped=True)
    run(bot, "Four?", (first, stopped, failed))
    both = f"{scripted.FIRST.text} {scripted.THIRD.text}"
    assert bot.asked[-1] == (
        "Four?",
        (Turn("user", "One?"), Turn("assistant", both), Turn("user", "Two?"), Turn("assistant", scripted.FIRST.text)),
    )
    assert turns(()) == ()


def test_merged_spans() -> None:
    assert merged([(5, 9), (0, 3), (3, 4), (8, 12), (20, 20)]) == ((0, 4), (5, 12))


SAID = Answer("What?", Status.ANSWERED, "So.", "fake", (Sentence("So.", True, 1.0),), (), {})


def test_what_the_model_adds_stays_apart_from_the_answer_that_stands() -> None:
    exchange = Exchange(1, "What?").after(Settled(SAID))
    assert (exchange.live, exchange.settled, exchange.sentences, exchange.beyond) == (True, SAID, SAID.sentences, "")
    exchange = exchange.after(Beyond("It is")).after(Beyond("")).after(Beyond("old."))
    assert (exchange.beyond, exchange.sentences) == ("It is old.", SAID.sentences)
    done = exchange.after(Done(replace(SAID, beyond="It is old.")))
    assert (done.live, done.beyond, done.sentences) == (False, "It is old.", SAID.sentences)
    assert turns([done])[-1] == Turn("assistant", "So.")  # the next question builds on the notes alone


def test_stopping_the_addition_keeps_the_answer_and_drops_what_was_added() -> None:
    stopped = Exchange(1, "What?").after(Settled(SAID)).after(Beyond("It is")).stop()
    assert (stopped.live, stopped.answer, stopped.beyond) == (False, SAID, "")
