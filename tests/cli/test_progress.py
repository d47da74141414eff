"""A long job's steps: the result comes through, the generator is always closed, and no bar where nobody looks."""

from __future__ import annotations

import io
from collections.abc import Generator

import pytest

from notebot.cli.progress import Point, follow


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


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert follow(Job().steps(), point, quiet=True) == "done"
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
    assert "a[b].md" in shown.getvalue()


@pytest.mark.parametrize("kind", [KeyboardInterrupt, ValueError])
def test_an_interrupt_closes_the_job(kind: type[BaseException]) -> None:
    job = Job()

    def stop(_step: tuple[str, int, int]) -> Point:
        raise kind

    with pytest.raises(kind):
        follow(job.steps(), stop)
    assert job.closed
