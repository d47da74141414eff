"""Where every door asks: events pass in turn, and stop reaches the answer that it names, wherever it is."""

from __future__ import annotations

import threading
import time
from types import ModuleType
from typing import Any

import pytest

from notebot.errors import Busy, ModelFailed, UsageError
from notebot.events import Done, Event, Stage
from notebot.settings import Settings
from notebot.web.desk import Asking, Desk


def desk_of(scripted: ModuleType, script: list[Any], *, at_once: int = 1) -> tuple[Desk, Any]:
    bot = scripted.ScriptedBot(script)
    bot.settings = Settings(data=bot.settings.data, watch=False, answers_at_once=at_once)
    return Desk(bot), bot


def waiting(detail: str) -> Stage:
    return Stage("waiting", detail)


def test_events_pass_as_they_are(scripted: ModuleType) -> None:
    desk = Desk(scripted.ScriptedBot(scripted.story()))
    events = list(desk.ask(Asking("What?")))
    assert events == [step for step in scripted.story() if not isinstance(step, float)]
    assert not desk.busy()


def test_stop_reaches_its_own_answer_only(scripted: ModuleType) -> None:
    desk, bot = desk_of(scripted, scripted.story(), at_once=2)
    first, second = desk.ask(Asking("One?", key="tab 1")), desk.ask(Asking("Two?", key="tab 2"))
    next(first)
    next(second)
    assert desk.busy()
    desk.stop("tab 1")
    assert list(first) == []
    assert bot.running == 1
    assert isinstance(list(second)[-1], Done)
    desk.stop("tab 2")  # nothing is being answered there any more
    assert not desk.busy()


def test_who_waits_hears_its_place_as_it_changes(scripted: ModuleType) -> None:
    desk, bot = desk_of(scripted, scripted.story())
    running = desk.ask(Asking("One?", key="tab 1"))
    next(running)
    lines = [desk.ask(Asking(f"{number}?", key=f"tab {number}")) for number in range(2, 5)]
    assert [next(line) for line in lines] == [
        waiting("Yours is the next question"), waiting("1 question is before yours"), waiting("2 questions are before yours"),
    ]  # fmt: skip
    assert len(bot.asked) == 1
    assert desk.counts() == (1, 3)
    assert next(lines[0]) == waiting("Yours is the next question")  # unchanged: said again, to be stopped
    list(running)
    assert next(lines[0]).name == "searching"  # type: ignore[union-attr]
    assert next(lines[2]) == waiting("1 question is before yours")
    lines[0].close()
    stages = [event.name for event in lines[1] if isinstance(event, Stage)]
    assert stages == ["searching", "reading", "writing", "checking"]
    assert isinstance(list(lines[2])[-1], Done)
    assert desk.counts() == (0, 0)


@pytest.mark.parametrize("way", ["close", "stop"])
def test_who_leaves_the_line_leaves_it_at_once_and_asks_no_model(scripted: ModuleType, way: str) -> None:
    desk, bot = desk_of(scripted, scripted.story())
    running, leaving, behind = (desk.ask(Asking(f"{number}?", key=f"tab {number}")) for number in range(3))
    next(running)
    next(leaving)
    assert next(behind) == waiting("1 question is before yours")
    if way == "close":
        leaving.close()
    else:
        desk.stop("tab 1")
        assert desk.counts() == (1, 1)  # before its own thread comes back to it
        assert list(leaving) == []
    assert next(behind) == waiting("Yours is the next question")
    list(running)
    assert isinstance(list(behind)[-1], Done)
    assert [question for question, _ in bot.asked] == ["0?", "2?"]


def test_stop_wakes_who_waits_in_its_own_thread(scripted: ModuleType) -> None:
    desk, _ = desk_of(scripted, scripted.story())
    running = desk.ask(Asking("One?", key="tab 1"))
    next(running)
    heard: list[Event | float] = []

    def ask() -> None:
        heard.extend(desk.ask(Asking("Two?", key="tab 2")))
        heard.append(time.monotonic())

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.1)
    at = time.monotonic()
    desk.stop("tab 2")
    thread.join(5)
    assert heard[:-1] == [waiting("Yours is the next question")]
    assert isinstance(heard[-1], float)
    assert heard[-1] - at < 0.2
    running.close()
    assert not desk.busy()


