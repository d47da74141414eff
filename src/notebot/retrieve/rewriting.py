"""A question as it was typed -> as it is searched for: asides off, slips mended, abbreviations spelled out, follow-ups whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from notebot.index.terms import Terms
from notebot.retrieve.abbreviations import Reading, expanded, written_out
from notebot.retrieve.asides import sentence_asked, split
from notebot.retrieve.follow_up import standalone
from notebot.retrieve.question import search_words
from notebot.retrieve.spelling import mended
from notebot.types import Turn

HEADINGS = 3  # of the passages that the words of an earlier question find best


def rewritten(question: str, history: Sequence[Turn], terms: Terms, ordinary: Callable[[str], bool]) -> Reading:
    """What is searched for: the question itself where nothing has to be left out, mended, spelled out or taken from the history.

    `ordinary` says whether the language has a word, so that it cannot be a slip of the pen.
    """

    def clean(text: str) -> str:
        return mended(written_out(text), terms, ordinary)

    said = [replace(turn, text=clean(split(turn.text)[1])) if turn.role == "user" else turn for turn in history]
    _, asked, after = split(question)
    whole = standalone(clean(asked), said, lambda text: terms.headings_of(search_words(text), HEADINGS))
    reading = expanded(whole, terms)
    forms = tuple(dict.fromkeys(map(sentence_asked, reading.forms)))
    return replace(reading, forms=forms, put=whole + after)
