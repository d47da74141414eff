"""WordNet's database files (Debian's wordnet-base) -> synonyms, opposites and sister terms of a word's commonest sense."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path("/usr/share/wordnet")
FILES = {"NOUN": "noun", "VERB": "verb", "ADJ": "adj", "ADV": "adv"}


@cache
def _index(part: str) -> dict[str, list[int]]:
    """The senses of every word, the commonest first."""
    found = {}
    for line in (FOLDER / f"index.{part}").read_text().splitlines():
        if not line.startswith("  "):
            fields = line.split()
            pointers = int(fields[3])
            found[fields[0]] = [int(offset) for offset in fields[6 + pointers :]]
    return found


@cache
def _data(part: str) -> bytes:
    return (FOLDER / f"data.{part}").read_bytes()


@cache
def _sense(part: str, offset: int) -> tuple[list[str], list[tuple[str, int, str]]]:
    """The words of a sense, and its pointers: symbol, offset, source and target word."""
    data = _data(part)
    fields = data[offset : data.index(b"\n", offset)].decode().split(" | ")[0].split()
    count = int(fields[3], 16)
    words = [fields[4 + 2 * number].split("(")[0].lower() for number in range(count)]
    at = 4 + 2 * count
    pointers = [
        (fields[at + 1 + 4 * number], int(fields[at + 2 + 4 * number]), fields[at + 4 + 4 * number])
        for number in range(int(fields[at]))
        if fields[at + 3 + 4 * number] == {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}[part]
    ]
    return words, pointers


def synonyms(lemma: str, pos: str) -> list[str]:
    """Words that share the commonest sense, if the word has at most three senses: with more, which is meant is a guess."""
    part = FILES[pos]
    senses = _index(part).get(lemma, [])
    if not 0 < len(senses) <= 3:
        return []
    return [word for word in _sense(part, senses[0])[0] if word != lemma and "_" not in word and _known(word, part)]


def antonyms(lemma: str, pos: str) -> list[str]:
    """The opposites of its two commonest senses."""
    part = FILES[pos]
    found: list[str] = []
    for offset in _index(part).get(lemma, [])[:2]:
        words, pointers = _sense(part, offset)
        for symbol, target, ends in pointers:
            source = int(ends[:2], 16)
            if symbol == "!" and source and words[source - 1] == lemma:
                found.append(_sense(part, target)[0][int(ends[2:], 16) - 1])
    return [word for word in dict.fromkeys(found) if "_" not in word]


def sisters(lemma: str, pos: str) -> list[str]:
    """Other kinds of the same thing: what shares the hypernym of the commonest sense."""
    part = FILES[pos]
    senses = _index(part).get(lemma, [])
    if not senses:
        return []
    own, pointers = _sense(part, senses[0])
    found: list[str] = []
    for symbol, parent, _ in pointers:
        if symbol == "@":
            for other, child, _ in _sense(part, parent)[1]:
                if other == "~" and child != senses[0]:
                    word = _sense(part, child)[0][0]
                    if "_" not in word and word not in own and _known(word, part) and _index(part)[word][0] == child:
                        found.append(word)
    return found


def hypernyms(lemma: str, pos: str) -> list[str]:
    """What the commonest sense is a kind of."""
    part = FILES[pos]
    senses = _index(part).get(lemma, [])
    if not 0 < len(senses) <= 2:
        return []
    return [
        _sense(part, o)[0][0] for symbol, o, _ in _sense(part, senses[0])[1] if symbol == "@" and "_" not in _sense(part, o)[0][0]
    ]


def _known(word: str, part: str) -> bool:
    """Whether it is a plain word of its own: no abbreviation, no symbol of an element."""
    return len(word) > 2 and word.isalpha() and word in _index(part)
