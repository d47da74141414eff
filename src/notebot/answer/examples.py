"""Example questions, drawn from the headings under which the notes say something."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 6  # words of a heading that still reads well inside a question


def examples(headings: Iterable[tuple[str, tuple[str, ...], bool]], count: int) -> list[str]:
    """At most `count` questions, spread over the notes. `headings` are (source, heading path, stub) in the order of the notes."""
    topics = [path[-1] for _, path, stub in headings if not stub and ":" not in path[-1] and len(path[-1].split()) <= LONGEST]
    topics = list(dict.fromkeys(topics))
    step = max(1, len(topics) // count) if count else 1
    return [f"What do my notes say about {topic}?" for topic in topics[::step][:count]]
