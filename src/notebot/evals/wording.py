"""Whether a text says a phrase, word by word. Pure, and blind to any paraphrase."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

WORD = re.compile(r"[^\W_]+\+*")  # "1B+" and "C++" are words of their own
NEGATIONS = frozenset({"not", "never", "nor", "without"})
REACH = 3  # words over which a negation reaches what follows: "not designed for a single task"
ARTICLES = frozenset({"a", "an", "the"})


def words(text: str) -> list[str]:
    """Words for comparison: lower case, no punctuation, hyphens split ("fine-tuned"), "isn't" as "is not"."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    plain = re.sub(r"\bcan(?:no|')t\b", "can not", plain)
    return WORD.findall(re.sub(r"n't\b", " not", plain))


def states(text: str, phrase: str) -> bool:
    """Whether the phrase is in the text, word for word."""
    return bool(_places_of(words(phrase), words(text)))


def claims(text: str, phrase: str) -> bool:
    """Whether the phrase is in the text and not denied there: no "not" in the three words before it.

    A phrase that has a "not" of its own says what it says.
    """
    sought, among = words(phrase), words(text)
    starts = _places_of(sought, among)
    if not NEGATIONS.isdisjoint(sought):
        return bool(starts)
    return any(NEGATIONS.isdisjoint(among[max(0, start - REACH) : start]) for start in starts)


def _places_of(phrase: Sequence[str], among: Sequence[str]) -> list[int]:
    return [start for start in range(len(among) - len(phrase) + 1) if among[start : start + len(phrase)] == phrase]


def denies(text: str, phrase: str) -> bool:
    """Whether the phrase stands in the text, and everywhere behind a "not" in the three words before it."""
    return states(text, phrase) and not claims(text, phrase)


def token_f1(text: str, short: str) -> float:
    """Harmonic mean of precision and recall of words, as SQuAD counts it: articles left out, each word as often as it stands."""
    said = Counter(word for word in words(text) if word not in ARTICLES)
    wanted = Counter(word for word in words(short) if word not in ARTICLES)
    shared = sum((said & wanted).values())
    return 2 * shared / (said.total() + wanted.total()) if shared else 0.0
