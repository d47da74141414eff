"""A claim aligned with evidence, word by word: which sentences carry which of its words, and how well.

The vectors of a word's tokens in context are compared with those of every token of a sentence, and the word counts as far
as its best match does; a word that stands there itself counts in full, a number only if it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notebot.answer.contradiction import MERE_COUNTING, number_spans, numbers
from notebot.answer.sentences import sentence_spans
from notebot.answer.statements import calendar, is_of_a_row
from notebot.models.ports import TokenEmbedder, TokenVectors
from notebot.retrieve.vocabulary import WORD, content, is_content, stem

SPOKEN_OF = 0.4  # one word of a question is spoken of; "founded" and "licence" stay below where no note says either
ELSEWHERE = 0.5  # the most that a word counts in one sentence when it stands, literally, in another
NAME = 0.4  # the most that a name counts when it stands nowhere in the evidence
EXACT = 0.3  # the most that a month, a day of the week or a label with a digit (E9) counts where it does not stand itself
PART = re.compile(r"[^\W_]+")  # a word inside an address
ADDRESS = re.compile(r"<?\w+://\S+")
# An address, with no more than words that lead to it.
POINTER = re.compile(
    r"\W*(?:[^\W\d][\w ]{0,40}\bsays? )?"
    r"(?:(?:see|read|visit|more|also|here|this|the|at|on|and|page|link|source|details|info)\b\W+)*<?\w+://\S+",
    re.I,
)
RULE = re.compile(r"[ \t]*\r?\n[ \t]*\|?[ \t]*:?-[-:| \t]*(?:\r?\n|$)")  # the line under the head of a table
MOST_SPANS = 3  # a claim pieced together from more sentences than this is not a claim that the notes make
GAIN = 0.06  # what another sentence of the same passage must add to be worth citing
GAIN_ELSEWHERE = 0.15  # and of another passage: stitching passages together is how words are put into the notes' mouth


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage, made ready once for many claims: its sentences and its token vectors."""

    text: str
    sentences: tuple[tuple[int, int], ...]
    tokens: TokenVectors

    @property
    def heading(self) -> str:
        """The heading that the passage begins with, without its mark; empty if it begins with none."""
        return self.text.partition("\n")[0].lstrip("# ").rstrip() if self.text.startswith("#") else ""

    @property
    def bare_heading(self) -> str:
        """That heading, if it only names what the text under it is about; empty if it says something, or stands alone."""
        first = self.text[slice(*self.sentences[0])] if len(self.sentences) > 1 else ""
        return first if first == self.heading and ":" not in first else ""


def table_heads(item: Evidence) -> dict[int, int]:
    """For every row of a table among the sentences, the sentence that is its head: what says what the row's cells are."""
    found: dict[int, int] = {}
    head = None
    for unit, (start, end) in enumerate(item.sentences):
        row = item.text[start:end].startswith("|")
        joined = unit > 0 and not item.text[item.sentences[unit - 1][1] : start].strip("|-: \t\r\n")
        if row and head is not None and joined:
            found[unit] = head
        else:
            head = unit if row and RULE.match(item.text, end) else None
    return found


