"""What similarity cannot see in a claim and its evidence: numbers, negation, quantifiers, opposites. By rule, said in words.

Every rule takes a claim and evidence and returns the reason why the evidence speaks against the claim, or "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from notebot.retrieve.vocabulary import WORD, content, stem

NUMBER = re.compile(
    r"(?<![\w.])(?<![A-Za-z]-)\d[\d,]*(?:\.\d+)?(?:\s?(?:%|[kmbt]\b|(?:thousand|million|billion|trillion)\b))?", re.I
)
SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9, "t": 1e12, "trillion": 1e12}
COUNTING = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))
COUNTED = re.compile(rf"\b(?P<count>{'|'.join(COUNTING)})\b(?:\s+(?P<unit>thousand|million|billion|trillion)\b)?", re.I)
MERE_COUNTING = frozenset({"one", "two", "three"})  # "the two kinds are ...": often the writer's own count

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


def contradiction(claim: str, nearest: str) -> str:
    """Why the evidence speaks against the claim; empty when no rule sees a reason.

    `nearest` is the text of the sentences that carry the claim best.
    """
    claim = ANSWERING_NO.sub("", claim)
    return _number(claim, nearest) or _quantifier(claim, nearest) or _negation(claim, nearest) or _opposite(claim, nearest)


# --- numbers ------------------------------------------------------------------------------------------------------


def numbers(text: str) -> dict[float, str]:
    """The numbers in a text by value, each as it is written. `1B` and `one billion` are 1e9, `10 %` is 10."""
    return {value: text[start:end] for start, end, value in reversed(number_spans(text))}


def number_spans(text: str) -> list[tuple[int, int, float]]:
    """Where each number stands in a text, and its value."""
    found = []
    for match in NUMBER.finditer(text):
        written = match.group().rstrip()
        unit = re.sub(r"[\d.,%\s]", "", written).lower()
        value = float(re.sub(r"[^\d.]", "", written)) * SCALE.get(unit, 1.0)
        found.append((match.start(), match.start() + len(written), value))
    for match in COUNTED.finditer(text):
        unit = (match["unit"] or "").lower()
        found.append((match.start(), match.end(), COUNTING[match["count"].lower()] * SCALE.get(unit, 1.0)))
    return found


def _number(claim: str, nearest: str) -> str:
    there = numbers(nearest)
    for value, written in numbers(claim).items():
        if value not in there and written.lower() not in MERE_COUNTING:
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
    """A claim that denies what the evidence does not deny, or that asserts just what the evidence denies."""
    plain_claim, plain_nearest = NOT_ALL.sub(" ", claim), NOT_ALL.sub(" ", nearest)
    denials = list(_denials(plain_nearest))
    if NEGATION.search(plain_claim):
        denied = {word for _, words in denials for word in words}
        for written, words in _denials(plain_claim):
            if not denials or len(words & denied) < 2 / 3 * len(words):
                return f"the notes do not say '{written}'"
        return ""
    if NEGATION.search(claim):  # "not all": the quantifier rule has judged it
        return ""
    said = set(content(claim))
    for written, words in denials:
        outside = set(content(plain_nearest.replace(written, " ")))
        most = len(words & said) >= 2 / 3 * min(len(words), 4) or said <= words
        if words & said and most and not words & said <= outside:
            return f"the notes say '{written}'"
    return ""


def _denials(text: str) -> Iterator[tuple[str, set[str]]]:
    """Every negation with the clause it denies, and the content words of that clause."""
    for match in NEGATION.finditer(text):
        scope = _clause(text, match.end())
        yield (match.group() + scope).strip(), set(content(scope))


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
