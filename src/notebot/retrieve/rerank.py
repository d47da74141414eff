"""Candidates -> the same, by how the question's words stand in them: together in a sentence, in its order, in the heading."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from notebot.index.catalog import Hit
from notebot.retrieve.question import search_words
from notebot.retrieve.ranking import Ranked
from notebot.retrieve.vocabulary import stem, words
from notebot.types import Chunk

RERANKED = 20  # candidates that are looked at again; the right one is among them for .994 of SQuAD's questions

# What each of four shares counts: rounded from weights learned on SQuAD and til at once (eval/train/ranking.py learns them anew).
FUSED = 0.30
SENTENCE = 0.28
ORDER = 0.27
HEADING = 0.15

ALIKE = 5  # letters with which two words begin that are probably of one family: `populated`, `population`
HALF = 0.5  # what such a word counts

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of one candidate, each from 0 to 1.

    fused: by words and vectors. sentence: share of the question's words, the rare ones weighing more, that its best sentence
    and its heading have. order: share of the pairs of neighbouring words of the question that are neighbours there. heading:
    share of the question's words that the heading has.
    """

    fused: float
    sentence: float
    order: float
    heading: float

    @property
    def score(self) -> float:
        return FUSED * self.fused + SENTENCE * self.sentence + ORDER * self.order + HEADING * self.heading


def rerank(question: str, ranked: Sequence[Ranked]) -> list[Ranked]:
    """The same passages with scores from 0 to 1, best first, ties by id. Only the first RERANKED can gain on each other."""
    first = [
        (Hit(hit.chunk_id, found.score), chunk) for (hit, chunk), found in zip(ranked, signals(question, ranked), strict=False)
    ]
    rest = [(Hit(hit.chunk_id, FUSED * hit.score), chunk) for hit, chunk in ranked[RERANKED:]]
    return sorted(first + rest, key=lambda at: (-at[0].score, at[0].chunk_id))


def signals(question: str, ranked: Sequence[Ranked]) -> list[Signals]:
    """What speaks for each of the first RERANKED of `ranked`, in their order."""
    candidates = [_read(chunk) for _, chunk in ranked[:RERANKED]]
    asked = dict.fromkeys(map(stem, search_words(question)))
    weights = _weights(asked, candidates)
    said = list(map(stem, words(question)))
    pairs = set(pairwise(said))
    return [
        Signals(
            hit.score,
            max(_share(weights, parts) for parts in candidate.sentences),
            len(pairs & candidate.pairs) / max(1, len(pairs)),
            _share(weights, candidate.heading),
        )
        for (hit, _), candidate in zip(ranked, candidates, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class _Words:
    """Some words, and the letters that they begin with."""

    whole: frozenset[str]
    begun: frozenset[str]

    @classmethod
    def of(cls, stems: Iterable[str]) -> _Words:
        whole = frozenset(stems)
        return cls(whole, frozenset(word[:ALIKE] for word in whole if len(word) >= ALIKE))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A chunk as stems: its heading path, each of its sentences with that path, and which stem follows which."""

    heading: _Words
    sentences: tuple[_Words, ...]
    pairs: frozenset[tuple[str, str]]


def _read(chunk: Chunk) -> _Candidate:
    path, _, body = chunk.indexed_text.partition("\n")
    heading = list(map(stem, words(path)))
    sentences = [list(map(stem, words(sentence))) for sentence in _SENTENCE_END.split(body)]
    text = [word for sentence in sentences for word in sentence]
    pairs = frozenset([*pairwise(heading), *pairwise(text)])
    return _Candidate(_Words.of(heading), tuple(_Words.of([*heading, *sentence]) for sentence in sentences), pairs)


def _weights(asked: Iterable[str], candidates: Sequence[_Candidate]) -> Mapping[str, float]:
    """The weight of each word asked for: the fewer candidates have it, the more it tells them apart. They add up to 1."""
    counts = Counter(word for candidate in candidates for word in frozenset().union(*(s.whole for s in candidate.sentences)))
    total = len(candidates)
    weights = {word: math.log(1 + (total - counts[word] + 0.5) / (counts[word] + 0.5)) for word in asked}
    whole = sum(weights.values())
    return {word: weight / whole for word, weight in weights.items()}


def _share(weights: Mapping[str, float], there: _Words) -> float:
    return sum(
        weight if word in there.whole else HALF * weight if len(word) >= ALIKE and word[:ALIKE] in there.begun else 0.0
        for word, weight in weights.items()
    )