def prepare(texts: Sequence[str], tokens: TokenEmbedder, *, addresses: bool = False) -> list[Evidence]:
    """Passages made ready for `check`: this is the costly part, so do it once a question.

    A line that only leads to a web address says nothing, and is no sentence unless `addresses` are asked for.
    """
    return [
        Evidence(text, tuple(s for s in sentence_spans(text) if addresses or not POINTER.fullmatch(text, *s)), vectors)
        for text, vectors in zip(texts, tokens.token_vectors(texts), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a claim lies on the evidence.

    `units` are the sentences that it rests on, in order, each as passage, start and end; `best` says how well they carry each
    of the claim's words, and `score` how well they carry it as a whole.
    """

    words: Words
    units: tuple[tuple[int, int, int], ...]
    best: NDArray[np.float32]
    score: float


def align(claim: str, evidence: Sequence[Evidence], tokens: TokenEmbedder) -> Alignment | None:
    """The fewest sentences that carry the most of the claim; None where there is nothing to carry, or nothing that could."""
    said = read_words(claim, tokens)
    units = [(number, start, end) for number, item in enumerate(evidence) for start, end in item.sentences]
    if not said.weights.any() or not units:
        return None
    grid = _word_matches(said, evidence)
    named = [_names(claim, item) for item in evidence]
    chosen = _fewest_units(grid, said.weights, [(number, named[number]) for number, _, _ in units])
    best = grid[:, chosen].max(axis=1)
    return Alignment(said, tuple(sorted(units[unit] for unit in chosen)), best, float(np.average(best, weights=said.weights)))


def carried_words(said: Words, item: Evidence) -> list[frozenset[str]]:
    """For every sentence of one passage, the content words of a question that it speaks of; a table's row with its head."""
    if not said.texts or not item.sentences:
        return [frozenset()] * len(item.sentences)
    grid, heads = _word_matches(said, [item]), table_heads(item)
    for head in set(heads.values()):  # its rows are alternatives: where one says "oak", that of beech, however near, does not
        rows = [head, *(unit for unit in heads if heads[unit] == head)]
        literal = grid[:, rows] >= 1
        grid[:, rows] = np.where(literal.any(axis=1, keepdims=True) & ~literal, 0, grid[:, rows])
    alone = [
        frozenset(word for word, there, weight in zip(said.texts, column, said.weights, strict=True) if there and weight >= 1)
        for column in (grid >= SPOKEN_OF).T
    ]
    return [words | alone[heads[unit]] if unit in heads else words for unit, words in enumerate(alone)]


# --- words --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """A text by its words, as the check compares them."""

    texts: tuple[str, ...]
    weights: NDArray[np.float32]  # 1 for a word with content, little for the others
    values: tuple[float | None, ...]  # of a word that is a number or part of one: carried by nothing but the same value
    names: tuple[bool, ...]  # written like a name: `GPT`, `ResNet-50`, `os.path`; a capital at the start does not count
    exact: tuple[bool, ...]  # one of a row (March, Monday, E9): its neighbours look alike and are something else
    pieces: tuple[NDArray[np.float32], ...]  # unit vectors of each word's tokens

    @property
    def content(self) -> tuple[str, ...]:
        return tuple(word for word, weight in zip(self.texts, self.weights, strict=True) if weight >= 1)


def read_words(claim: str, tokens: TokenEmbedder) -> Words:
    """The words of a text with their token vectors in context."""
    vectors = tokens.token_vectors([claim])[0]
    counted = [span for span in number_spans(claim) if claim[span[0] : span[1]].lower() not in MERE_COUNTING]
    texts, weights, values, names, exact, pieces = [], [], [], [], [], []
    for match in WORD.finditer(claim):
        inside = (vectors.offsets[:, 0] >= match.start()) & (vectors.offsets[:, 1] <= match.end())
        if inside.any():
            word = match.group()
            texts.append(word)
            values.append(next((value for start, end, value in counted if start <= match.start() < end), None))
            weights.append(1.0 if is_content(word) or values[-1] is not None else 0.1)
            inner = any(char.isupper() or char.isdigit() or char in "._+#" for char in word[1:])
            names.append(inner or (match.start() > 0 and word[0].isupper()))
            exact.append(is_of_a_row(word))
            pieces.append(vectors.vectors[inside])
    weighed = np.array(weights, dtype=np.float32)
    return Words(tuple(texts), weighed, tuple(values), tuple(names), tuple(exact), tuple(pieces))


def _word_matches(said: Words, evidence: Sequence[Evidence]) -> NDArray[np.float32]:
    """For every word of the claim and every sentence of the evidence: how well the sentence carries the word, 0 to 1.

    A word that stands in the evidence itself is carried by the sentences that hold it; a name that does not is hardly
    carried by any, for names of the same kind have much the same vectors, and one of a row (March, E9) even less.
    """
    alike, literal = [], []
    for item in evidence:
        offsets = item.tokens.offsets
        matches = [pieces @ item.tokens.vectors.T for pieces in said.pieces]
        for start, end in item.sentences:
            inside = (offsets[:, 0] >= start) & (offsets[:, 1] <= end)
            alike.append([float(match[:, inside].max(axis=1).mean()) if inside.any() else 0.0 for match in matches])
            sentence = item.text[start:end]
            stems = _stems(sentence)
            there, days = numbers(sentence), calendar(sentence)
            literal.append(
                [
                    stem(word) in stems or _spelled_out(word, sentence) or bool(exact and calendar(word) & days)
                    if value is None
                    else value in there
                    for word, value, exact in zip(said.texts, said.values, said.exact, strict=True)
                ]
            )
    grid, found = np.array(alike, dtype=np.float32).T, np.array(literal).T
    kinds = zip(said.values, said.names, said.exact, strict=True)
    alone = [0.0 if value is not None else EXACT if exact else NAME if named else 1.0 for value, named, exact in kinds]
    limit = np.where(found.any(axis=1), np.minimum(ELSEWHERE, alone), alone)
    return np.where(found, np.float32(1.0), np.clip(grid, 0, limit[:, None])).astype(np.float32)


def _stems(sentence: str) -> set[str]:
    """The stems of a sentence; `CV/NLP` gives both of its parts as well, an address all of its."""
    found = (PART if ADDRESS.match(sentence) else WORD).findall(sentence)
    return {stem(part) for word in found for part in (word, *word.split("/")) if part}


def _spelled_out(word: str, sentence: str) -> bool:
    """Whether an abbreviation of capitals stands in the sentence as the words it is made of."""
    if not (word.isupper() and word.isalpha() and 2 <= len(word) <= 6):
        return False
    initials = "".join(match.group()[0] for match in WORD.finditer(sentence)).upper()
    return word in initials


def _fewest_units(grid: NDArray[np.float32], weights: NDArray[np.float32], passages: Sequence[tuple[int, bool]]) -> list[int]:
    """The sentences that together carry the most, taken greedily while each one still adds enough.

    `passages` says for each sentence which passage it stands in, and whether the claim names what that is
    about: a claim is put together from several passages only if it names the topics of all of them.
    """
    chosen: list[int] = []
    carried = np.zeros(len(weights), dtype=np.float32)
    total = float(weights.sum())
    while len(chosen) < MOST_SPANS:
        gains = (np.maximum(grid, carried[:, None]) - carried[:, None]).T @ weights / total
        if chosen:
            here = {passages[unit][0] for unit in chosen}
            joined = all(passages[unit][1] for unit in chosen)
            least = {True: GAIN_ELSEWHERE, False: np.inf}
            gains[gains < [GAIN if number in here else least[joined and named] for number, named in passages]] = 0
        unit = int(gains.argmax())
        if chosen and gains[unit] <= 0:
            break
        chosen.append(unit)
        carried = np.maximum(carried, grid[:, unit])
    return chosen


def _names(claim: str, item: Evidence) -> bool:
    """Whether the claim names what the passage is about, or cannot, since the passage has no heading."""
    return set(content(item.heading)) <= set(content(claim))
