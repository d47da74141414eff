"""A run -> what a person reads, and whether it is good enough. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from notebot.evals.cases import Limit
from notebot.evals.figures import FIGURES, RETRIEVAL, number
from notebot.evals.found import hit_at
from notebot.evals.metrics import Figure
from notebot.evals.outcome import Outcome, citations
from notebot.evals.run import Report
from notebot.evals.said import correct, fact_recall, false_answer
from notebot.render import one_line, place_text
from notebot.types import Answer

PER_TAG = ("hit@5", "correct", "facts", "false_answers", "silent_when_silent")


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
    partly = report.manifest is not None and report.manifest.how.partial  # then it need not have what each figure counts
    return tuple(
        Verdict(
            figures[name], limit, _kept(figures[name], limit, optional=partly or (not report.model and name not in RETRIEVAL))
        )
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


def failure(outcome: Outcome) -> str:
    """What went wrong in a case, in words; empty when nothing did. The worst comes first and hides the rest."""
    if outcome.error:
        return f"error: {outcome.error}"
    if outcome.answer is not None:
        return _bad_answer(outcome, outcome.answer)
    if outcome.found is not None and outcome.case.gold and not hit_at(outcome.found, outcome.case.gold, 5):
        return "not among the first 5 passages"
    return ""


def shown(answer: Answer) -> str:
    """The start of what a person saw, and the places that it cites."""
    text = one_line(answer.text)
    places = dict.fromkeys(
        place_text(found.source, found.first_line, found.last_line, unit=found.unit) for found in citations(answer)
    )
    return (text if len(text) <= 160 else text[:159] + "…") + (f" [{', '.join(places)}]" if places else "")


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


def headline_figures(report: Report) -> list[str]:
    """The figures that are shown by tag: those of PER_TAG that this run measured."""
    measured = {figure.name for figure in report.figures if figure.value is not None}
    return [name for name in PER_TAG if name in measured]


def _kept(figure: Figure, limit: Limit, *, optional: bool) -> bool | None:
    if figure.value is None:
        return None if optional else False
    return (limit.at_least is None or figure.value >= limit.at_least) and (limit.at_most is None or figure.value <= limit.at_most)


def _figure_lines(report: Report) -> Iterator[str]:
    yield f"{'figure':<20}{'value':>7}   {'95 % interval':<16}{'n':>4}"
    for figure in report.figures:
        if figure.value is not None:
            value, low, high = (number(figure.name, part or 0.0) for part in (figure.value, figure.low, figure.high))
            interval = f"{low} to {high}"
            yield f"{figure.name:<20}{value:>7}   {interval:<16}{figure.n:>4}   {FIGURES[figure.name].meaning}"


def _tag_lines(report: Report) -> Iterator[str]:
    names = headline_figures(report)
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
            said = f" | {shown(outcome.answer)}" if outcome.answer else ""
            yield f"- {outcome.case.id}: {one_line(outcome.case.question)} | {one_line(reason)}{said}"


def _verdict_lines(report: Report) -> Iterator[str]:
    broken = [verdict for verdict in verdicts(report) if verdict.kept is False]
    yield from (f"FAILED: {verdict}" for verdict in broken)
    if not broken:
        yield f"Passed: {sum(verdict.kept is True for verdict in verdicts(report))} thresholds kept."
