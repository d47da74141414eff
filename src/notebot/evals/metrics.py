"""What the bot did with the cases -> figures. Pure; every figure with its n and a 95 % interval."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from notebot.evals.cases import ANSWERING, Case, Place
from notebot.types import Answer, Citation, Passage, Status

Z = 1.959963984540054  # 97.5 % quantile of the normal distribution
RESAMPLES = 2_000
SEED = 20_240_611
DEPTH = 10  # passages that are looked at

WORD = re.compile(r"[^\W_]+\+*")  # "1B+" and "C++" are words of their own
NEGATIONS = frozenset({"not", "never", "nor", "without"})
REACH = 3  # words over which a negation reaches what follows: "not designed for a single task"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    `found` is None where retrieval was not measured, `answer` where no answer was asked for, or it failed with `error`.
    `quotes_exist` says for each citation of the supported sentences, in order, whether its quote stands in the file on its
    lines; None where that cannot be looked up (a web page).
    """

    case: Case
    found: tuple[Passage, ...] | None = None
    answer: Answer | None = None
    quotes_exist: tuple[bool | None, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: a share or a mean from 0 to 1 over `n` things, with its 95 % interval. All three are None without any."""

    name: str
    value: float | None
    n: int
    low: float | None
    high: float | None


# --- text ---------------------------------------------------------------------------------------------------------


def words(text: str) -> list[str]:
    """Words for comparison: lower case, no punctuation, hyphens split ("fine-tuned"), "isn't" as "is not"."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    plain = re.sub(r"\bcan(?:no|')t\b", "can not", plain)
    return WORD.findall(re.sub(r"n't\b", " not", plain))


def states(text: str, phrase: str) -> bool:
    """Whether the phrase is in the text, word for word."""
    return bool(_places_of(words(phrase), words(text)))


def claims(text: str, phrase: str) -> bool:
    """Whether the phrase is in the text and not denied there: no "not" in the three words before it.

    A phrase that has a "not" of its own says what it says.
    """
    sought, among = words(phrase), words(text)
    starts = _places_of(sought, among)
    if not NEGATIONS.isdisjoint(sought):
        return bool(starts)
    return any(NEGATIONS.isdisjoint(among[max(0, start - REACH) : start]) for start in starts)


def supported_text(answer: Answer) -> str:
    """What a person is shown as carried by the notes."""
    return "\n".join(sentence.text for sentence in answer.sentences if sentence.supported)


def _places_of(phrase: Sequence[str], among: Sequence[str]) -> list[int]:
    return [start for start in range(len(among) - len(phrase) + 1) if among[start : start + len(phrase)] == phrase]


# --- retrieval: one case ------------------------------------------------------------------------------------------


def _inside(passage: Passage, place: Place) -> bool:
    chunk = passage.chunk
    return chunk.source == place.source and place.holds(chunk.heading, chunk.first_line, chunk.last_line)


def hit_at(found: Sequence[Passage], gold: Sequence[Place], depth: int) -> bool:
    """Whether one of the first `depth` passages is in a gold place."""
    return any(_inside(passage, place) for passage in found[:depth] for place in gold)


def recall_at(found: Sequence[Passage], gold: Sequence[Place], depth: int) -> float:
    """Share of the gold places that one of the first `depth` passages is in."""
    return sum(hit_at(found, [place], depth) for place in gold) / len(gold)


def reciprocal_rank(found: Sequence[Passage], gold: Sequence[Place], depth: int = DEPTH) -> float:
    """1 / rank of the first passage that is in a gold place, 0 beyond `depth`."""
    return next((1 / rank for rank in range(1, depth + 1) if hit_at(found[rank - 1 : rank], gold, 1)), 0.0)


# --- answer: one case ---------------------------------------------------------------------------------------------


def fact_recall(answer: Answer, facts: Sequence[Sequence[str]]) -> float:
    """Share of the groups of which some phrasing is in the supported text; silence states none."""
    text = supported_text(answer) if answer.status in ANSWERING else ""
    return sum(any(states(text, phrase) for phrase in group) for group in facts) / len(facts)


def forbidden_phrases(answer: Answer, forbidden: Iterable[str]) -> list[str]:
    """Those that a supported sentence claims."""
    shown = [sentence.text for sentence in answer.sentences if sentence.supported]
    return [phrase for phrase in forbidden if any(claims(text, phrase) for text in shown)]


def answers(answer: Answer) -> bool:
    """Whether it shows something as the answer, in the model's words: quoting the notes is neither this nor silence."""
    return answer.status in (Status.ANSWERED, Status.PARTIAL) and any(sentence.supported for sentence in answer.sentences)


def false_answer(case: Case, answer: Answer) -> str:
    """Why what is shown as supported is wrong; empty when it is not.

    Wrong is an answer to what the notes do not answer, and a forbidden phrase. Quotes count only for the second: they are
    the notes' words, and at worst beside the point.
    """
    if stated := forbidden_phrases(answer, case.forbidden):
        return f"shows as supported: {', '.join(stated)}"
    return "answers what the notes do not say" if not case.answerable and answers(answer) else ""


def citations(answer: Answer) -> list[Citation]:
    """Of the supported sentences, in order."""
    return [citation for sentence in answer.sentences if sentence.supported for citation in sentence.citations]


def cited_rightly(citation: Citation, gold: Sequence[Place]) -> bool:
    """Whether the cited lines are in a gold place."""
    heading, first, last = citation.heading, citation.first_line, citation.last_line
    return any(citation.source == place.source and place.holds(heading, first, last) for place in gold)


def correct(case: Case, answer: Answer) -> bool:
    """Whether a person was served well: an expected status, every fact, nothing false."""
    if answer.status not in case.expect or false_answer(case, answer):
        return False
    return not case.facts or fact_recall(answer, case.facts) == 1


# --- many cases ---------------------------------------------------------------------------------------------------


def rate(name: str, flags: Iterable[float]) -> Figure:
    """The share that is true, with the Wilson interval."""
    seen = list(flags)
    n, hits = len(seen), sum(map(bool, seen))
    if not n:
        return Figure(name, None, 0, None, None)
    share = hits / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    # At the ends the bound is the share itself; rounding must not put it beside.
    return Figure(name, share, n, 0.0 if hits == 0 else middle - half, 1.0 if hits == n else middle + half)


def mean(name: str, values: Iterable[float]) -> Figure:
    """The mean, with the interval of a percentile bootstrap; the same values give the same interval."""
    seen = np.array(list(values), dtype=np.float64)
    if not seen.size:
        return Figure(name, None, 0, None, None)
    picks = np.random.default_rng(SEED).integers(0, seen.size, (RESAMPLES, seen.size))
    low, high = np.percentile(seen[picks].mean(axis=1), [2.5, 97.5])
    return Figure(name, float(seen.mean()), int(seen.size), float(low), float(high))


def auroc(name: str, scores: Sequence[float], positive: Sequence[bool], clusters: Sequence[str]) -> Figure:
    """How often a positive thing scores above a negative one, ties counted half: 0.5 is chance, 1 sorts perfectly.

    The interval is a percentile bootstrap that draws whole clusters, since claims about one text stand or fall together.
    `n` counts the things. Without a positive or without a negative there is no figure. Raises ValueError for unequal lengths.
    """
    if not len(scores) == len(positive) == len(clusters):
        raise ValueError("scores, positive and clusters go together, one of each a thing")
    good = np.array(positive, dtype=bool)
    if good.all() or not good.any():
        return Figure(name, None, len(good), None, None)
    order = np.argsort(scores, kind="stable")
    _, starts = np.unique(np.array(scores)[order], return_index=True)
    groups, member = np.unique(np.array(clusters)[order], return_inverse=True)
    drawn = np.random.default_rng(SEED).multinomial(groups.size, np.full(groups.size, 1 / groups.size), RESAMPLES)
    weights = np.vstack([np.ones(groups.size, dtype=drawn.dtype), drawn])[:, member].astype(np.float64)
    above = np.add.reduceat(weights * good[order], starts, axis=1)
    below = np.add.reduceat(weights * ~good[order], starts, axis=1)
    won = (above * (below.cumsum(axis=1) - below / 2)).sum(axis=1)
    pairs = above.sum(axis=1) * below.sum(axis=1)
    areas = won[pairs > 0] / pairs[pairs > 0]  # a draw of one kind only compares nothing
    low, high = np.percentile(areas[1:], [2.5, 97.5]) if areas.size > 1 else (areas[0], areas[0])
    return Figure(name, float(areas[0]), len(good), float(low), float(high))


def _searched(outcomes: Sequence[Outcome]) -> list[tuple[tuple[Passage, ...], tuple[Place, ...]]]:
    return [(outcome.found, outcome.case.gold) for outcome in outcomes if outcome.found is not None and outcome.case.gold]


def _asked(outcomes: Sequence[Outcome], *, answerable: bool | None = None) -> list[tuple[Case, Answer]]:
    return [
        (outcome.case, outcome.answer)
        for outcome in outcomes
        if outcome.answer is not None and answerable in (None, outcome.case.answerable)
    ]


def _citation_precision(outcomes: Sequence[Outcome]) -> Iterator[float]:
    """Of each answer with citations: the share of them that points into a gold place."""
    for case, answer in _asked(outcomes, answerable=True):
        if found := citations(answer):
            yield sum(cited_rightly(citation, case.gold) for citation in found) / len(found)


def _citation_recall(outcomes: Sequence[Outcome]) -> Iterator[float]:
    """Of each question that was answered: the share of its gold places that is cited."""
    for case, answer in _asked(outcomes, answerable=True):
        if not _silent(answer):
            found = citations(answer)
            yield sum(any(cited_rightly(citation, [place]) for citation in found) for place in case.gold) / len(case.gold)


def _sentences_cited(outcomes: Sequence[Outcome]) -> Iterator[bool]:
    for _, answer in _asked(outcomes):
        yield from (bool(sentence.citations) for sentence in answer.sentences if sentence.supported)


def _silent(answer: Answer) -> bool:
    return answer.status not in ANSWERING


# What each figure counts: one flag (a rate) or one number (a mean) for everything it is about, in the order of the report.
FIGURES: dict[str, tuple[Callable[[str, Iterable[float]], Figure], Callable[[Sequence[Outcome]], Iterable[float]]]] = {
    "hit@1": (rate, lambda them: (hit_at(found, gold, 1) for found, gold in _searched(them))),
    "hit@5": (rate, lambda them: (hit_at(found, gold, 5) for found, gold in _searched(them))),
    "recall@5": (mean, lambda them: (recall_at(found, gold, 5) for found, gold in _searched(them))),
    "recall@10": (mean, lambda them: (recall_at(found, gold, 10) for found, gold in _searched(them))),
    "mrr@10": (mean, lambda them: (reciprocal_rank(found, gold) for found, gold in _searched(them))),
    "correct": (rate, lambda them: (correct(case, answer) for case, answer in _asked(them))),
    "status_right": (rate, lambda them: (answer.status in case.expect for case, answer in _asked(them))),
    "facts": (mean, lambda them: (fact_recall(answer, case.facts) for case, answer in _asked(them, answerable=True))),
    "false_answers": (rate, lambda them: (bool(false_answer(case, answer)) for case, answer in _asked(them))),
    "silent_when_silent": (rate, lambda them: (_silent(answer) for _, answer in _asked(them, answerable=False))),
    "quoted_when_silent": (rate, lambda them: (answer.status is Status.QUOTED for _, answer in _asked(them, answerable=False))),
    "false_refusals": (rate, lambda them: (_silent(answer) for _, answer in _asked(them, answerable=True))),
    "silence_justified": (rate, lambda them: (not case.answerable for case, answer in _asked(them) if _silent(answer))),
    "citation_precision": (mean, _citation_precision),
    "citation_recall": (mean, _citation_recall),
    "sentences_cited": (rate, _sentences_cited),
    "quotes_exist": (rate, lambda them: (exists for one in them for exists in one.quotes_exist if exists is not None)),
    "errors": (rate, lambda them: (bool(one.error) for one in them)),
}


def measure(outcomes: Sequence[Outcome]) -> tuple[Figure, ...]:
    """Every figure, in the order of FIGURES."""
    return tuple(kind(name, values(outcomes)) for name, (kind, values) in FIGURES.items())
