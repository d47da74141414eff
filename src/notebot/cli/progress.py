"""A long job as it goes on: bars on standard error where a person watches; elsewhere lines, now and then, as text or as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Generic, Literal, TypeVar

from notebot.cli.screen import is_terminal, say
from notebot.render import one_line

LINE_SECONDS = 5.0  # between two lines of text for the same stage
OBJECT_SECONDS = 1.0  # between two objects for the same stage

Step = TypeVar("Step")
Result = TypeVar("Result")
Form = Literal["text", "json", "late"]


@dataclass(frozen=True, slots=True)
class Point:
    """Where a job stands: `done` of `total` units of `stage`; a total of 0 is not known yet. `unit` is their name, plural."""

    stage: str
    done: int
    total: int
    current: str = ""
    unit: str = ""


class _Job(Generic[Step, Result]):
    """Iterates over the steps of a generator and keeps what it returns."""

    result: Result

    def __init__(self, steps: Generator[Step, None, Result]) -> None:
        self._steps = steps

    def __iter__(self) -> Iterator[Step]:
        self.result = yield from self._steps


def follow(steps: Generator[Step, None, Result], point: Callable[[Step], Point], *, form: Form = "text") -> Result:
    """Run a job to its end and return its result. However it ends, the generator is closed, so that it stops cleanly.

    `form` is what is written to standard error: "text" and "json" (an object a line) where it is no terminal, and bars where it
    is one; "late" is text everywhere, and only from a job that takes long.
    """
    job = _Job(steps)
    try:
        with _display(form) as display:
            for step in job:
                display(point(step))
    finally:
        steps.close()
    return job.result


@contextmanager
def _display(form: Form) -> Iterator[Callable[[Point], None]]:
    if form == "late":
        yield Lines(_text, LINE_SECONDS, late=True).show
    elif is_terminal(sys.stderr):
        with _bars() as show:
            yield show
    elif form == "json":
        yield Lines(_object, OBJECT_SECONDS).show
    else:
        yield Lines(_text, LINE_SECONDS).show


@contextmanager
def _bars() -> Iterator[Callable[[Point], None]]:
    """A bar a stage: pages are fetched while passages are embedded, and each has its own speed."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    title, rest = TextColumn("{task.description:<10}"), TextColumn("{task.fields[rest]}", markup=False)
    with Progress(title, BarColumn(), MofNCompleteColumn(), rest, console=Console(stderr=True), transient=True) as bars:
        tasks = {"": bars.add_task("starting", total=None, rest="")}
        paces: dict[str, Pace] = {}

        def show(point: Point) -> None:
            if not point.total:
                return  # too short to look at, and nothing to fill a bar with
            if "" in tasks:
                bars.remove_task(tasks.pop(""))
            if point.stage not in tasks:
                tasks[point.stage] = bars.add_task(point.stage, total=point.total, rest="")
            pace = paces.setdefault(point.stage, Pace(time.monotonic(), point.done))
            said = [*pace.said(point, time.monotonic()), one_line(point.current)[-40:]]
            bars.update(tasks[point.stage], completed=point.done, total=point.total, rest="  ".join(said))

        yield show


@dataclass(slots=True)
class Pace:
    """How fast a stage goes, since `begun` (monotonic seconds), when `first` units were done. `last` are the latest."""

    begun: float
    first: int
    last: int = 0

    def speed(self, point: Point, now: float) -> float:
        """Units a second, 0 while that is not known."""
        if point.done < self.last:  # the stage began again, with other units
            self.begun, self.first = now, point.done
        self.last = point.done
        return (point.done - self.first) / (now - self.begun) if now > self.begun else 0.0

    def said(self, point: Point, now: float) -> list[str]:
        """Speed and time that remains, in words; nothing while they are not known."""
        speed = self.speed(point, now)
        if not speed:
            return []
        rate = f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"
        said = [f"{rate} {point.unit}/s".replace(" /", "/")]
        if left := (point.total - point.done) / speed:
            said.append(f"{left:.0f} s left" if left < 100 else f"{left / 60:.0f} min left")
        return said


class Lines:
    """A line when a stage begins, and one every `seconds` as long as it lasts; the first one, if `late`, after `seconds` too.

    `line` makes it, `clock` is monotonic.
    """

    def __init__(
        self, line: Callable[[Point, Pace, float], str], seconds: float, *, late: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._line = line
        self._seconds = seconds
        self._clock = clock
        self._first = clock() + (seconds if late else 0)
        self._paces: dict[str, Pace] = {}
        self._next: dict[str, float] = {}  # when a stage may have its next line

    def show(self, point: Point) -> None:
        """Write a line for `point`, if it is time for one."""
        now = self._clock()
        if not point.total:
            return
        pace = self._paces.setdefault(point.stage, Pace(now, point.done))
        if now < self._next.get(point.stage, self._first):
            return
        self._next[point.stage] = now + self._seconds
        say(self._line(point, pace, now))


def _text(point: Point, pace: Pace, now: float) -> str:
    speed = pace.said(point, now)
    count = f"{point.done} of {point.total}" if speed else str(point.total)
    return f"{point.stage}: " + ", ".join([f"{count} {point.unit}".rstrip(), *speed])


def _object(point: Point, pace: Pace, now: float) -> str:
    speed = pace.speed(point, now)
    left = round((point.total - point.done) / speed, 1) if speed else None
    said = {"event": "progress", **asdict(point), "per_second": round(speed, 2), "seconds_left": left}
    return json.dumps(said)
