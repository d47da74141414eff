"""A sentence that gives several values, clause by clause: "A full plot is 84 €, a half plot 46 €." says two things."""

from __future__ import annotations

import re

from notebot.answer.statements import Statement, read
from notebot.retrieve.vocabulary import content

# A number without one of these is a line of a log: "ran 5 km".
STATES = re.compile(
    r"\b(?:is|are|was|were|has|have|had|costs?|takes?|needs?|lasts?|holds?|weighs?|contains?|uses?|supports?|requires?|runs?|"
    r"listens?|pays?|earns?|must|should|can|will|due|starts?|begins?|ends?|opens?|closes?|expires?|happens?|moved|limited|set|allows?|works?|"
    r"lives?|stores?|do|does|did|ships?|belongs?|founded|born|gets?|returns?|stays?)\b|n't\b|[:=](?!\d)",
    re.I,
)
BETWEEN = re.compile(r"[,;]\s+(?:(?:and|but)\s+)?|(?<!\s)\s++(?:and|but)\s+", re.I)


def clauses(sentence: str) -> tuple[str, ...]:
    """The clauses of a sentence in which each has one value; otherwise the sentence as it is.

    What a clause leaves out, it takes from the first one: "the shop opens at 9 and closes at 17" also says when the shop closes.
    One that shares a word with the first one's subject has a subject of its own, and takes no more than the verb.
    """
    first, *others = BETWEEN.split(sentence)
    verb = STATES.search(first)
    if not others or not verb or not all(map(_has_one_value, (first, *others))):
        return (sentence,)
    subject = first[: verb.start()]
    return (first, *(_in_full(other, subject, verb.group()) for other in others))


def _has_one_value(clause: str) -> bool:
    found = read(Statement(clause))
    return sum(map(len, found.values.values())) == 1 and bool(found.said)


def _in_full(clause: str, subject: str, verb: str) -> str:
    own = STATES.search(clause)
    if own:
        return clause if content(clause[: own.start()]) else f"{subject}{clause}"
    return f"{verb} {clause}" if set(content(clause)) & set(content(subject)) else f"{subject}{verb} {clause}"
