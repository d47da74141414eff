"""Slips of the pen in a question -> the words of the notes that were meant."""

from __future__ import annotations

import re
from collections.abc import Callable

from notebot.index.terms import Terms
from notebot.retrieve.vocabulary import ASKING_WORDS, CLASS_WORDS, STOP_WORDS, WORD, words

KNOWN = STOP_WORDS | ASKING_WORDS | CLASS_WORDS
# What is meant as it is written: "a phrase", path:notes/a.md, -word, and whatever has more in it than letters.
MEANT = re.compile(r"\"[^\"]*\"|“[^”]*”|`[^`]*`|(?<!\S)-?\w[\w-]*:\S+|(?<!\S)-\w\S*|\w+://\S+")
LETTERS = re.compile(r"[^\W\d_]+(?:['’]s)?")
SHORTEST = 4  # letters; in a shorter word every slip makes another word
TWO_SLIPS = 8  # letters from which a word may have two
ENDING = 6  # letters that a stem may lack of the word: `engin` of engineering
LOOKED_AT = 12  # terms, the likeliest first, whose words are read in the notes
PASSAGES = 8


def mended(question: str, terms: Terms, ordinary: Callable[[str], bool]) -> str:
    """The question with each misspelt word replaced by the word of the notes that is nearest to it.

    A word is left alone if the notes have it in any form, if `ordinary` says that the language does, or if it is short, a
    name in capitals, an identifier, a number or in quotation marks.
    """
    return outside(MEANT, question, lambda part: WORD.sub(lambda match: _mended_word(match, terms, ordinary), part))


def outside(pattern: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """The text with everything changed but what the pattern matches."""
    parts, at = [], 0
    for match in pattern.finditer(text):
        parts += [change(text[at : match.start()]), match.group()]
        at = match.end()
    return "".join([*parts, change(text[at:])])


def _mended_word(match: re.Match[str], terms: Terms, ordinary: Callable[[str], bool]) -> str:
    written = match.group()
    if not all(LETTERS.fullmatch(part) for part in written.split("-")):
        return written
    named = match.start() > 0 and written[0].isupper()
    return "-".join(_mended_part(part, terms, ordinary, named=named) for part in written.split("-"))


def _mended_part(written: str, terms: Terms, ordinary: Callable[[str], bool], *, named: bool) -> str:
    base = re.sub(r"['’]s$", "", written)
    word = base.lower()
    if base.isupper() or word in KNOWN or ordinary(word):
        return written
    swapped = next((known for known in sorted(KNOWN) if known[0] == word[0] and sorted(known) == sorted(word)), "")
    if len(word) < SHORTEST or terms.holds(word):
        return swapped or written
    slips = 2 if len(word) >= TWO_SLIPS and not named else 1
    found = swapped or _of_notes(word, terms, slips) or _known(word)
    return _cased(found, base) + written[len(base) :] if found else written


def _of_notes(word: str, terms: Terms, slips: int) -> str:
    """The nearest word of the notes within so many slips, the commonest of those; empty if there is none."""
    if len(word) == SHORTEST:
        return ""  # `docs` and `dogs` are two words
    near = [
        (distance, abs(len(term) - len(word)), -count, term)
        for term, count in terms.beginning(word[0], longest=len(word) + slips)
        if len(term) >= len(word) - slips - ENDING
        and len(set(term) - set(word)) <= slips
        and (distance := min(distances(term, word, slips)[-ENDING - 1 :], default=slips + 1)) <= slips
    ]
    found = [
        (apart, count, candidate)
        for _, _, count, term in sorted(near)[:LOOKED_AT]
        for candidate in {found for text in terms.texts_of(term, PASSAGES) for found in words(text)}
        if candidate[0] == word[0] and candidate.isalpha() and (apart := _apart(word, candidate, slips)) <= slips
    ]
    return min(found, default=(0, 0, ""))[2]


def _known(word: str) -> str:
    """The word that questions are made of (`exmaples`) that is one slip away."""
    near = [known for known in sorted(KNOWN) if known[0] == word[0] and len(known) > SHORTEST and _apart(word, known, 1) <= 1]
    return near[0] if near else ""


def _apart(one: str, other: str, most: int) -> int:
    return (distances(one, other, most) or [most + 1])[-1] if abs(len(one) - len(other)) <= most else most + 1


def distances(term: str, word: str, most: int) -> list[int]:
    """How many slips lie between a term and each beginning of a word; nothing once more than `most` are certain.

    A slip is a letter too many, too few, another letter, or two neighbours exchanged.
    """
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(term, start=1):
        above, row = row, [i]
        for j, other in enumerate(word, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and term[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = above
        if min(row) > most and min(above) > most:
            return []
    return row


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[0].isupper() else word
