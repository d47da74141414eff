"""A long job as it goes on: a bar on standard error where a person watches, a line for each stage elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from notebot.cli.screen import is_terminal, say
from notebot.render import one_line

Step = TypeVar("Step")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Point:
    """Where a job stands: `done` of `total` units of `stage`; a total of 0 is not known yet."""

    stage: str
    done: int
    total: int
    current: str = ""


class _Job(Generic[Step, Result]):
    """Iterates over the steps of a generator and keeps what it returns."""

    result: Result

    def __init__(self, steps: Generator[Step, None, Result]) -> None:
        self._steps = steps

    def __iter__(self) -> Iterator[Step]:
        self.result = yield from self._steps


def follow(steps: Generator[Step, None, Result], point: Callable[[Step], Point], *, quiet: bool = False) -> Result:
    """Run a job to its end and return its result. However it ends, the generator is closed, so that it stops cleanly."""
    job = _Job(steps)
    try:
        with _display(quiet=quiet) as display:
            for step in job:
                display(point(step))
    finally:
        steps.close()
    return job.result


@contextmanager
def _display(*, quiet: bool) -> Iterator[Callable[[Point], None]]:
    if quiet:
        yield lambda _point: None
    elif not is_terminal(sys.stderr):
        yield _Lines().show
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        current = TextColumn("{task.fields[current]}", markup=False)
        columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), current)
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("starting", total=None, current="")
            stage = ""

            def show(point: Point) -> None:
                nonlocal stage
                if point.stage != stage:
                    stage = point.stage
                    bar.reset(task, description=stage)  # the time that remains is the stage's own
                shown = one_line(point.current)[-40:]
                bar.update(task, description=stage, completed=point.done, total=point.total or None, current=shown)

            yield show


class _Lines:
    """One line when a stage begins."""

    def __init__(self) -> None:
        self._stage = ""

    def show(self, point: Point) -> None:
        if point.stage != self._stage and point.total:
            self._stage = point.stage
            say(f"{point.stage}: {point.total}")
