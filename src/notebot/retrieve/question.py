"""A question as it arrives: whether it can be asked, the words to search for, and which headings it names."""

from __future__ import annotations

import difflib

from notebot.errors import UsageError
from notebot.retrieve.leaning import is_question
from notebot.retrieve.vocabulary import STOP_WORDS, content, stem, words

LONGEST_QUESTION = 8_000  # characters; a longer text is a document, not a question


def read_question(text: str, *, asked: bool = False) -> str:
    """The question without control characters and outer white space; raises UsageError when there is nothing to ask.

    With `asked`, it is meant to be answered, and "thanks" is refused too; such words can be searched for all the same.
    """
    if len(text) > LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(text):,} characters; at most {LONGEST_QUESTION:,} can be asked. "
            "Put long text into a note instead."
        )
    cleaned = "".join(" " if char.isspace() else char for char in text if char.isprintable() or char.isspace()).strip()
    if not any(char.isalnum() for char in cleaned):
        raise UsageError("The question is empty. Ask something, for example: notebot ask 'What is data mining?'")
    if asked and not is_question(cleaned):
        raise UsageError(f"“{cleaned}” is no question, so nothing was searched for. Ask about your notes, or just go on asking.")
    return cleaned


def search_words(question: str) -> list[str]:
    """The words to search for: without stop words, unless there are only stop words."""
    found = list(dict.fromkeys(words(question)))
    return [word for word in found if word not in STOP_WORDS] or found


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
