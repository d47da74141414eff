"""Drafts of questions that the notes do not answer, though they look as if they might. Pure.

near-miss   a property of a topic that the notes know, and that none of them gives: who made it, when, what it costs
held-out    a topic of one note, asked only of another one that says nothing of it
stub        a heading with nothing under it
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from notebot.answer.relevance import DATE, fits
from notebot.evals.drafts import Draft, Kind, place, topic_of
from notebot.retrieve.filters import written
from notebot.retrieve.vocabulary import content
from notebot.types import Chunk, Filters

# What can be asked of nearly anything, and the stems of words that would be near an answer.
PROPERTIES: tuple[tuple[str, str], ...] = (
    ("Who first described {topic}?", "invented inventor author created creator founded founder introduced described proposed"),
    ("How much does {topic} cost a month?", "cost price pricing expensive cheap free paid month"),
    ("Which book explains {topic} best?", "book chapter textbook author"),
    ("In which year did people begin with {topic}?", "year begin began history origin since first"),
    ("How many hours does it take to learn {topic}?", "learn hour course training"),
    ("Which company is best known for {topic}?", "company vendor owned maintained famous"),
)


LONGEST_TOPIC = 3  # words of what a property is asked of; a longer heading is mostly no thing


@dataclass(frozen=True, slots=True)
class Topic:
    """What a note is about by one of its headings, with the chunk under it."""

    name: str
    chunk: Chunk

    @property
    def words(self) -> frozenset[str]:
        return frozenset(content(self.name))


@dataclass(frozen=True, slots=True)
class Known:
    """The collection, as far as it matters here: each chunk with the stems of its words, those of its heading among them."""

    chunks: tuple[Chunk, ...]
    stems: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, chunks: Sequence[Chunk]) -> Known:
        return cls(tuple(chunks), tuple(frozenset(content(chunk.indexed_text)) for chunk in chunks))

    def speaking_of(self, stems: frozenset[str]) -> list[Chunk]:
        """The chunks that have all of these."""
        return [chunk for chunk, own in zip(self.chunks, self.stems, strict=True) if stems <= own]

    def note_without(self, stems: frozenset[str], but: str, random: Random) -> str:
        """A note other than `but` of which no chunk has any of these stems; empty if there is none."""
        said: dict[str, set[str]] = {}
        for chunk, own in zip(self.chunks, self.stems, strict=True):
            if chunk.page is None:
                said.setdefault(chunk.source, set()).update(own)
        fit = sorted(source for source, own in said.items() if source != but and stems.isdisjoint(own))
        return random.choice(fit) if fit else ""


def near_misses(known: Known) -> Iterator[Draft]:
    """For each topic one property that nothing which speaks of it gives, the properties in turn."""
    turn = 0
    for topic in _topics(known, stub=False):
        if len(topic.name.split()) > LONGEST_TOPIC:
            continue
        texts = [chunk.indexed_text for chunk in known.speaking_of(topic.words)]
        for step in range(len(PROPERTIES)):
            form, near = PROPERTIES[(turn + step) % len(PROPERTIES)]
            question = form.format(topic=topic.name)
            if not _given(question, near, texts):
                turn += step + 1
                yield _silent("near-miss", question, topic.chunk)
                break


def held_out(known: Known, random: Random) -> Iterator[Draft]:
    """For each topic the question about it, narrowed to a note that does not speak of it."""
    for topic in _topics(known, stub=False):
        other = known.note_without(topic.words, topic.chunk.source, random)
        if other and '"' not in other:
            yield _silent("held-out", f"What do my notes say about {topic.name}? {written(Filters(paths=(other,)))}", topic.chunk)


def stubs(known: Known) -> Iterator[Draft]:
    """For each heading with nothing under it, unless some passage speaks of it all the same."""
    for topic in _topics(known, stub=True):
        if not any(not chunk.stub for chunk in known.speaking_of(topic.words)):
            yield _silent("stub", f"What do my notes say about {topic.name}?", topic.chunk)


def _topics(known: Known, *, stub: bool) -> list[Topic]:
    """Headings that can be asked for, each once, in the order of the notes."""
    found: dict[str, Topic] = {}
    for chunk in known.chunks:
        name = topic_of(chunk)
        if chunk.page is None and chunk.stub == stub and name and content(name) and not re.search(r"\d", name):
            found.setdefault(name.casefold(), Topic(name, chunk))
    return list(found.values())


def _given(question: str, near: str, texts: Sequence[str]) -> bool:
    """Whether a text may hold an answer: a word near to one, or the kind of thing that is asked for."""
    stems = set(content(near))
    if any(stems & set(content(text)) for text in texts):
        return True
    if "which year" in question:
        return any(DATE.search(text) for text in texts)
    return question.startswith(("Who", "How")) and fits(question, texts)


def _silent(kind: Kind, question: str, chunk: Chunk) -> Draft:
    gold = (place(chunk),) if kind == "stub" else ()
    return Draft(question, kind, chunk.source, gold, chunk.indexed_text, answerable=False, chunk_id=chunk.id)
