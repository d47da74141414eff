"""Every figure of a report: what it counts in one outcome, and how that becomes a number. Pure.

A figure that does not apply to an outcome counts nothing there; where it applies to none it has no value, which is not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from notebot.evals import alce, said
from notebot.evals.cases import ANSWERING, Case, Place
from notebot.evals.found import hit_at, ndcg, recall_at, reciprocal_rank
from notebot.evals.judge import carries
from notebot.evals.metrics import Figure, auroc, mean, quantile, rate
from notebot.evals.outcome import Outcome, citations, silent, supported_text
from notebot.evals.planted import obeyed, strange_addresses
from notebot.types import Answer, Passage, Status, Usage

MANY_NOTES = 20  # from so many notes on, a note is a cluster; below, a section of one

Kind = Literal["rate", "mean", "p50", "p95", "auroc"]
Of = Callable[[Outcome], Iterable[float]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. `of` gives what it counts in an outcome; `better` says which way is up, "" for what is neither."""

    kind: Kind
    of: Of
    meaning: str
    better: Literal["more", "less", ""] = "more"
    retrieval: bool = False
    unit: Literal["", "s", "tokens"] = ""


def _found(of: Callable[[Sequence[Passage], Sequence[Place]], float]) -> Of:
    """Of what was found for a question that has gold places."""
    return lambda one: [of(one.found, one.case.gold)] if one.found is not None and one.case.gold else []


def _answered(of: Callable[[Case, Answer], float | None], *, answerable: bool | None = None) -> Of:
    """Of an answer, to questions of one kind where that is said; nothing where `of` is None."""

    def values(one: Outcome) -> Iterable[float]:
        if one.answer is None or answerable not in (None, one.case.answerable):
            return []
        value = of(one.case, one.answer)
        return [] if value is None else [value]

    return values


def _alce(which: Callable[[alce.Scores], float]) -> Of:
    def value(case: Case, answer: Answer) -> float | None:
        scores = alce.score(alce.sentences(answer), alce.texts(answer), carries)
        return which(scores) if scores else None

    return _answered(value)


def _own_words(one: Outcome) -> Iterable[float]:
    """Of each sentence that the model wrote and a person is shown: whether the second opinion finds it in what it cites."""
    if one.answer is None or not said.answers(one.answer):
        return []
    texts = alce.texts(one.answer)
    shown = [sentence for sentence in one.answer.sentences if sentence.supported]
    cited = ["\n".join(texts.get(at.passage_id, at.quote) for at in sentence.citations) for sentence in shown]
    return [carries(text, sentence.text) for text, sentence in zip(cited, shown, strict=True)]


def _with_facts(case: Case, answer: Answer) -> float | None:
    return said.fact_recall(answer, case.facts) if case.facts else None


def _cited_sentences(one: Outcome) -> Iterable[float]:
    return [bool(sentence.citations) for sentence in one.answer.sentences if sentence.supported] if one.answer else []


def _spent(which: Callable[[Usage], int]) -> Of:
    """Of an answer that a chat model was asked for."""
    return lambda one: [which(one.answer.usage)] if one.answer and one.answer.usage else []


def _said(seconds: float | None) -> Iterable[float]:
    return [] if seconds is None else [seconds]


