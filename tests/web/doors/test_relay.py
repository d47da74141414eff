"""Events from a thread to the event loop: in order, with signs of life, and stopped when nobody listens."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from types import ModuleType
from typing import Any

import pytest

from notebot.errors import ModelMissing, NotebotError
from notebot.events import Draft, Event
from notebot.web.desk import Asking, Desk
from notebot.web.doors.relay import STOPPED, answer_of, batches, relayed


async def everything(desk: Desk, **how: Any) -> list[Event | None]:
    async with aclosing(relayed(desk, Asking("What?"), **how)) as events:
        return [event async for event in events]


def endless(scripted: ModuleType) -> Any:
    """A model that reads for a minute, and comes up for air five times a second."""
    return scripted.ScriptedBot([Draft("one "), *[0.2, Draft("")] * 300])


def test_events_come_in_order(scripted: ModuleType) -> None:
    story = scripted.story()
    assert asyncio.run(everything(Desk(scripted.ScriptedBot(story)))) == [
        event for event in story if not isinstance(event, float)
    ]


def test_silence_is_broken_by_signs_of_life(scripted: ModuleType) -> None:
    heard = asyncio.run(everything(Desk(scripted.ScriptedBot([Draft("one "), 0.5, Draft("two")])), silence=0.1))
    assert heard[0] == Draft("one ")
    assert heard[-1] == Draft("two")
    assert heard.count(None) >= 2


def test_errors_are_raised_where_the_events_are_read(scripted: ModuleType) -> None:
    with pytest.raises(ModelMissing, match="ollama pull"):
        asyncio.run(everything(Desk(scripted.ScriptedBot([Draft("one"), ModelMissing("Run: ollama pull x")]))))


def test_who_falls_behind_gets_all_that_has_happened_at_once(scripted: ModuleType) -> None:
    story = scripted.story()

    async def late() -> list[tuple[Event, ...]]:
        found = []
        async with aclosing(batches(Desk(scripted.ScriptedBot(story)), Asking("What?"))) as several:
            async for batch in several:
                found.append(batch)
                await asyncio.sleep(0.3)  # by then the rest has happened
        return found

    found = asyncio.run(late())
    assert len(found) <= 2
    assert [event for batch in found for event in batch] == [event for event in story if not isinstance(event, float)]


def test_closing_stops_the_model_within_a_second(scripted: ModuleType) -> None:
    bot = endless(scripted)
    desk = Desk(bot)

    async def leave() -> None:
        async with aclosing(relayed(desk, Asking("What?"))) as events:
            assert await anext(events) == Draft("one ")

    asyncio.run(leave())
    left = time.monotonic()
    while bot.running or desk.busy():
        assert time.monotonic() - left < 1
        time.sleep(0.01)


def test_cancelling_stops_the_model_within_a_second(scripted: ModuleType) -> None:
    bot = endless(scripted)

    async def cancelled() -> float:
        task = asyncio.ensure_future(answer_of(relayed(Desk(bot), Asking("What?"))))
        await asyncio.sleep(0.3)
        assert bot.running == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic()

    left = asyncio.run(cancelled())
    while bot.running:
        assert time.monotonic() - left < 1
        time.sleep(0.01)


def test_an_answer_that_was_stopped_is_an_error_and_no_answer(scripted: ModuleType) -> None:
    desk = Desk(endless(scripted))

    async def stopped() -> None:
        asking = asyncio.ensure_future(answer_of(relayed(desk, Asking("What?", key="tab"))))
        await asyncio.sleep(0.3)
        desk.stop("tab")
        with pytest.raises(NotebotError, match=STOPPED):
            await asking

    asyncio.run(stopped())


def test_waiting_questions_leave_the_pool_of_the_loop_alone(scripted: ModuleType) -> None:
    """Forty threads are all that asyncio and anyio have; sixty questions do not take them."""
    desk = Desk(scripted.ScriptedBot([1.0, *scripted.story()[-1:]]))

    async def many() -> float:
        asked = [asyncio.ensure_future(answer_of(relayed(desk, Asking("What?")))) for _ in range(60)]
        await asyncio.sleep(0.2)
        begin = time.monotonic()
        await asyncio.to_thread(time.sleep, 0.01)
        took = time.monotonic() - begin
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        return took

    assert asyncio.run(many()) < 0.5
