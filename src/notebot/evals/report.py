"""A run -> what a person reads, what a program reads, and whether it is good enough. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from notebot.evals.cases import Limit
from notebot.evals.metrics import Figure, Outcome, citations, correct, fact_recall, false_answer, hit_at
from notebot.evals.run import Report
from notebot.render import answer_json, one_line, place_text
from notebot.types import Answer

SCHEMA = 1  # bump when a key changes its meaning or goes away; a new key needs no bump

RETRIEVAL = ("hit@1", "hit@5", "recall@5", "recall@10", "mrr@10")
PER_TAG = ("hit@5", "correct", "facts", "false_answers", "silent_when_silent")
MEANING = {
    "hit@1": "the first passage is a right one",
    "hit@5": "a right one is among the first 5",
    "recall@5": "right places among the first 5",
    "recall@10": "right places among the first 10",
    "mrr@10": "1 / rank of the first right passage",
    "correct": "right status, every fact, nothing false",
    "status_right": "ended as it should",
    "facts": "expected facts in the supported text",
    "false_answers": "wrong answers shown as supported",
    "silent_when_silent": "notes silent: said so",
    "quoted_when_silent": "notes silent: quoted something all the same",
    "false_refusals": "notes have it: said they do not",
    "silence_justified": "of all silences, those that were right",
    "citation_precision": "cited places that are right",
    "citation_recall": "right places that are cited",
    "sentences_cited": "supported sentences with a place",
    "quotes_exist": "quotes that stand in the file on their lines",
    "errors": "questions that failed",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One threshold of the set. `kept` is None where the run did not measure the figure because it was not asked to."""

    figure: Figure
    limit: Limit
    kept: bool | None

    def __str__(self) -> str:
        bound = f"at least {self.limit.at_least:g}" if self.limit.at_least is not None else f"at most {self.limit.at_most:g}"
        value = "was not measured" if self.figure.value is None else f"is {self.figure.value:.3f}"
        return f"{self.figure.name} {value}, must be {bound}"


def verdicts(report: Report) -> tuple[Verdict, ...]:
    """Every threshold of the set against its figure, in the order of the file."""
    figures = {figure.name: figure for figure in report.figures}
    return tuple(
        Verdict(figures[name], limit, _kept(figures[name], limit, retrieval_only=not report.model))
        for name, limit in report.thresholds.items()
    )


def passed(report: Report) -> bool:
    """Whether every threshold is kept that this kind of run measures: the one rule behind the text and the exit code."""
    return all(verdict.kept is not False for verdict in verdicts(report))


def report_text(report: Report) -> str:
    """The figures with their intervals, then by tag, then what went wrong, a line each, then the verdict."""
    author = f"answers by {one_line(report.model)}" if report.model else "retrieval only"
    title = f"{one_line(report.name)} {report.version}: {len(report.outcomes)} questions, {author}"
    blocks = [
        f"{title}, embedder {one_line(report.embedder)}",
        "\n".join(_figure_lines(report)),
        "\n".join(_tag_lines(report)),
        "\n".join(_failure_lines(report)) or "No failures.",
        "\n".join(_verdict_lines(report)),
    ]
    return "\n\n".join(block for block in blocks if block)


def report_json(report: Report) -> dict[str, object]:
    """The same for programs, every case included. A figure without anything to measure has null for its value."""
    return {
        "schema": SCHEMA,
        "name": report.name,
        "version": report.version,
        "model": report.model or None,
        "embedder": report.embedder,
        "passed": passed(report),
        "figures": [asdict(figure) for figure in report.figures],
        "tags": {tag: [asdict(figure) for figure in figures if figure.n] for tag, figures in report.by_tag},
        "thresholds": [
            {"figure": verdict.figure.name, **asdict(verdict.limit), "kept": verdict.kept} for verdict in verdicts(report)
        ],
        "cases": [_case_json(outcome) for outcome in report.outcomes],
    }


