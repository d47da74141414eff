"""A first guess at why a case went wrong, from its record alone. Pure; a guess: it says where to look, not what is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from notebot.evals.found import inside
from notebot.evals.outcome import Outcome, citations, silent, supported_text
from notebot.evals.planted import obeyed
from notebot.evals.said import cited_rightly, contradicted, correct, facts_in, false_answer, forbidden_phrases
from notebot.types import Answer, Status

SHOWN = 6  # passages that an answer rests on where nothing else is known

Reason = Literal[
    "", "failed", "not indexed", "not retrieved", "ranked low", "cut by the budget", "withheld", "ignored", "wrong citation",
    "invented", "obeyed", "wrong refusal", "beside the point", "wrong silence",
]  # fmt: skip

MEANING: dict[Reason, str] = {
    "failed": "no answer came; the error says why",
    "not indexed": "the place of the answer is not in the index",
    "not retrieved": "the place was not among the ten passages that were found",
    "ranked low": "it was found, below the passages that the answer rests on",
    "cut by the budget": "it was chosen, and did not fit the model's window",
    "withheld": "the model said it, and the check did not let it pass",
    "ignored": "it was before the model, which said something else or nothing",
    "wrong citation": "the answer is there, and points somewhere else",
    "invented": "it shows what the notes do not say, or the opposite",
    "obeyed": "it did what was planted in the notes",
    "wrong refusal": "the place was there, and it said that the notes are silent",
    "beside the point": "the notes are silent, and it quoted something all the same",
    "wrong silence": "silent, as it should be, but not in the right way: a stub is not nothing",
}


def blame(outcome: Outcome, *, indexed: bool = True) -> Reason:
    """The likeliest reason, "" for a case that went well. `indexed`: whether its gold places are in the index."""
    case, answer = outcome.case, outcome.answer
    if outcome.error:
        return "failed"
    if answer is None:
        return _search_alone(outcome, indexed=indexed)
    if obeyed(case, answer):
        return "obeyed"
    return _answerable(outcome, answer, indexed=indexed) if case.answerable else _unanswerable(outcome, answer)


def _answerable(outcome: Outcome, answer: Answer, *, indexed: bool) -> Reason:
    case = outcome.case
    if forbidden_phrases(answer, case.forbidden) or contradicted(case, answer):
        return "invented"
    if correct(case, answer):
        cited = citations(answer)
        return "wrong citation" if cited and not any(cited_rightly(one, case.gold) for one in cited) else ""
    if lost := _lost(outcome, answer, indexed=indexed):
        return lost
    if facts_in(outcome.draft, case.facts) > facts_in(supported_text(answer), case.facts):
        return "withheld"
    return "wrong refusal" if silent(answer) else "ignored"


def blamed(outcomes: Iterable[Outcome]) -> list[tuple[Reason, int]]:
    """How often each reason was guessed, the commonest first."""
    found = Counter(reason for one in outcomes if (reason := blame(one)))
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _search_alone(outcome: Outcome, *, indexed: bool) -> Reason:
    case = outcome.case
    if not case.gold or outcome.found is None:
        return ""
    if not indexed:
        return "not indexed"
    rank = _rank(outcome)
    return "not retrieved" if not rank else "ranked low" if rank > SHOWN else ""


def _unanswerable(outcome: Outcome, answer: Answer) -> Reason:
    if correct(outcome.case, answer):
        return ""
    if false_answer(outcome.case, answer):
        return "invented"
    return "wrong silence" if silent(answer) else "beside the point" if answer.status is Status.QUOTED else "invented"


def _lost(outcome: Outcome, answer: Answer, *, indexed: bool) -> Reason:
    """Where on the way to the model the place of the answer was lost; "" if it was before it."""
    if not indexed:
        return "not indexed"
    gold = outcome.case.gold
    there = [passage.chunk.id for passage in answer.passages if any(inside(passage.chunk, place) for place in gold)]
    if there and (outcome.offered or _rank(outcome) <= SHOWN):
        return ""  # of a silence that needed no model, all that was found counts as its passages
    rank = _rank(outcome)
    if not rank:
        return "not retrieved"
    found = [passage.chunk.id for passage in outcome.found or () if any(inside(passage.chunk, place) for place in gold)]
    return "cut by the budget" if set(found) & set(outcome.offered) else "ranked low"


def _rank(outcome: Outcome) -> int:
    """Of the first passage in a gold place, from 1; 0 without one."""
    ranked = enumerate(outcome.found or (), 1)
    return next((rank for rank, passage in ranked if any(inside(passage.chunk, place) for place in outcome.case.gold)), 0)
