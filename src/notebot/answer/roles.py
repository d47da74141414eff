"""Who does what: a claim that gives one thing's property to another, or turns a statement round, is not supported.

Notes contrast things line by line ("Pretext tasks: ...", "Downstream tasks: ..."), and similarity cannot tell the two
apart. Subjects are found by position, not by parsing: the label before a colon, or the words before the first verb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from notebot.answer.contradiction import number_spans
from notebot.retrieve.vocabulary import WORD, content, stem

FROM_THERE = 2  # words of a claim that a sentence says and the one with its number does not: what the number is given to

LABEL = re.compile(r"^[^:.!?]{2,60}?:(?=\s)")
VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|cannot|will|would|may|must|should|does|do|did|means?|refers?|uses?|used|requires?|"
    r"involves?|provides?|allows?|trains?|needs?|works?|helps?|describes?|tests?|relies|rely|generates?|consists?|includes?)\b",
    re.I,
)
RELATIVE = ("that", "which", "who", "to", "and", "or")
COPULA = re.compile(r"\b(?:is|are|was|were)\b(?!\s+(?:what|by|used|built|based|different|the same|similar))", re.I)


def subject(sentence: str) -> str:
    """The label before a colon, or the words before the first verb (at most 8); empty for a fragment without either."""
    label = LABEL.match(sentence)
    if label:
        return label.group()[:-1]
    verb = VERB.search(sentence)
    before = sentence[: verb.start()].split() if verb else []
    if not 0 < len(before) <= 8 or before[-1].lower() in RELATIVE or "," in "".join(before):
        return ""
    return " ".join(before)


def misattributed(claim: str, main: str, others: Sequence[str]) -> str:
    """Why the claim takes from `main` what that says of something else; empty when it does not.

    `main` is the sentence that carries most of the claim, `others` are the sentences around it.
    """
    said, there = set(content(claim)), set(content(main))
    whose = subject(main)
    foreign = said - there
    if not whose or set(content(whose)) <= said or not foreign:
        return ""
    if any(foreign & set(content(subject(other))) for other in others):
        return f"the notes say this of '{whose.strip()}'"
    return ""


def other_subject(claim: str, main: str, unsaid: Sequence[str]) -> str:
    """Why the claim says of something that no note names (its words are `unsaid`) what `main` says of another thing; or empty."""
    mine, whose = set(content(subject(claim))), subject(main)
    unnamed = {stem(word) for word in unsaid} & mine
    if not unnamed or not whose or set(content(whose)) <= set(content(claim)):
        return ""
    return f"the notes say this of '{whose.strip()}'"


def of_another(claim: str, main: str, heading: str) -> str:
    """Why the claim takes from `main`, a fragment without a subject, what stands under the heading of something else."""
    mine = set(content(subject(claim)))
    theirs = set(content(heading))
    if not mine or not theirs or main == heading or subject(main) or mine & (theirs | set(content(main))):
        return ""
    return f"the notes say this of '{heading}'"


def stitched(claim: str, quotes: Sequence[str]) -> str:
    """Why the claim is put together from statements about different things, none of which it names; empty when it is not."""
    if len(quotes) < 2:
        return ""
    said = set(content(claim))
    whose = [set(content(subject(quote))) for quote in quotes]
    unnamed = [topic for topic in whose if topic and not topic <= said]
    if len(unnamed) > 1 and len({frozenset(topic) for topic in unnamed}) > 1:
        return "it is put together from what the notes say of different things"
    return ""


def other_value(claim: str, quotes: Sequence[str]) -> str:
    """Why the claim gives a number to what the notes give another: "1.4 bar when cold. Below 1 bar it switches off".

    That is so where a sentence says words of the claim that the one with the claim's number does not, and has a number of its own
    in the same unit, which the claim does not have. Empty where it is not.
    """
    said, mine = set(content(claim)), measured(claim)
    for number, units in mine.items():
        holding = [quote for quote in quotes if number in measured(quote)]
        there = set().union(*(content(quote) for quote in holding)) if holding else said
        for quote in quotes:
            theirs = {value: units_ for value, units_ in measured(quote).items() if value not in mine and units_ & units}
            if quote not in holding and theirs and len((set(content(quote)) & said) - there) >= FROM_THERE:
                return f"the notes give another number for it: {quote[slice(*_place(quote, min(theirs)))].strip()}"
    return ""


def measured(text: str) -> dict[float, set[str]]:
    """The numbers in a text, each with the stems of the words that follow it: what it counts."""
    found: dict[float, set[str]] = {}
    for _, end, value in number_spans(text):
        following = WORD.match(text, end + 1) if end < len(text) else None
        found.setdefault(value, set()).add(stem(following.group()) if following else "")
    return found


def _place(text: str, value: float) -> tuple[int, int]:
    start, end = next((start, end) for start, end, found in number_spans(text) if found == value)
    following = WORD.match(text, end + 1) if end < len(text) else None
    return start, following.end() if following else end


def siblings(claim: str, main: str) -> str:
    """Why the claim makes one item of a list a kind of another: "A: b, c" does not say that b is a c."""
    label, verb = LABEL.match(main), COPULA.search(claim)
    if not label or not verb or set(content(label.group())) & set(content(claim)):
        return ""
    items = [set(content(item)) for item in main[label.end() :].split(",")]
    mine, rest = set(content(claim[: verb.start()])), set(content(claim[verb.end() :]))
    of_mine = [item for item in items if item and item <= mine]
    of_rest = [item for item in items if item and item <= rest and item not in of_mine]
    return f"the notes list both under '{label.group()[:-1]}'" if of_mine and of_rest else ""


def turned_round(claim: str, main: str, heading: str) -> str:
    """Why the claim says "A is B" where the notes say "B is A"; empty when it does not.

    A fragment under a heading ("Subset of machine learning") has the heading as its subject. A list under a label
    ("Monitoring: Prometheus, Grafana") can be read both ways, and is left alone.
    """
    verb = COPULA.search(claim)
    if not verb or re.search(r"\bnot\b", claim, re.I) or LABEL.match(main) or main == heading:
        return ""
    predicate = re.split(r"\b(?:that|which|who)\b", claim[verb.end() :])[0]
    if VERB.search(predicate):
        return ""
    mine, mine_rest = set(content(claim[: verb.start()])), set(content(predicate))
    whose = subject(main)
    theirs, theirs_rest = set(content(whose or heading)), set(content(main.removeprefix(whose)))
    only_mine, only_theirs = mine - theirs, theirs - mine
    swapped = only_mine and only_theirs and only_mine <= theirs_rest and only_theirs <= mine_rest
    same_relation = (mine_rest - only_theirs) & theirs_rest or whose
    return "the notes say it the other way round" if swapped and same_relation else ""
