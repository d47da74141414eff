"""Following an answer: nothing unchecked is shown, the end replaces the rest, and however it ends the model is stopped."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notebot.cli.live import colophon, listen, show_answer
from notebot.errors import ModelFailed, NotebotError
from notebot.events import Beyond, Checked, Done, Draft, Event, Settled, Stage
from notebot.types import Answer, Citation, Sentence, Status

TRUE = Sentence("It is so.", True, 0.9, (Citation("i", "a.md", ("A",), 3, 3, "so", 0, 2),))
FALSE = Sentence("It is magic.", False, 0.1)
ANSWER = Answer("q", Status.PARTIAL, "It is so.", "fake/model", (TRUE, FALSE), (), {"write": 1.0, "total": 1.5})
STORY = (Stage("writing", "writing"), Draft("It is "), Draft("so."), Checked(TRUE), Draft("It is magic."), Checked(FALSE))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Telling:
    """Events, then an error if there is one; remembers that it was closed."""

    def __init__(self, *events: Event, error: BaseException | None = None) -> None:
        self.events, self.error, self.closed = events, error, False

    def tell(self) -> Iterator[Event]:
        try:
            yield from self.events
            if self.error:
                raise self.error
        finally:
            self.closed = True


def terminals(monkeypatch: pytest.MonkeyPatch) -> tuple[Terminal, Terminal]:
    """Standard output and standard error, on a terminal from here on. No fixture: pytest sets its own streams after those."""
    out, err = Terminal(), Terminal()
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setattr("sys.stderr", err)
    monkeypatch.setenv("TERM", "xterm")
    return out, err


def test_off_a_terminal_nothing_is_shown_before_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    telling = Telling(*STORY, Done(ANSWER))
    assert listen(telling.tell(), stream=True, quiet=False) is ANSWER
    assert telling.closed
    assert capsys.readouterr() == ("", "")


def test_while_waiting_only_what_was_checked_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = terminals(monkeypatch)
    assert listen(Telling(*STORY, Done(ANSWER)).tell(), stream=True, quiet=False) is ANSWER
    assert out.getvalue() == ""
    assert "It is so. [1]" in err.getvalue()
    assert "magic" not in err.getvalue()
    assert "words so far" in err.getvalue()


def test_without_streaming_the_stages_alone_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    _, err = terminals(monkeypatch)
    listen(Telling(*STORY, Done(ANSWER)).tell(), stream=False, quiet=False)
    assert "It is so" not in err.getvalue()
    assert "writing" in err.getvalue()


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    _, err = terminals(monkeypatch)
    listen(Telling(*STORY, Done(ANSWER)).tell(), stream=False, quiet=True)
    assert err.getvalue() == ""


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ModelFailed("The model died.")])
def test_what_was_checked_stays_when_the_answer_breaks_off(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    telling = Telling(*STORY, error=error)
    with pytest.raises(type(error)):
        listen(telling.tell(), stream=True, quiet=False)
    assert telling.closed
    assert capsys.readouterr().out == "It is so. [1]\n"


def test_scripts_get_no_half_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ModelFailed):
        listen(Telling(*STORY, error=ModelFailed("x")).tell(), stream=False, quiet=True)
    assert capsys.readouterr().out == ""


def test_a_stream_without_an_end_is_an_error() -> None:
    with pytest.raises(NotebotError, match="before it was complete"):
        listen(Telling(*STORY).tell(), stream=False, quiet=True)


def test_the_answer_on_a_terminal_is_clickable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").touch()
    monkeypatch.setenv("COLUMNS", "120")
    out, _ = terminals(monkeypatch)
    show_answer(ANSWER, (tmp_path,))
    shown = out.getvalue()
    assert f"file://{tmp_path}/a.md" in shown
    assert shown.startswith("It is so. [1]\n\n[1] ")
    assert "Left out, because your notes do not carry it:\n- It is magic." in shown


def test_the_answer_elsewhere_is_plain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show_answer(ANSWER, (tmp_path,))
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "[1] a.md:3 > A\n    “so”" in shown


def test_the_last_line_says_who_answered() -> None:
    assert colophon(ANSWER) == "fake/model, partial, 1.5 s"


ADDED = replace(ANSWER, beyond="It began in 1990.")
OPEN = (*STORY, Settled(ANSWER), Stage("writing", "fake is adding"), Beyond(""), Beyond("It began in 1990."))


def test_the_answer_from_the_notes_is_seen_while_the_model_adds_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = terminals(monkeypatch)
    assert listen(Telling(*OPEN, Done(ADDED)).tell(), stream=True, quiet=False) is ADDED
    assert out.getvalue() == ""
    shown = err.getvalue()
    assert shown.index("[1] a.md:3") < shown.index("adding what is not from your notes")
    assert "1990" not in shown
    show_answer(ADDED, ())
    assert out.getvalue().index("[1] a.md:3") < out.getvalue().index("Not from your notes.") < out.getvalue().index("1990")


def test_an_addition_that_breaks_off_leaves_the_answer_from_the_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    out, _ = terminals(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        listen(Telling(*OPEN, error=KeyboardInterrupt()).tell(), stream=True, quiet=False)
    assert "It is so. [1]" in out.getvalue()
    assert "a.md:3" in out.getvalue()
    assert "1990" not in out.getvalue()
