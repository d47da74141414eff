"""Does what the notes say answer what was asked? A sentence can be true to the notes and still be no answer.

Two plain tests: what the question is about must be carried by the evidence, and a question for a number, a date or a
person must be answered with one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from notebot.answer.alignment import Evidence, carried_words, read_words
from notebot.answer.contradiction import numbers
from notebot.answer.grounding import window
from notebot.models.ports import SupportModel, TokenEmbedder
from notebot.retrieve.question import asks_for
from notebot.retrieve.vocabulary import WORD, content, stem
from notebot.types import Passage

# "How high is the rent?": no answer need say "high", as that of "How deep is the pool?" has to.
HOW_MUCH = re.compile(
    r"\bhow (big|large|high|low)\b(?=.{0,30}\b(?:bill|budget|charge|cost|deposit|fee|fine|price|rent|salary|tax|wage)s?\b)",
    re.I,
)
HOW_MANY = re.compile(r"\bhow (?:many|much|large|big|high|long|often|old|expensive)\b|\bwhat (?:number|percentage|share)\b", re.I)
HOW_OFTEN = re.compile(r"\bhow often\b", re.I)
OFTEN = re.compile(
    r"\b(?:every|each|once|twice|daily|nightly|hourly|weekly|fortnightly|monthly|quarterly|yearly|annually|always|never|"
    r"seldom|rarely|sometimes|usually|regularly|often)\b",
    re.I,
)
WHEN = re.compile(
    r"\bwhen (?:was|were|did|will)\b|\bwhen is\b(?!.*\b(?:use|used|useful|needed|appropriate|better|best|recommended)\b)|"
    r"\b(?:what|which) (?:year|date|month|day)\b|\bsince when\b",
    re.I,
)
WHO = re.compile(
    r"^\s*(?:and\s+)?(?:who|whose|whom)\b|\bby whom\b|\bwho (?:invented|made|created|founded|wrote|developed)\b", re.I
)
YES_OR_NO = re.compile(
    r"\s*(?:so\s+|and\s+)?(?:if|whether|is|are|was|were|do|does|did|can|could|will|would|should|must|has|have|had)\b"
    r"|.*,\s*(?:right|correct|isn['’]t it|no|yes)\?\s*$",
    re.I,
)
DATE = re.compile(
    r"\b(?:1[5-9]|20)\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday)\b|\b\d{1,2}[./:]\d{1,2}\b",
    re.I,
)
AMOUNT = re.compile(r"\b(?:multiple|several|many|few|none|all|single|both|expensive|cheap|dozens?|hundreds?|thousands?)\b", re.I)
NEIGHBOURS = 3  # sentences that are read together for an answer
PROSE = 15  # words a sentence, headings counted as one, from which a text is prose
# Of 53 questions that words refused on four collections, 3 of the 19 answerable have such a sentence; the others come to .39.
RELIABLE = 0.5
ENOUGH = 0.5  # of what the question is about must be in the evidence


@dataclass(frozen=True, slots=True)
class Answered:
    """How likely the passages answer a question, 0 to 1, and which sentence of which passage does.

    Where that passage is no `prose`, `probability` is not to be relied on: of notes in fragments the support model is no judge.
    """

    probability: float  # of the likeliest three sentences in a row
    prose: bool
    at: tuple[int, int] | None  # passage and sentence, the likeliest of the three; None where nothing was read
    alone: float  # of that sentence by itself

    @property
    def reliable(self) -> bool:
        """Whether the sentence can be relied on by itself, in whatever form the note is."""
        return self.alone >= RELIABLE


UNREAD = Answered(1.0, prose=False, at=None, alone=0.0)


@dataclass(frozen=True, slots=True)
class Focus:
    """The content words of a question, which of them each sentence of each passage carries, and whether that is an answer."""

    question: str
    words: tuple[str, ...]
    by_sentence: tuple[tuple[frozenset[str], ...], ...]  # passage, then sentence
    answered: Answered = UNREAD

    @property
    def missing(self) -> tuple[str, ...]:
        """The words that no passage carries."""
        carried = frozenset().union(*(words for passage in self.by_sentence for words in passage))
        return tuple(word for word in self.words if word not in carried)

    @property
    def enough(self) -> bool:
        """Whether the passages together speak of what is asked."""
        return len(self.words) - len(self.missing) >= ENOUGH * len(self.words)

    def share(self, passage: int, sentences: Iterable[int] | None = None) -> float:
        """The part of the words, 0 to 1, that a passage or some of its sentences carry; 1 for a question without any."""
        carried = self.by_sentence[passage]
        chosen = carried if sentences is None else [carried[number] for number in sentences]
        return len(frozenset().union(*chosen)) / len(self.words) if self.words else 1.0


def focus(question: str, evidence: Sequence[Evidence], tokens: TokenEmbedder) -> Focus:
    """What of the question each passage speaks about, word by word, as the support check sees words."""
    said = read_words(question, tokens)
    measure = {match[1].lower() for match in HOW_MUCH.finditer(question)}
    words = dict.fromkeys(word for word in said.content if word not in measure) or dict.fromkeys(said.content)
    carried = [[spoken & words.keys() for spoken in carried_words(said, item)] for item in evidence]
    return Focus(question, tuple(words), tuple(map(tuple, carried)))


def answered(question: str, evidence: Sequence[Evidence], support: SupportModel) -> Answered:
    """What the support model makes of every three sentences in a row of each passage, under its heading."""

    def read(rows: Sequence[tuple[int, Sequence[int]]]) -> list[float]:
        texts = [window([(number, *evidence[number].sentences[unit]) for unit in units], evidence, 0) for number, units in rows]
        return support.carried([(question, text) for text in texts])

    rows = [
        (number, range(first, min(first + NEIGHBOURS, len(item.sentences))))
        for number, item in enumerate(evidence)
        for first in range(max(1, len(item.sentences) - NEIGHBOURS + 1))
        if item.sentences
    ]
    if not rows:
        return UNREAD
    found = read(rows)
    best = found.index(max(found))
    number, units = rows[best]
    alone = read([(number, [unit]) for unit in units])
    likeliest = alone.index(max(alone))
    return Answered(found[best], prose=_is_prose(evidence[number]), at=(number, units[likeliest]), alone=alone[likeliest])


def _is_prose(item: Evidence) -> bool:
    sizes = [len(item.text[start:end].split()) for start, end in item.sentences]
    return bool(sizes) and sum(sizes) >= PROSE * len(sizes)


def fits(question: str, texts: Sequence[str]) -> bool:
    """Whether one of the texts holds the kind of thing that was asked for. True for questions of no special kind."""
    if HOW_OFTEN.search(question) and any(map(OFTEN.search, texts)):
        return True
    if HOW_MANY.search(question):
        return any(numbers(text) or AMOUNT.search(text) for text in texts)
    if WHEN.search(question):
        return any(DATE.search(text) for text in texts)
    if WHO.search(question):
        asked = {stem(word) for word in WORD.findall(question)}
        return any(_names(text, asked) for text in texts)
    return True


def _names(text: str, asked: set[str]) -> bool:
    """Two words in a row that are written as names and are not in the question."""
    words = [match.group() for match in WORD.finditer(text)]
    named = [word[0].isupper() and not word.isupper() and stem(word) not in asked for word in words]
    return any(first and second for first, second in pairwise(named))


def topic_stub(question: str, passages: Sequence[Passage]) -> Passage | None:
    """The stub whose heading names what the question is about, if one was found."""
    stubs = (passage for passage in passages if passage.chunk.stub and passage.chunk.heading)
    return next((stub for stub in stubs if asks_for(question, stub.chunk.heading[-1])), None)


def all_named(about: Focus, passages: Sequence[Passage]) -> bool:
    """Whether the passages have each word of what is asked, as a word and not only something near to it."""
    return _has_all(" ".join(passage.chunk.indexed_text for passage in passages), about)


def headed(about: Focus, passages: Sequence[Passage]) -> bool:
    """Whether one of the passages stands under a heading that has each word of what is asked."""
    return bool(about.words) and any(_has_all(" ".join(passage.chunk.heading), about) for passage in passages)


def _has_all(text: str, about: Focus) -> bool:
    there = set(content(text))
    return all(stem(word) in there for word in about.words)


def mentions(passage: Passage, heading: str) -> bool:
    """Whether the passage itself speaks of what a heading names."""
    return set(content(heading)) <= set(content(passage.chunk.text))
