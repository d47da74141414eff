"""A question that asks for two things, as two: "What is X, and when is Y due?" Each is searched for and answered by itself."""

from __future__ import annotations

import re

from notebot.retrieve.leaning import leans

MOST = 4  # more questions at once are read as one
BETWEEN = re.compile(
    r"""(?:\?\s+(?:and\s+)?|;\s+|,?(?<!\s)\s++and\s+)
        (?=(?:(?:in|on|at|by|for|to|from|with|of|under)\s+)?(?:what|which|who|whose|whom|when|where|why|how)\b)""",
    re.I | re.VERBOSE,
)
# A question word that takes its verb from the question before: "what for tests", "which in winter", "how long".
BARE = re.compile(r"(?:what|which|who|when|where|why|how)\s+(?:\w+\s*$|(?:for|in|on|of|with|at|by|from|to|about|under)\b)", re.I)


def questions_in(question: str) -> tuple[str, ...]:
    """The questions in it; the question itself where one of them would not stand alone ("What is X, and how does it work?")."""
    found = [part.strip().rstrip("?") for part in BETWEEN.split(question)]
    if not 1 < len(found) <= MOST or any(leans(part) or BARE.match(part) for part in found):
        return (question,)
    return tuple(f"{part}?" for part in found)
