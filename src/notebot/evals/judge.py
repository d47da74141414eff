"""A second opinion on whether a text says a claim, by words alone: no model, and nothing of the product's own check.

The product aligns vectors of words and asks a model that was trained for it; this counts words. So the two err in different
places. It cannot see a paraphrase, and cannot tell who does what: read it beside the product's own figure, not in its place.
"""

from __future__ import annotations

import re

from notebot.evals.wording import words

CARRIED = 0.7  # share of the claim's content words; 1.0 for its numbers
LONGEST = 3  # sentences in a row, among which the words have to stand
REACH = 3  # words over which a "not" reaches
FUNCTION = frozenset(
    """a about also an and any are as at be been being but by can could did do does each for from had has have he her his how i if
    in into is it its itself may might more most must my no not of on one only or other our out over own she should so some such
    than that the their them then there these they this those through to too under up use used uses using very was we were what
    when where which while who whose why will with without would you your called known means""".split()
)
DENIALS = frozenset({"not", "no", "never", "nor", "neither", "none", "without", "cannot"})
NUMERALS = {word: str(number) for number, word in enumerate("zero one two three four five six seven eight nine ten".split())}
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


def carries(text: str, claim: str) -> bool:
    """Whether some few sentences of the text say the claim: most of its words, all of its numbers, nothing denied by one alone.

    A claim without any word of its own is carried by nothing.
    """
    wanted = _content(claim)
    numbers = {word for word in wanted if word[0].isdigit()}
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
    for first in range(len(sentences)):
        for last in range(first + 1, min(first + LONGEST, len(sentences)) + 1):
            window = " ".join(sentences[first:last])
            there = _content(window)
            enough = bool(wanted) and len(wanted & there) >= CARRIED * len(wanted) and numbers <= there
            if enough and not _at_odds(claim, window):
                return True
    return False


def _at_odds(claim: str, window: str) -> bool:
    """Whether a word of both stands behind a "not" in one of them, and nowhere without one."""
    one, other = _denied(claim), _denied(window)
    return any(one[word] != other[word] for word in one.keys() & other.keys())


def _denied(text: str) -> dict[str, bool]:
    """For each content word, whether it only stands within REACH words after a "not"."""
    found: dict[str, bool] = {}
    among = words(text)
    for at, word in enumerate(among):
        if word not in FUNCTION or word in NUMERALS:
            stem = _stem(NUMERALS.get(word, word))
            found[stem] = not DENIALS.isdisjoint(among[max(0, at - REACH) : at]) and found.get(stem, True)
    return found


def _content(text: str) -> frozenset[str]:
    return frozenset(_stem(NUMERALS.get(word, word)) for word in words(text) if word not in FUNCTION or word in NUMERALS)


def _stem(word: str) -> str:
    """The first letters, which forms of a word mostly share."""
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending).rstrip("ei")
    return word.rstrip("ey") if len(word) > 4 else word