def failure(outcome: Outcome) -> str:
    """What went wrong in a case, in words; empty when nothing did. The worst comes first and hides the rest."""
    if outcome.error:
        return f"error: {outcome.error}"
    if outcome.answer is not None:
        return _bad_answer(outcome, outcome.answer)
    if outcome.found is not None and outcome.case.gold and not hit_at(outcome.found, outcome.case.gold, 5):
        return "not among the first 5 passages"
    return ""


def _bad_answer(outcome: Outcome, answer: Answer) -> str:
    case = outcome.case
    if wrong := false_answer(case, answer):
        return f"false: {wrong}"
    if False in outcome.quotes_exist:
        return "a quote does not stand where it is cited"
    if answer.status not in case.expect:
        return f"{answer.status}, expected {' or '.join(case.expect)}"
    if not correct(case, answer):
        return f"{round(fact_recall(answer, case.facts) * len(case.facts))} of {len(case.facts)} facts"
    return ""


def _kept(figure: Figure, limit: Limit, *, retrieval_only: bool) -> bool | None:
    if figure.value is None:
        return None if retrieval_only and figure.name not in RETRIEVAL else False
    return (limit.at_least is None or figure.value >= limit.at_least) and (limit.at_most is None or figure.value <= limit.at_most)


def _figure_lines(report: Report) -> Iterator[str]:
    yield f"{'figure':<20}{'value':>7}   {'95 % interval':<16}{'n':>4}"
    for figure in report.figures:
        if figure.value is not None:
            interval = f"{figure.low:.3f} to {figure.high:.3f}"
            yield f"{figure.name:<20}{figure.value:>7.3f}   {interval:<16}{figure.n:>4}   {MEANING[figure.name]}"


def _tag_lines(report: Report) -> Iterator[str]:
    measured = {figure.name for figure in report.figures if figure.value is not None}
    names = [name for name in PER_TAG if name in measured]
    if not report.by_tag:
        return
    yield f"{'tag':<20}{'cases':>6}" + "".join(f"{name:>20}" for name in names)
    for tag, figures in report.by_tag:
        values = {figure.name: figure.value for figure in figures}
        cells = ("" if (value := values[name]) is None else f"{value:.2f}" for name in names)
        count = sum(tag in outcome.case.tags for outcome in report.outcomes)
        yield (f"{one_line(tag):<20}{count:>6}" + "".join(f"{cell:>20}" for cell in cells)).rstrip()


def _failure_lines(report: Report) -> Iterator[str]:
    for outcome in report.outcomes:
        if reason := failure(outcome):
            said = f" | {_shown(outcome.answer)}" if outcome.answer else ""
            yield f"- {outcome.case.id}: {one_line(outcome.case.question)} | {one_line(reason)}{said}"


def _shown(answer: Answer) -> str:
    """The start of what a person saw, and the places that it cites."""
    text = one_line(answer.text)
    places = dict.fromkeys(
        place_text(found.source, found.first_line, found.last_line, unit=found.unit) for found in citations(answer)
    )
    return (text if len(text) <= 160 else text[:159] + "…") + (f" [{', '.join(places)}]" if places else "")


def _verdict_lines(report: Report) -> Iterator[str]:
    broken = [verdict for verdict in verdicts(report) if verdict.kept is False]
    yield from (f"FAILED: {verdict}" for verdict in broken)
    if not broken:
        yield f"Passed: {sum(verdict.kept is True for verdict in verdicts(report))} thresholds kept."


def _case_json(outcome: Outcome) -> dict[str, object]:
    case, answer = outcome.case, outcome.answer
    return {
        "id": case.id,
        "question": case.question,
        "tags": list(case.tags),
        "expected": [str(status) for status in case.expect],
        "failure": failure(outcome) or None,
        "error": outcome.error or None,
        "facts": fact_recall(answer, case.facts) if answer and case.facts else None,
        "quotes_exist": list(outcome.quotes_exist),
        "answer": answer_json(answer) if answer else None,
    }