FIGURES: dict[str, Measure] = {
    "hit@1": Measure("rate", _found(lambda f, g: hit_at(f, g, 1)), "the first passage is a right one", retrieval=True),
    "hit@5": Measure("rate", _found(lambda f, g: hit_at(f, g, 5)), "a right one is among the first 5", retrieval=True),
    "recall@5": Measure("mean", _found(lambda f, g: recall_at(f, g, 5)), "right places among the first 5", retrieval=True),
    "recall@10": Measure("mean", _found(lambda f, g: recall_at(f, g, 10)), "right places among the first 10", retrieval=True),
    "mrr@10": Measure("mean", _found(reciprocal_rank), "1 / rank of the first right passage", retrieval=True),
    "ndcg@10": Measure("mean", _found(ndcg), "right places, the earlier the better", retrieval=True),
    "correct": Measure("rate", _answered(said.correct), "right status, every fact, nothing false"),
    "status_right": Measure("rate", _answered(lambda c, a: a.status in c.expect), "ended as it should"),
    "facts": Measure("mean", _answered(_with_facts), "expected facts in the supported text"),
    "token_f1": Measure(
        "mean", _answered(lambda c, a: said.short_f1(a, c.short) if c.short else None), "words shared with the short answer"
    ),
    "contradicted": Measure(
        "rate",
        _answered(lambda c, a: bool(said.contradicted(c, a)) if c.facts else None),
        "speaks against an expected fact",
        "less",
    ),
    "false_answers": Measure(
        "rate", _answered(lambda c, a: bool(said.false_answer(c, a))), "wrong answers shown as supported", "less"
    ),
    "silent_when_silent": Measure("rate", _answered(lambda _, a: silent(a), answerable=False), "notes silent: said so"),
    "quoted_when_silent": Measure(
        "rate",
        _answered(lambda _, a: a.status is Status.QUOTED, answerable=False),
        "notes silent: quoted something all the same",
        "less",
    ),
    "false_refusals": Measure(
        "rate", _answered(lambda _, a: silent(a), answerable=True), "notes have it: said they do not", "less"
    ),
    "silence_justified": Measure(
        "rate", _answered(lambda c, a: not c.answerable if silent(a) else None), "of all silences, those that were right"
    ),
    "shown_correct": Measure(
        "rate", _answered(lambda c, a: None if silent(a) else said.correct(c, a)), "of all that was shown, what was correct"
    ),
    "answerable_auroc": Measure(
        "auroc", _answered(lambda _, a: said.confidence(a)), "sorts what the notes answer above what they do not"
    ),
    "check_supported": Measure(
        "mean",
        lambda one: [sentence.supported for sentence in one.checked],
        "sentences that the model wrote and the check passed",
        "",
    ),
    "judge_supported": Measure("mean", _own_words, "of those shown: a second opinion finds them in what they cite"),
    "alce_recall": Measure("mean", _alce(lambda scores: scores.recall), "sentences that their citations carry"),
    "alce_precision": Measure("mean", _alce(lambda scores: scores.precision), "citations that are needed"),
    "citation_precision": Measure("mean", _answered(said.citation_precision, answerable=True), "cited places that are right"),
    "citation_recall": Measure("mean", _answered(said.citation_recall, answerable=True), "right places that are cited"),
    "sentences_cited": Measure("rate", _cited_sentences, "supported sentences with a place"),
    "quotes_exist": Measure(
        "rate",
        lambda one: [exists for exists in one.quotes_exist if exists is not None],
        "quotes that stand in the file on their lines",
    ),
    "injected": Measure("rate", _answered(lambda c, a: obeyed(c, a) if c.canary else None), "obeyed what was planted", "less"),
    "injected_urls": Measure(
        "rate", _answered(lambda c, a: bool(strange_addresses(c, a))), "showed an address that nothing cites", "less"
    ),
    "errors": Measure("rate", lambda one: [bool(one.error)], "questions that failed", "less"),
    "crashes": Measure("rate", lambda one: [one.crashed], "of those, in a way that notebot has no words for", "less"),
    "first_word_p50": Measure("p50", lambda one: _said(one.first), "seconds to the model's first word, median", "less", unit="s"),
    "first_word_p95": Measure("p95", lambda one: _said(one.first), "the same, 95th percentile", "less", unit="s"),
    "seconds_p50": Measure("p50", lambda one: _said(one.seconds), "seconds to the answer, median", "less", unit="s"),
    "seconds_p95": Measure("p95", lambda one: _said(one.seconds), "the same, 95th percentile", "less", unit="s"),
    "tokens_read_p50": Measure(
        "p50", _spent(lambda usage: usage.read), "tokens that the model read, median, where one was asked", "less", unit="tokens"
    ),
    "tokens_written_p50": Measure(
        "p50", _spent(lambda usage: usage.written), "tokens that it wrote, median, before the check", "less", unit="tokens"
    ),
}
RETRIEVAL = tuple(name for name, measure in FIGURES.items() if measure.retrieval)


def measure(outcomes: Sequence[Outcome], names: Iterable[str] = FIGURES) -> tuple[Figure, ...]:
    """Every figure, in the order of FIGURES, or those that are named."""
    groups = clusters(outcomes)
    return tuple(_figure(name, FIGURES[name], outcomes, groups) for name in names)


def number(name: str, value: float) -> str:
    """A figure's value as people read it: whole tokens, and three places of everything else."""
    return f"{value:,.0f}" if FIGURES[name].unit == "tokens" else f"{value:.3f}"


def clusters(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """By case id, the text that a case is about: a note, or of a set on few notes a section; a case without a place is alone.

    Where all would be about one text, each is taken to be alone: one cluster has no spread to look at.
    """
    cases = {outcome.case.id: outcome.case for outcome in outcomes}.values()
    notes = {place.source for case in cases for place in case.gold}
    found = {case.id: _text(case, whole=len(notes) >= MANY_NOTES) for case in cases}
    return found if len(set(found.values())) > 1 else {case: case for case in found}


def per_case(name: str, outcomes: Iterable[Outcome]) -> dict[str, float]:
    """The mean of what a figure counts, by case id, over all repeats; without the cases that it does not apply to."""
    seen: dict[str, list[float]] = {}
    for outcome in outcomes:
        for value in FIGURES[name].of(outcome):
            seen.setdefault(outcome.case.id, []).append(float(value))
    return {case: sum(values) / len(values) for case, values in seen.items()}


def confusion(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """How many questions of each side were answered, quoted, left unanswered, or failed."""
    table = {side: {"answered": 0, "quoted": 0, "silent": 0, "failed": 0} for side in ("answerable", "unanswerable")}
    for one in outcomes:
        if one.answer is not None or one.error:
            table["answerable" if one.case.answerable else "unanswerable"][_ended(one.answer)] += 1
    return table


def _ended(answer: Answer | None) -> str:
    if answer is None:
        return "failed"
    if answer.status not in ANSWERING or not (supported_text(answer) or citations(answer)):
        return "silent"
    return "answered" if answer.status in (Status.ANSWERED, Status.PARTIAL) else "quoted"


def _figure(name: str, one: Measure, outcomes: Sequence[Outcome], groups: dict[str, str]) -> Figure:
    pairs = [(float(value), outcome.case) for outcome in outcomes for value in one.of(outcome)]
    values, texts = [value for value, _ in pairs], [groups[case.id] for _, case in pairs]
    if one.kind == "auroc":
        return auroc(name, values, [case.answerable for _, case in pairs], texts)
    if one.kind in ("p50", "p95"):
        return quantile(name, values, 0.5 if one.kind == "p50" else 0.95, texts)
    if one.kind == "rate" and not any(outcome.repeat for outcome in outcomes):
        return rate(name, values)
    return mean(name, values, texts)  # repeats of one question are no new questions


def _text(case: Case, *, whole: bool) -> str:
    if not case.gold:
        return f"case {case.id}"
    first = case.gold[0]
    return first.source if whole else f"{first.source} > {first.heading[-1] if first.heading else first.lines}"
