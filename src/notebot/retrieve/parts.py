"""A question that asks for two things, as two: "What is X, and when is Y due?" Each is searched for and answered by itself."""

from __future__ import annotations

import re

from notebot.retrieve.leaning import leans

MOST = 4  # more questions at once are read as one
LED = r"(?:(?:in|on|at|by|for|to|from|with|of|under)\s+)?"  # what may stand before a question word
BETWEEN = re.compile(
    rf"""(?:\?\s+(?:and\s+)?|;\s+|,?(?<!\s)\s++and\s+)
        (?={LED}(?:what|which|who|whose|whom|when|where|why|how)\b)""",
    re.I | re.VERBOSE,
)
# A question word that takes its verb from the question before: "what for tests", "which in winter", "in what year".
BARE = re.compile(
    rf"{LED}(?:what|which|who|when|where|why|how)\s+"
    r"(?:\w+\s*$|(?:for|in|on|of|with|at|by|from|to|about|under)\b)",
    re.I,
)
# "What do I use for builds, and what for tests?": the same word leads in what is asked about, and all before it is meant again.
AGAIN = re.compile(r",?(?<!\s)\s++and\s++(?:(?:what|which)\s++)?(for|in|on|at|by|with|from|under)\s++", re.I)
ASKS = re.compile(r"(?:what|which|who|whom|when|where|why|how|name|list|is|are|was|were|do|does|did|can|could|should)\b", re.I)


def questions_in(question: str) -> tuple[str, ...]:
    """The questions in it; the question itself where one of them would not stand alone ("What is X, and how does it work?")."""
    found = [part.strip().rstrip("?") for part in BETWEEN.split(question)]
    if 1 < len(found) <= MOST and not any(leans(part) or BARE.match(part) for part in found):
        return tuple(f"{part}?" for part in found)
    return _begun_once(question) or (question,)


def _begun_once(question: str) -> tuple[str, ...]:
    """Two questions that share their beginning, each with it; none where the second would not stand alone."""
    again = list(AGAIN.finditer(question))
    if len(again) != 1:
        return ()
    one, how, other = question[: again[0].start()], again[0][1], question[again[0].end() :].rstrip("?.! ")
    begun = one[: max(0, one.lower().rfind(f" {how.lower()} "))]
    if not (" " in begun and ASKS.match(begun)) or not other or ASKS.match(other) or leans(other):
        return ()
    return f"{one}?", f"{begun} {how} {other}?"
