"""What a thinking model says aloud: its text, as it streams in, without the thoughts that it marks in it."""

from __future__ import annotations

import re

from notebot.models.ports import UNSAID

# How thoughts begin and end, by family of models; most servers take them out, not all of them do.
THOUGHTS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "[THINK]": "[/THINK]",
    "◁think▷": "◁/think▷",
}
MARK = re.compile("|".join(map(re.escape, [*THOUGHTS, *THOUGHTS.values()])), re.IGNORECASE)
MARKS = tuple(mark.lower() for mark in (*THOUGHTS, *THOUGHTS.values()))
ENDS = {begin.lower(): end.lower() for begin, end in THOUGHTS.items()}


class Speech:
    """Takes pieces of a model's text, gives back what it says aloud.

    A mark may be split across pieces, so the tail that could begin one is held back until it is clear. A thought that never
    ends is never shown. White space after a thought belongs to the thought. `thought` says whether there was any.
    """

    def __init__(self) -> None:
        self._held = ""
        self._awaited = ""  # the mark that ends the thought it is in; empty outside of thoughts
        self._after_thought = False
        self._spoken = False
        self.thought = False

    def hear(self, piece: str) -> list[str]:
        """What may be shown now, often nothing. UNSAID among it: the end of a thought whose beginning was not marked."""
        self._held += piece
        said: list[str] = []
        while mark := MARK.search(self._held):
            self._say(self._held[: mark.start()], said)
            self._held = self._held[mark.end() :]
            self._pass(mark.group().lower(), said)
        kept = _beginning_of_a_mark(self._held)
        clear, self._held = self._held[: len(self._held) - kept], self._held[len(self._held) - kept :]
        self._say(clear, said)
        return said

    def end(self) -> list[str]:
        """What is still held back, once no more will come."""
        rest, self._held = self._held, ""
        said: list[str] = []
        self._say(rest, said)
        return said

    def _pass(self, mark: str, said: list[str]) -> None:
        if self._awaited:  # inside a thought nothing counts but its end
            if mark != self._awaited:
                return
            self._awaited = ""
        elif mark in ENDS:
            self._awaited = ENDS[mark]
        elif self._spoken:
            said.append(UNSAID)
            self._spoken = False
        self._after_thought = self.thought = True

    def _say(self, text: str, said: list[str]) -> None:
        if self._awaited:
            return
        if self._after_thought:
            text = text.lstrip()
            self._after_thought = not text
        if text:
            self._spoken = True
            said.append(text)


def _beginning_of_a_mark(text: str) -> int:
    """How many characters at the end of `text` could be the beginning of a mark."""
    tail = text.lower()
    return max(
        (size for mark in MARKS for size in range(1, min(len(mark), len(tail) + 1)) if tail.endswith(mark[:size])), default=0
    )
