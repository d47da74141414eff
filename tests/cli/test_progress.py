"""A long job's steps: the result comes through, the generator is always closed, and no bar where nobody looks."""

from __future__ import annotations

import io
import json
from collections.abc import Generator

import pytest

from notebot.cli.progress import Lines, Pace, Point, follow


class Job:
    """Three steps, and a note of how it ended."""

    def __init__(self) -> None:
        self.closed = False

    def steps(self) -> Generator[tuple[str, int, int], None, str]:
        try:
            yield "reading", 0, 2
            yield "reading", 1, 2
            yield "storing", 2, 2
        finally:
            self.closed = True
        return "done"


def point(step: tuple[str, int, int]) -> Point:
    return Point(*step, current="a[b].md")


def test_a_line_a_stage_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert follow(Job().steps(), point) == "done"
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "reading: 2\nstoring: 2\n")


def test_objects_where_a_program_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert follow(Job().steps(), point, form="json") == "done"
    shown = capsys.readouterr()
    assert shown.out == ""
    first, second = map(json.loads, shown.err.splitlines())
    assert first == {
        "event": "progress", "stage": "reading", "done": 0, "total": 2, "current": "a[b].md", "unit": "", "per_second": 0.0,
        "seconds_left": None,
    }  # fmt: skip
    assert second["stage"] == "storing"


def test_a_line_again_after_a_while_with_speed_and_what_remains(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 0.0, 1.0, 10.0, 14.9, 15.0, 16.0])
    lines = Lines(lambda point, pace, now: f"{point.done}: {', '.join(pace.said(point, now))}", 5.0, clock=lambda: next(times))
    for done in (100, 150, 200, 240, 250):
        lines.show(Point("embedding", done, 1_000, unit="passages"))
    lines.show(Point("fetching", 0, 0))
    assert capsys.readouterr().err == "100: \n200: 10 passages/s, 80 s left\n250: 10 passages/s, 75 s left\n"


def test_lines_that_come_late(capsys: pytest.CaptureFixture[str]) -> None:
    times = iter([0.0, 1.0, 4.9, 5.0, 9.0, 10.0])
    lines = Lines(lambda point, _pace, _now: str(point.done), 5.0, late=True, clock=lambda: next(times))
    for done in range(5):
        lines.show(Point("embedding", done, 1_000))
    assert capsys.readouterr().err == "2\n4\n"


def test_a_stage_that_begins_again_has_a_speed_of_its_own() -> None:
    pace = Pace(begun=0.0, first=0)
    assert pace.said(Point("embedding", 600, 1_000), 2.0) == ["300/s", "1 s left"]
    assert pace.said(Point("embedding", 600, 100_000), 2.0) == ["300/s", "6 min left"]
    assert pace.said(Point("embedding", 1_000, 1_000), 2.0) == ["500/s"]
    assert pace.said(Point("embedding", 0, 100), 10.0) == []
    assert pace.said(Point("embedding", 4, 100), 12.0) == ["2.0/s", "48 s left"]


def test_a_job_that_is_soon_done_says_nothing_late(capsys: pytest.CaptureFixture[str]) -> None:
    assert follow(Job().steps(), point, form="late") == "done"
    assert capsys.readouterr().err == ""


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    assert follow(Job().steps(), point) == "done"
    assert "2/2" in shown.getvalue()
    assert "reading" in shown.getvalue().split("storing")[-2]  # one bar under the other
    assert "a[b].md" in shown.getvalue()


@pytest.mark.parametrize("kind", [KeyboardInterrupt, ValueError])
def test_an_interrupt_closes_the_job(kind: type[BaseException]) -> None:
    job = Job()

    def stop(_step: tuple[str, int, int]) -> Point:
        raise kind

    with pytest.raises(kind):
        follow(job.steps(), stop)
    assert job.closed
