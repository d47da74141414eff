"""A run as data: what programs read, and all that pictures of it are drawn from. Pure. Its schema: eval/report.schema.json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from notebot.evals.blame import blame, blamed
from notebot.evals.figures import FIGURES, clusters, confusion
from notebot.evals.found import inside
from notebot.evals.outcome import Outcome, silent
from notebot.evals.report import failure, passed, verdicts
from notebot.evals.run import Report
from notebot.evals.said import confidence, correct, fact_recall
from notebot.render import answer_json

SCHEMA = 1  # bump when a key changes its meaning or goes away; a new key needs no bump


def report_json(report: Report) -> dict[str, object]:
    """Everything, every case included. A figure without anything to measure has null for its value."""
    groups = clusters(report.outcomes)
    return {
        "schema": SCHEMA,
        "name": report.name,
        "version": report.version,
        "model": report.model or None,
        "embedder": report.embedder,
        "passed": passed(report),
        "figures": [asdict(figure) for figure in report.figures],
        "meanings": {name: {"means": one.meaning, "better": one.better or None} for name, one in FIGURES.items()},
        "tags": {tag: [asdict(figure) for figure in figures if figure.n] for tag, figures in report.by_tag},
        "thresholds": [
            {"figure": verdict.figure.name, **asdict(verdict.limit), "kept": verdict.kept} for verdict in verdicts(report)
        ],
        "confusion": confusion(report.outcomes),
        "guesses": dict(blamed(report.outcomes)),
        "risk_coverage": risk_coverage(report.outcomes),
        "peak_memory_mb": report.peak_mb,
        "manifest": asdict(report.manifest) if report.manifest else None,
        "cases": [_case_json(outcome, groups[outcome.case.id]) for outcome in report.outcomes],
    }


def risk_coverage(outcomes: Sequence[Outcome]) -> list[dict[str, float]]:
    """How wrong what is shown would be, if only the surest share of all questions were answered: a point for each.

    `coverage` is the share answered, `risk` the share of those that are not correct, `confidence` the least of them.
    """
    asked = [(confidence(one.answer), correct(one.case, one.answer)) for one in outcomes if one.answer and not silent(one.answer)]
    total = sum(one.answer is not None for one in outcomes)
    points, wrong = [], 0
    for number, (sure, right) in enumerate(sorted(asked, key=lambda pair: -pair[0]), 1):
        wrong += not right
        points.append({"coverage": round(number / total, 6), "risk": round(wrong / number, 6), "confidence": round(sure, 6)})
    return points


def _case_json(outcome: Outcome, cluster: str) -> dict[str, object]:
    case, answer, found = outcome.case, outcome.answer, outcome.found
    ranks = [
        next((rank for rank, passage in enumerate(found or (), 1) if inside(passage.chunk, place)), None) for place in case.gold
    ]
    return {
        "id": case.id,
        "question": case.question,
        "asked": outcome.asked or None,
        "tags": list(case.tags),
        "split": case.split,
        "cluster": cluster,
        "repeat": outcome.repeat,
        "answerable": case.answerable,
        "expected": [str(status) for status in case.expect],
        "failure": failure(outcome) or None,
        "guess": blame(outcome) or None,
        "error": outcome.error or None,
        "crashed": outcome.crashed,
        "correct": correct(case, answer) if answer else None,
        "confidence": round(confidence(answer), 6) if answer else None,
        "facts": fact_recall(answer, case.facts) if answer and case.facts else None,
        "gold_ranks": ranks if found is not None else None,
        "quotes_exist": list(outcome.quotes_exist),
        "first_word_seconds": outcome.first,
        "seconds": outcome.seconds,
        "cached": outcome.cached,
        "draft": outcome.draft or None,
        "answer": answer_json(answer) if answer else None,
    }
