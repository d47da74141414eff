"""One answer against what its case expects: facts, short answers, contradictions, confidence. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from notebot.evals.cases import ANSWERING, Case, Place
from notebot.evals.outcome import citations, silent, supported_text
from notebot.evals.wording import claims, denies, states, token_f1, words
from notebot.types import Answer, Citation, Status

_QUANTITY = re.compile(r"\d")
COUNTED = frozenset("one two three four five six seven eight nine ten hundred thousand million billion".split())


def fact_recall(answer: Answer, facts: Sequence[Sequence[str]]) -> float:
    """Share of the groups of which some phrasing is in the supported text; silence states none."""
    return facts_in(supported_text(answer) if answer.status in ANSWERING else "", facts)


def facts_in(text: str, facts: Sequence[Sequence[str]]) -> float:
    """Share of the groups of which some phrasing is in the text."""
    return sum(any(states(text, phrase) for phrase in group) for group in facts) / len(facts)


def short_f1(answer: Answer, short: Sequence[str]) -> float:
    """Token F1 of the supported text with the nearest of the short answers; silence has none. A whole sentence scores low."""
    text = supported_text(answer) if answer.status in ANSWERING else ""
    return max(token_f1(text, one) for one in short)


def forbidden_phrases(answer: Answer, forbidden: Iterable[str]) -> list[str]:
    """Those that a supported sentence claims."""
    shown = [sentence.text for sentence in answer.sentences if sentence.supported]
    return [phrase for phrase in forbidden if any(claims(text, phrase) for text in shown)]


def contradicted(case: Case, answer: Answer) -> str:
    """How what is shown speaks against a gold fact; empty when it does not.

    It does where it claims a forbidden phrase, denies every phrasing of a fact that it has, or answers a fact that is all
    numbers with other ones. What is said in other words goes unseen.
    """
    if not case.facts or answer.status not in ANSWERING:
        return ""
    if stated := forbidden_phrases(answer, case.forbidden):
        return f"claims {', '.join(stated)}"
    text = supported_text(answer)
    for group in case.facts:
        if any(denies(text, phrase) for phrase in group) and not any(claims(text, phrase) for phrase in group):
            return f"denies {group[0]}"
        if all(map(_is_number, group)) and not any(states(text, phrase) for phrase in group) and (others := _numbers(text, case)):
            return f"says {others[0]} for {group[0]}"
    return ""


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


def cited_rightly(citation: Citation, gold: Sequence[Place]) -> bool:
    """Whether the cited lines are in a gold place."""
    heading, first, last = citation.heading, citation.first_line, citation.last_line
    return any(citation.source == place.source and place.holds(heading, first, last) for place in gold)


def citation_precision(case: Case, answer: Answer) -> float | None:
    """Share of the citations that point into a gold place; None without any."""
    found = citations(answer)
    return sum(cited_rightly(citation, case.gold) for citation in found) / len(found) if found else None


def citation_recall(case: Case, answer: Answer) -> float | None:
    """Share of the gold places that are cited; None of a silent answer."""
    if silent(answer):
        return None
    found = citations(answer)
    return sum(any(cited_rightly(citation, [place]) for citation in found) for place in case.gold) / len(case.gold)


def correct(case: Case, answer: Answer) -> bool:
    """Whether a person was served well: an expected status, every fact, nothing false."""
    if answer.status not in case.expect or false_answer(case, answer):
        return False
    return not case.facts or fact_recall(answer, case.facts) == 1


def confidence(answer: Answer) -> float:
    """How sure the bot seems that the notes answer: any shown answer above any silence. Only the order means something.

    Among shown answers the least supported sentence counts, among silent ones how near the best passage came.
    """
    shown = [sentence.score for sentence in answer.sentences if sentence.supported]
    if not silent(answer) and shown:
        return 1 + min(shown)
    return max((passage.similarity for passage in answer.passages), default=-1.0) - 1


def _numbers(text: str, case: Case) -> list[str]:
    """Those in the text that neither the question nor an expected fact has itself."""
    known = {word for known in (case.question, *(phrase for group in case.facts for phrase in group)) for word in words(known)}
    return [word for word in words(text) if _QUANTITY.search(word) and word not in known]


def _is_number(phrase: str) -> bool:
    return any(_QUANTITY.search(word) or word in COUNTED for word in words(phrase))
