"""What similarity cannot see in a claim and its evidence: numbers, negation, quantifiers, opposites. By rule, said in words.

Every rule takes a claim and evidence and returns the reason why the evidence speaks against the claim, or "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from notebot.retrieve.vocabulary import WORD, content, stem

NUMBER = re.compile(
    r"(?<![\w.])(?<![A-Za-z]-)\d[\d,]*(?:\.\d+)?(?:\s?(?:%|[kmbt]\b|(?:thousand|million|billion|trillion)\b))?", re.I
)
SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9, "t": 1e12, "trillion": 1e12}
COUNTING = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))

NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|cannot|without|nothing|nobody|rather than|instead of)\b|n['’]t\b", re.I
)
NOT_ALL = re.compile(r"\bnot\s+(?:all|every|each|always|necessarily|any)\b\s*", re.I)
UNIVERSAL = re.compile(r"(?<!not )\b(?:all|every|each|any)\b\s+", re.I)
CLAUSE_END = re.compile(r"[,;.:!?()]|\bbut\b|\bhowever\b|\bwhile\b", re.I)
ANSWERING_NO = re.compile(r"^\s*(?:no|nope)\s*[,.;:]\s*", re.I)

OPPOSITES: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (
        ("cheap inexpensive affordable", "expensive costly"),
        ("easy simple trivial", "hard difficult"),
        ("fast quick quickly rapid", "slow slowly"),
        ("large big huge massive vast", "small tiny little"),
        ("more greater higher", "less fewer lower"),
        ("increase increases increased rise rises", "decrease decreases decreased reduce reduces reduced fall falls"),
        ("first", "last"),
        ("before", "after"),
        ("always", "never"),
        ("one single", "multiple many several"),
        ("automatic automatically", "manual manually"),
        ("supervised", "unsupervised self-supervised"),
        ("labeled labelled", "unlabeled unlabelled"),
        ("structured", "unstructured"),
        ("input inputs", "output outputs"),
        ("open", "closed"),
        ("public", "private"),
        ("required mandatory necessary", "optional unnecessary"),
        ("enable enables enabled", "disable disables disabled"),
        ("best", "worst"),
        ("specific", "general"),
        ("minimum", "maximum"),
        ("true", "false"),
    )
)


def contradiction(claim: str, nearest: str, passages: Sequence[str]) -> str:
    """Why the evidence speaks against the claim; empty when no rule sees a reason.

    `nearest` is the text of the sentences that carry the claim best, `passages` are the whole texts they stand in.
    """
    claim = ANSWERING_NO.sub("", claim)
    return _number(claim, passages) or _quantifier(claim, nearest) or _negation(claim, nearest) or _opposite(claim, nearest)


# --- numbers ------------------------------------------------------------------------------------------------------


def numbers(text: str) -> dict[float, str]:
    """The numbers in a text by value, each as it is written. `1B` and `one billion` are 1e9, `10 %` is 10."""
    found = {}
    for match in NUMBER.finditer(text):
        written = match.group().strip()
        unit = re.sub(r"[\d.,%\s]", "", written).lower()
        found[float(re.sub(r"[^\d.]", "", written)) * SCALE.get(unit, 1.0)] = written
    for match in re.finditer(r"[^\W\d_]+(?:\s+(?:thousand|million|billion|trillion)\b)?", text.lower()):
        word, _, unit = match.group().partition(" ")
        if word in COUNTING:
            found.setdefault(COUNTING[word] * SCALE.get(unit.strip(), 1.0), match.group())
    return found


def _number(claim: str, passages: Sequence[str]) -> str:
    there = {value for passage in passages for value in numbers(passage)}
    for value, written in numbers(claim).items():
        if value not in there and written not in ("one", "two", "three"):  # often mere counting by the writer
            return f"number {written} is not in the notes"
    return ""


# --- quantifiers --------------------------------------------------------------------------------------------------


def _quantifier(claim: str, nearest: str) -> str:
    """ "not all A are B" speaks against "all A are B" and against a plain "A are B"."""
    denied = {stem(word): clause for word, clause in _after(NOT_ALL, nearest)}
    if NOT_ALL.search(claim):
        return "" if denied or NEGATION.search(nearest) else f"the notes do not say '{_first(NOT_ALL, claim)}'"
    for word, _ in _after(UNIVERSAL, claim):
        if stem(word) in denied:
            return f"the notes say '{_first(NOT_ALL, nearest)}'"
    opening = WORD.search(claim)
    clause = denied.get(stem(opening.group())) if opening else None
    if clause is not None and set(content(claim)) <= set(content(clause)) and not NEGATION.search(claim):
        return f"the notes say '{_first(NOT_ALL, nearest)}'"
    return ""


def _after(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    """For every match: the word that follows it, and the clause from that word on."""
    for match in pattern.finditer(text):
        word = WORD.match(text, match.end())
        if word:
            yield word.group(), _clause(text, match.end())


def _clause(text: str, start: int) -> str:
    end = CLAUSE_END.search(text, start)
    return text[start : end.start() if end else len(text)]


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group().strip() if match else ""


# --- negation and opposites ---------------------------------------------------------------------------------------


def _negation(claim: str, nearest: str) -> str:
    """A claim that denies what the evidence does not, or that asserts just what the evidence denies."""
    plain_claim, plain_nearest = NOT_ALL.sub(" ", claim), NOT_ALL.sub(" ", nearest)
    if NEGATION.search(plain_claim):
        return "" if NEGATION.search(nearest) else f"the notes do not say '{_first(NEGATION, plain_claim)}'"
    if NEGATION.search(claim):  # "not all": the quantifier rule has judged it
        return ""
    said = set(content(claim))
    for match in NEGATION.finditer(plain_nearest):
        scope = _clause(plain_nearest, match.end())
        denied = set(content(scope))
        outside = set(content(plain_nearest.replace(scope, " ")))
        if denied and denied & said and len(denied & said) >= 2 / 3 * min(len(denied), 4) and not denied & said <= outside:
            return f"the notes say '{(match.group() + scope).strip()}'"
    return ""


def _opposite(claim: str, nearest: str) -> str:
    said = {word.lower() for word in WORD.findall(claim)}
    there = {word.lower() for word in WORD.findall(nearest)}
    for one, other in (*OPPOSITES, *(pair[::-1] for pair in OPPOSITES)):
        if said & one and not said & other and there & other and not there & one:
            return f"the notes say '{min(there & other)}', not '{min(said & one)}'"
    for word in sorted(said):
        for prefix in ("un", "non", "non-", "in", "dis"):
            if prefix + word in there and word not in there:
                return f"the notes say '{prefix + word}', not '{word}'"
    return ""
