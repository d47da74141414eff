"""Example questions, drawn from the headings under which the notes say something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from notebot.types import Chunk

LONGEST = 6  # words of a heading that still reads well inside a question


def examples(headings: Iterable[tuple[str, tuple[str, ...], bool]], count: int) -> list[str]:
    """At most `count` questions, spread over the notes. `headings` are (source, heading path, stub) in the order of the notes."""
    topics = [path[-1] for _, path, stub in headings if not stub and _reads_well(path[-1])]
    topics = list(dict.fromkeys(topics))
    step = max(1, len(topics) // count) if count else 1
    return [_question(topic) for topic in topics[::step][:count]]


def follow_ups(notes: Sequence[Sequence[Chunk]], cited: Iterable[str], asked: Iterable[str], count: int) -> list[str]:
    """At most `count` questions about what stands nearest to the passages with the ids `cited`, the nearest first.

    `notes` are the chunks of each cited note, in its order; a heading counts as far away as there are headings between. No
    heading comes back that is cited, has nothing under it, or was named in one of the questions `asked`.
    """
    cited, said = set(cited), [question.casefold() for question in asked]
    near: dict[str, int] = {}
    for chunks in notes:
        paths = list(dict.fromkeys(chunk.heading for chunk in chunks if chunk.heading))
        written = {chunk.heading for chunk in chunks if not chunk.stub}
        here = {chunk.heading for chunk in chunks if chunk.id in cited}
        places = [at for at, path in enumerate(paths) if path in here]
        for at, path in enumerate(paths):
            if places and path in written and path not in here and _reads_well(path[-1]):
                distance = min(abs(at - place) for place in places)
                near[path[-1]] = min(distance, near.get(path[-1], distance))
    fresh = [topic for topic in near if not any(topic.casefold() in question for question in said)]
    return [_question(topic) for topic in sorted(fresh, key=lambda topic: near[topic])[:count]]


def _reads_well(topic: str) -> bool:
    return ":" not in topic and len(topic.split()) <= LONGEST


def _question(topic: str) -> str:
    return f"What do my notes say about {topic}?"
