"""The same text in several places -> shown once, as the fullest of its copies. What disagrees in anything stays apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from zlib import crc32

from notebot.index.catalog import Hit
from notebot.retrieve.ranking import Ranked
from notebot.types import Chunk

SHORTEST = 12  # words; of fewer, each one matters
MOST_ADDED = 0.2  # of a text's words, that a copy of it may have more
LONGEST_ADDED = 30  # words: more of them are a text of their own
SKETCH = 6  # runs of three words by which texts that are mostly the same find each other
SLIP = 6  # letters of the shortest word that can be told from its own misspelling

# Words that can turn round what stands beside them: a copy that has one of them more is no copy.
TURNING = frozenset(
    """almost but cannot contrary deprecated except false former formerly fewer hardly however instead less longer more neither
    never no nobody none nor not nothing nowhere obsolete old once only or rarely rather seldom some sometimes though unless
    until unlike untrue used usually were was without wrong yet""".split()
)

_PLAIN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ENDING = ".,;:"


def distinct(ranked: Iterable[Ranked]) -> list[Ranked]:
    """The same list with every text once, at its best rank: as the note, where a note and a page both have it.

    Two texts are one if one of them says all that the other says, and beyond it only a few words that turn nothing round; case,
    white space and misspellings do not count, numbers and negations do. In two notes, or on two pages, the same words under
    different headings are about different things, and both stay.
    """
    kept: list[Ranked] = []
    words: dict[str, list[str]] = {}  # of each chunk, by its id
    places: dict[str | int, list[int]] = {}
    for hit, chunk in ranked:
        words[chunk.id] = _words(chunk.text)
        keys: list[str | int] = [" ".join(chunk.text.split()), *_sketch(words[chunk.id])]
        near = dict.fromkeys(place for key in keys for place in places.get(key, ()))
        fuller = ((place, _fuller(kept[place][1], chunk, words)) for place in near)
        at, shown = next(((place, text) for place, text in fuller if text), (len(kept), chunk))
        if at < len(kept):
            kept[at] = (Hit(shown.id, kept[at][0].score), shown)
        else:
            kept.append((hit, chunk))
        if shown is chunk:
            for key in keys:
                places.setdefault(key, []).append(at)
    return kept


def _fuller(kept: Chunk, other: Chunk, words: Mapping[str, Sequence[str]]) -> Chunk | None:
    """Which of two chunks says all that both say; None if they are not one and the same thing to a reader."""
    note_and_page = (kept.page is None) != (other.page is None)
    if kept.heading != other.heading and not note_and_page:
        return None
    first, second = (other, kept) if note_and_page and other.page is None else (kept, other)
    if kept.text.split() == other.text.split():
        return first
    if kept.stub or other.stub:
        return None
    if adds_little(words[first.id], words[second.id]):
        return first
    return second if not note_and_page and adds_little(words[second.id], words[first.id]) else None


def adds_little(full: Sequence[str], part: Sequence[str]) -> bool:
    """Whether `full` has every word of `part`, in order, and beyond them only a few that turn nothing round."""
    most = min(LONGEST_ADDED, MOST_ADDED * len(full))
    if len(part) < SHORTEST or not 0 <= len(full) - len(part) <= most or not _has_each(full, part):
        return False
    added: list[str] = []
    for what, first, last, start, end in SequenceMatcher(None, part, full, autojunk=False).get_opcodes():
        if what == "insert":
            added += full[start:end]
        elif what == "replace" and last - first == end - start:
            if not all(map(_misspelt, part[first:last], full[start:end])):
                return False
        elif what != "equal":
            return False
    return len(added) <= most and all(map(_harmless, added))


def _has_each(full: Sequence[str], part: Sequence[str]) -> bool:
    """Whether each word of `part` is in `full`, or one that may be a slip for it: what is quickly seen before order is."""
    there = set(full)
    missing = [word for word in part if word not in there]
    return all(len(word) >= SLIP and any(_misspelt(word, other) for other in there if other[0] == word[0]) for word in missing)


def _words(text: str) -> list[str]:
    """What stands between white space, in lower case, without emphasis and the mark at its end. Other signs are kept."""
    return [word.strip("*").rstrip(_ENDING) or word for word in text.casefold().split()]


def _sketch(words: Sequence[str]) -> Iterator[int]:
    """A few numbers, of which texts that are mostly the same have some in common."""
    runs = {crc32(" ".join(run).encode(errors="replace")) for run in zip(words, words[1:], words[2:], strict=False)}
    return iter(sorted(runs)[:SKETCH] if len(words) >= SHORTEST else ())


def _harmless(word: str) -> bool:
    return bool(_PLAIN.fullmatch(word)) and word not in TURNING and not word.replace("’", "'").endswith("n't")


def _misspelt(one: str, other: str) -> bool:
    """Whether two words begin alike and differ by one letter more, or by two that are swapped."""
    if min(len(one), len(other)) < SLIP or one[0] != other[0] or not (one.isalpha() and other.isalpha()):
        return False
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) == 1:
        return any(long[:at] + long[at + 1 :] == short for at in range(1, len(long)))
    swapped = (long[:at] + long[at + 1] + long[at] + long[at + 2 :] for at in range(1, len(long) - 1))
    return len(long) == len(short) and short in swapped
