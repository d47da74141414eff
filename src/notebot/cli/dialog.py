"""Questions to a person at a terminal, one after the other: a key, a line, and how such a dialog ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from notebot.cli.screen import say


def key_of(prompt: str, keys: Sequence[str]) -> str:
    """The first letter of what is typed, in small letters, once it is one of `keys`. Raises EOFError at the end (Ctrl-D)."""
    while True:
        key = line_of(prompt).strip().lower()[:1]
        if key and key in keys:
            return key
        if key:
            say(f"There is no key for that. Type {', '.join(keys[:-1])} or {keys[-1]}, then Enter.")


def line_of(prompt: str) -> str:
    """A line as typed, which the arrow keys edit. Raises EOFError at the end (Ctrl-D)."""
    with suppress(ImportError):  # Windows edits lines itself
        import readline  # noqa: F401  input() uses it once it is imported
    return input(prompt)


@contextmanager
def kept(words: str) -> Iterator[None]:
    """Around a dialog that writes each answer before the next question.

    Its end (Ctrl-D) is like leaving it; an interrupt leaves with 130, and `words` after it.
    """
    try:
        yield
    except EOFError:
        say("")  # the cursor still stands behind the prompt
    except KeyboardInterrupt:
        say("")
        raise KeyboardInterrupt(words) from None
