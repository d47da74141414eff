"""Where every door asks: events pass, and stop reaches the answer that it names."""

from __future__ import annotations

from types import ModuleType

from notebot.events import Done
from notebot.web.desk import Asking, Desk


def test_events_pass_as_they_are(scripted: ModuleType) -> None:
    desk = Desk(scripted.ScriptedBot(scripted.story()))
    events = list(desk.ask(Asking("What?")))
    assert events == [step for step in scripted.story() if not isinstance(step, float)]
    assert not desk.busy()


def test_stop_reaches_its_own_answer_only(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot(scripted.story())
    desk = Desk(bot)
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
