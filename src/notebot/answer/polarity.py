"""The "Yes" or "No" before an answer is a statement of its own: it stays only where what follows bears it out."""

from __future__ import annotations

import re

from notebot.answer.contradiction import NEGATION, contradiction
from notebot.answer.relevance import YES_OR_NO

OPENER = re.compile(r"\s*(?:yes|(?P<no>no|nope))\b\s*[,.;:!–—-]+\s*", re.I)


def borne_out(text: str, question: str) -> str:
    """The text, without a Yes or No at its start that does not follow from the rest of it.

    A Yes follows where no rule sees the rest speak against what is asked ("Before the frost?" - "never before the frost"), a No
    where one does. To a question that denies something, or that cannot be answered so, neither says anything.
    """
    opener = OPENER.match(text)
    if opener is None:
        return text
    rest = text[opener.end() :]
    asked = question.rstrip("? ")
    decided = YES_OR_NO.match(question) and not NEGATION.search(question)
    if decided and bool(contradiction(asked, rest)) == bool(opener["no"]):
        return text
    return rest[:1].upper() + rest[1:]