def test_an_error_of_the_bot_frees_the_turn(scripted: ModuleType) -> None:
    desk, bot = desk_of(scripted, [Stage("writing", "Writing"), ModelFailed("It broke.")])
    for _ in range(3):
        with pytest.raises(ModelFailed, match="It broke"):
            list(desk.ask(Asking("What?", key="tab")))
    with pytest.raises(UsageError):
        list(desk.ask(Asking("x" * 8_001, key="tab")))
    assert not desk.busy()
    assert bot.running == 0


def test_the_turn_is_free_only_when_the_model_has_stopped(scripted: ModuleType) -> None:
    """F20: a client that goes away frees its turn, and two models are never at work where one may be."""
    desk, bot = desk_of(scripted, scripted.story(0.01))
    most = [0]

    def ask(number: int) -> None:
        events = desk.ask(Asking(f"{number}?", key=f"tab {number}"))
        for count, event in enumerate(events):
            if event != waiting("") and bot.running:
                most[0] = max(most[0], bot.running)
            if number % 2 and count > 5:
                events.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most[0] == 1
    assert bot.running == 0
    assert desk.counts() == (0, 0)


def test_input_102_the_same_key_twice_has_one_effect(scripted: ModuleType) -> None:
    desk, bot = desk_of(scripted, scripted.story(), at_once=2)
    first = desk.ask(Asking("One?", key="tab"))
    next(first)
    with pytest.raises(Busy, match=r"still being answered\. Wait for it, or stop it"):
        next(desk.ask(Asking("One?", key="tab")))
    assert bot.running == 1
    desk.stop("tab")
    again = desk.ask(Asking("Another?", key="tab"))  # the stopped one may still be winding up
    next(again)
    assert list(first) == []
    desk.stop("tab")
    assert list(again) == []
    assert [question for question, _ in bot.asked] == ["One?", "Another?"]
    assert not desk.busy()


def test_input_102_a_storm_of_double_clicks_is_one_question(scripted: ModuleType) -> None:
    desk, bot = desk_of(scripted, scripted.story(0.005), at_once=4)
    ready, refused, done = threading.Barrier(16), [], []

    def click() -> None:
        ready.wait()
        try:
            done.append(list(desk.ask(Asking("One?", key="tab")))[-1])
        except Busy as error:
            refused.append(error)

    threads = [threading.Thread(target=click) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(done), len(refused), len(bot.asked)) == (1, 15, 1)


def test_users_take_turns_however_many_tabs_they_have(scripted: ModuleType) -> None:
    desk, bot = desk_of(scripted, scripted.story())
    running = desk.ask(Asking("ada 0?", user="ada", key="0"))
    next(running)
    lines = [desk.ask(Asking(f"ada {number}?", user="ada", key=f"{number}")) for number in range(1, 4)]
    lines.append(desk.ask(Asking("bob 0?", user="bob", key="b")))
    lines.append(desk.ask(Asking("cleo 0?", key="c", party="programs")))
    for line in lines:
        next(line)
    running.close()
    while lines:
        line = next(line for line in lines if next(line).name != "waiting")  # type: ignore[union-attr]
        line.close()
        lines.remove(line)
    assert [question for question, _ in bot.asked] == ["ada 0?", "bob 0?", "cleo 0?", "ada 1?", "ada 2?", "ada 3?"]


def test_a_line_that_is_full_asks_nobody(scripted: ModuleType) -> None:
    desk, bot = desk_of(scripted, scripted.story())
    lines = [desk.ask(Asking("What?", key=f"tab {number}")) for number in range(65)]
    for line in lines:
        next(line)
    with pytest.raises(Busy, match="64 questions are waiting for their turn already"):
        next(desk.ask(Asking("What?", key="one more")))
    for line in lines:
        line.close()
    assert desk.counts() == (0, 0)
    assert len(bot.asked) == 1


def test_at_the_end_every_answer_is_stopped(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    desk = Desk(bot)
    answers = [desk.ask(Asking("What?", key=key)) for key in ("a", "b")]
    for events in answers:
        next(events)
    desk.stop_all()
    assert [list(events) for events in answers] == [[], []]
    assert (bot.running, desk.busy()) == (0, False)
