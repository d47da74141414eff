"""A question -> what is searched for: its words, and, in a conversation, what it leaves unsaid."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from notebot.errors import UsageError
from notebot.retrieve.vocabulary import ASKING_WORDS, STOP_WORDS, WORD, content, stem, words
from notebot.types import Turn

LONGEST_QUESTION = 8_000  # characters; a longer text is a document, not a question

# Words by which a question leans on what was said before.
LEANING = frozenset("it its they them their theirs he she his her that this those these one ones there former latter".split())


def read_question(text: str) -> str:
    """The question without control characters and outer white space; raises UsageError when there is nothing to ask."""
    if len(text) > LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(text):,} characters; at most {LONGEST_QUESTION:,} can be asked. "
            "Put long text into a note instead."
        )
    cleaned = "".join(" " if char.isspace() else char for char in text if char.isprintable() or char.isspace()).strip()
    if not any(char.isalnum() for char in cleaned):
        raise UsageError("The question is empty. Ask something, for example: notebot ask 'What is data mining?'")
    return cleaned


def search_words(question: str) -> list[str]:
    """The words to search for: without stop words, unless there are only stop words."""
    found = list(dict.fromkeys(words(question)))
    return [word for word in found if word not in STOP_WORDS] or found


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question with the topic of the person's last question in front, when it leans on it ("and its drawbacks?")."""
    earlier = [turn.text for turn in history if turn.role == "user"]
    if not earlier:
        return question
    said = words(question)
    leans = any(word in LEANING for word in said) or (said[:1] in (["and"], ["or"], ["why"], ["how"]) and len(said) <= 4)
    leans = leans or said[:2] == ["what", "about"] or all(word in STOP_WORDS or word in ASKING_WORDS for word in said)
    return f"{earlier[-1]} {question}" if leans else question


def corrected(question: str, texts: Iterable[str]) -> str:
    """The question with the slips of the pen mended that the words of `texts`, the passages it has found, give away.

    A word is mended if no text holds it and one that begins alike is nearly the same, or a common word has its very letters.
    """
    known = {word for text in texts for word in words(text)}
    stems = {stem(word) for word in known}

    def mended(match: re.Match[str]) -> str:
        word = match.group().lower()
        if len(word) < 4 or not word.isalpha() or word in STOP_WORDS | ASKING_WORDS or word in known or stem(word) in stems:
            return match.group()
        swapped = next((stop for stop in sorted(STOP_WORDS) if stop[0] == word[0] and sorted(stop) == sorted(word)), "")
        near = [found for found in difflib.get_close_matches(word, known, n=3, cutoff=0.8) if found[0] == word[0]]
        return swapped or (near[0] if near and len(word) >= 5 else match.group())

    return WORD.sub(mended, question)


def asks_for(question: str, heading: str) -> bool:
    """Whether a question names what a heading names: by its content words, slips of the pen allowed, or by its initials."""
    asked = set(content(question))
    named = content(heading)
    initials = "".join(word[0] for word in words(heading) if word not in STOP_WORDS)
    by_words = bool(named) and all(word in asked or _misspelt(word, asked) for word in named)
    return by_words or (len(initials) > 1 and stem(initials) in asked)


def _misspelt(word: str, asked: set[str]) -> bool:
    near = difflib.get_close_matches(word, asked, n=1, cutoff=0.84) if len(word) >= 5 else []
    return bool(near) and near[0][0] == word[0]
