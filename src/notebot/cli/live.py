"""An answer on its way: stages and checked sentences on standard error while a person waits, gone when the answer is there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from notebot import render
from notebot.cli.screen import file_links, is_terminal, show, show_linked
from notebot.errors import NotebotError
from notebot.events import Beyond, Checked, Done, Draft, Event, Settled, Stage
from notebot.types import Answer, Sentence

if TYPE_CHECKING:
    from rich.live import Live


def listen(events: Iterator[Event], *, stream: bool, quiet: bool) -> Answer:
    """Follow the events of one question to its answer. However this ends, the model is stopped.

    With `stream`, where a person watches, a sentence is shown as soon as it has been checked and is carried by the notes,
    never before. If the answer breaks off, those sentences are left on standard output, or the settled answer, once it is
    there. `quiet` shows nothing.
    """
    heard: list[Sentence] = []
    standing = ""
    words = 0
    try:
        with _closed(events), Waiting(on=not quiet and is_terminal(sys.stderr)) as waiting:
            for event in events:
                match event:
                    case Stage():
                        waiting.update(standing, f"{event.detail} …")
                    case Draft():
                        words += len(event.text.split())
                        waiting.update(standing, f"writing and checking, {words} words so far …")
                    case Checked(sentence) if sentence.supported:
                        heard.append(sentence)
                        standing = _joined(heard) if stream else ""
                    case Settled(answer):
                        standing = render.answer_text(answer) if stream else ""
                    case Beyond():
                        waiting.update(standing, "adding what is not from your notes …")
                    case Done(answer):
                        return answer
    except BaseException:
        if standing:
            show_linked(standing, {})
        raise
    raise NotebotError("The answer ended before it was complete. Ask again.")


def show_answer(answer: Answer, folders: tuple[Path, ...]) -> None:
    """The answer and its places on standard output; clickable on a terminal, plain text elsewhere."""
    if not is_terminal(sys.stdout):
        show(render.answer_text(answer))
        return
    show_linked(render.body_text(answer), {})
    for note in render.footnotes(answer.sentences, answer.passages):
        if note.number == 1:
            show()
        at = note.place
        place = render.place_text(at.source, at.first_line, at.last_line, unit=at.unit)
        show_linked(f"{render.footnote_line(note)}\n    {render.quoted(note)}", file_links({place: at.source}, folders))
    for below in filter(None, [render.remarks(answer), render.beyond_text(answer)]):
        show_linked(f"\n{below}", {})


def colophon(answer: Answer) -> str:
    """Who answered, how it ended, and how long it took."""
    seconds = answer.timings.get("total", sum(answer.timings.values()))
    return f"{render.one_line(answer.model) or 'no model was needed'}, {answer.status.replace('_', ' ')}, {seconds:.1f} s"


class Waiting:
    """The lines that stand on the terminal until the answer does: what has been checked so far, and what is going on."""

    def __init__(self, *, on: bool) -> None:
        self._live: Live | None = None
        if on:
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True, highlight=False), transient=True, auto_refresh=False)

    def update(self, standing: str, doing: str) -> None:
        """Replace what stands there."""
        if self._live is not None:
            from rich.text import Text

            text = Text.assemble(f"{standing}\n" if standing else "", (render.one_line(doing), "dim"))
            self._live.update(text, refresh=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()


def _joined(heard: list[Sentence]) -> str:
    return " ".join(render.sentence_text(sentence, heard[:number]) for number, sentence in enumerate(heard))


@contextmanager
def _closed(events: Iterator[Event]) -> Iterator[None]:
    """Close a generator at the end; what is none has nothing to stop."""
    try:
        yield
    finally:
        if close := getattr(events, "close", None):
            close()
