"""A person at a terminal: waits for what is asked, then types, as often as it takes."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

# The program gets the terminal as its own, so that Ctrl-C reaches it by way of the system, as from a keyboard.
_START = "import os, sys; os.login_tty(0); os.execv(sys.executable, [sys.executable, '-m', 'notebot', *sys.argv[1:]])"
PATIENCE = 60.0  # seconds until something has to be shown
CTRL_C, CTRL_D = b"\x03", b"\x04"


class Terminal:
    """A program on a terminal, from this side of the screen."""

    def __init__(self, child: subprocess.Popen[bytes], ours: int) -> None:
        self.child, self.shown = child, ""
        self._ours, self._read = ours, 0

    def sees(self, text: str) -> None:
        """Wait until `text` is shown behind what was seen before."""
        until = time.monotonic() + PATIENCE
        while text not in self.shown[self._read :]:
            assert self._more(until - time.monotonic()), f"never shown: {text!r}\n{self.shown}"
        self._read = self.shown.index(text, self._read) + len(text)

    def types(self, text: str | bytes) -> None:
        """Type a line, or keys as they are."""
        os.write(self._ours, text if isinstance(text, bytes) else f"{text}\n".encode())

    def interrupts(self, text: str) -> None:
        """Press Ctrl-C until `text` is shown, as people do: between a prompt and the wait for a key, Python does not hear it."""
        for _ in range(5):
            self.types(CTRL_C)
            until = time.monotonic() + 3
            while text not in self.shown[self._read :] and self._more(until - time.monotonic()):
                pass
            if text in self.shown[self._read :]:
                break
        self.sees(text)

    def leaves(self) -> int:
        """The exit code, once the program has left."""
        until = time.monotonic() + PATIENCE
        while self._more(until - time.monotonic()):
            pass
        return self.child.wait(timeout=PATIENCE)

    def _more(self, seconds: float) -> bool:
        """Whether something more was shown."""
        if seconds <= 0 or not select.select([self._ours], [], [], seconds)[0]:
            return False
        piece = b""
        with suppress(OSError):  # Linux reports the end of a terminal as an error
            piece = os.read(self._ours, 65_536)
        self.shown += piece.decode("utf-8", "replace")
        return bool(piece)


@contextmanager
def terminal(folder: Path, variables: Mapping[str, str], *arguments: str) -> Iterator[Terminal]:
    """`notebot` with these arguments, in a folder; ended with the test, however that ends."""
    ours, theirs = pty.openpty()
    environment = {**variables, "TERM": "xterm-256color", "COLUMNS": "100"}
    child = subprocess.Popen(
        [sys.executable, "-c", _START, *arguments], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    try:
        yield Terminal(child, ours)
    finally:
        child.kill()
        child.wait()
        os.close(ours)
