"""What a passage says, as phrasings of a fact: word for word from it, short, and such as few other passages would say. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from notebot.retrieve.vocabulary import WORD, content, is_content

LONGEST_FACT = 5  # words of one phrasing; longer ones are seldom repeated
LONGEST_RUN = 3  # the same, where it is picked out of the middle of a sentence
LEAST_TELLING = 2  # points, see _Run.points

_CUT = re.compile(
    r"\s*(?:[,;:](?!\d)|[()|–—]|\.\s|\.$|\s-\s|\b(?:that|which|who|where|when|while|and|or|but|with|for|as|by|from|used|using|"
    r"because|so|e\.g|i\.e|such|to|in order)\b).*",
    re.I | re.S,
)
_VERB = re.compile(r"(?<=\w)\s+(?:is|are|was|were|has|have|had|can|could|will|would|must|should|may|does|do)\b.*", re.I)
_ARTICLE = re.compile(r"^(?:an?|the|its|their|our|my|also|usually|generally|often|any|some)\s+", re.I)
_MARKS = re.compile(r"[*_`]{1,3}|\[\[?|\]\]?(?:\([^)]*\))?")
_NUMBER = re.compile(r"(?<![\w.:-])\d(?:[\d.,:]*\d)?\+?%?(?:\s+[^\W\d_]+)?")
_LOOSE = re.compile(r"\s+(?:on|in|at|into|over|under|about|across|between|through|during|after|before|of|to|the|an?)\b.*", re.I)
_COUNTS = frozenset(
    """two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty ninety hundred thousand
    million dozen""".split()
)
_EXAMPLES = re.compile(r"[\s,(]*\b(?:e\.g|i\.e|such as|for (?:example|instance)|like)\b.*", re.I)
# "trained on broad" of "trained on broad, diverse data"; a name after the preposition is whole.
_HALF_LIST = re.compile(r"\s+(?:on|in|at|of|over|under|across|between)\s+[^\W\d_A-Z]+$")
_JOINS = re.compile(r". .|\d[,:]\d")  # between two words, with the letters at its sides
_OPENS = re.compile(
    r"\b(?:an?|the|of|in|on|at|with|by|from|for|into|after|before|my|our|its|their|this|these|uses?)\s+$",
    re.I,
)
_CLOSES = re.compile(
    r"\s*(?:[.,;:()!?|]|$|\s(?:and|or|of|in|on|at|with|by|from|for|into|after|before|is|are|was|were|to)\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Run:
    """Words in a row that say something; `points` for what makes them a name, an amount or a thing rather than talk."""

    text: str
    points: int


def phrases(text: str, *, known: str = "") -> list[str]:
    """Phrasings of a fact: how the text begins, and that without an article; what it names later where that says nothing.

    `known` is what a question names already: a beginning that only repeats it is no fact.
    """
    plain = plain_text(text)
    head = _CUT.sub("", plain).strip(" .?!\"'“”")
    if plain[len(head) : len(head) + 1] == "," and len(head.split()) > LONGEST_RUN:
        head = _HALF_LIST.sub("", head)
    if content(shorter := _VERB.sub("", head)):
        head = shorter
    if len(head.split()) > LONGEST_FACT:
        head = " ".join((_LOOSE.sub("", head) if len(_LOOSE.sub("", head).split()) > 1 else head).split()[:LONGEST_FACT])
    bare = _ARTICLE.sub("", head)
    if set(content(bare)) <= set(content(known)):  # "used for X" says nothing before its first cut
        bare = head = next(iter(runs(_EXAMPLES.sub("", plain), apart_from=known)), "")
    return [phrase for phrase in dict.fromkeys([bare, head]) if telling(phrase)]


def facts_of(value: str, *, known: str = "") -> list[list[str]]:
    """How a value begins, and the first number in it that this has not."""
    head = phrases(value, known=known)
    number = next(iter(_NUMBER.findall(plain_text(value))), "")
    first = number.partition(" ")[0]
    more = number and not any(first in phrase for phrase in head)
    return ([head] if head else []) + ([list(dict.fromkeys([first, number]))] if more else [])


def runs(text: str, *, apart_from: str = "") -> list[str]:
    """Words in a row, at most three, by which a sentence is known again, the most telling first; mostly none or two.

    Names and amounts come before things, and nothing that only repeats what `apart_from` says.
    """
    known = set(content(apart_from))
    found = [
        run
        for run in _runs(plain_text(text))
        if run.points >= LEAST_TELLING and telling(run.text) and not set(content(run.text)) <= known
    ]
    return [run.text for run in sorted(found, key=lambda run: -run.points)]


def _runs(text: str) -> Iterator[_Run]:
    """Every longest row of words that say something, in order; of a long one its end, where the thing is named."""
    row: list[re.Match[str]] = []
    for match in [*WORD.finditer(text), None]:
        good = match is not None and is_content(match.group())
        if row and (match is None or not good or not _JOINS.fullmatch(text[row[-1].end() - 1 : match.start() + 1])):
            yield _run_of(text, _with_its_unit(row)[-LONGEST_RUN:])
            row = []
        if match is not None and good:
            row.append(match)


def _with_its_unit(row: list[re.Match[str]]) -> list[re.Match[str]]:
    """Of "needs 8 hours" the amount; "room 12" stays, where the number is the name's."""
    first = next((at for at, word in enumerate(row) if _counts(word.group())), 0)
    return row[first:] if first < len(row) - 1 else row


def _run_of(text: str, row: list[re.Match[str]]) -> _Run:
    start, end = row[0].start(), row[-1].end()
    said = text[start:end]
    amount = any(_counts(word.group()) for word in row)
    name = any(word.group()[0].isupper() and word.start() for word in row)
    opened, closed = bool(_OPENS.search(text[:start])), bool(_CLOSES.match(text[end:]))
    points = 2 * (name or amount) + opened + closed + (opened and closed and len(row) > 1)
    return _Run(said, points if len(row) > 1 or name else min(points, LEAST_TELLING - 1))


def _counts(word: str) -> bool:
    return word[0].isdigit() or word.lower() in _COUNTS


def telling(phrase: str) -> bool:
    """Whether a phrasing says anything that could be looked for."""
    return any(len(word) > 2 for word in content(phrase)) or any(char.isdigit() for char in phrase)


def plain_text(text: str) -> str:
    """The text on one line, without marks of Markdown."""
    return " ".join(_MARKS.sub("", text).split())
