"""People's labels against the product's check and other judges: how far each can be believed. Pure.

A claim counts as supported only where a person says that all of it is. Intervals are 95 %: Wilson for shares, else a bootstrap
that draws whole clusters, since claims about one text stand or fall together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notebot.evals.labels import Label
from notebot.evals.metrics import RESAMPLES, Figure, auroc, draws, mean, rate

EXPLORATORY, GATE = 50, 200  # labels below which nothing follows, and from which a judge may decide
REPORT_KAPPA, GATE_KAPPA = 0.6, 0.7  # agreement from which a judge is worth reporting, and may decide
FEW = 10  # of one kind, below which its recall is hardly known
BINS = 10
ADVISING = 500  # resamples for the advice: each one seeks its own threshold

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judge:
    """How far somebody who says yes or no agrees with people."""

    name: str
    balanced_accuracy: Figure
    kappa: Figure
    recall_supported: Figure
    recall_unsupported: Figure
    precision: Figure


@dataclass(frozen=True, slots=True)
class Bin:
    """The claims with a score from `low` up to `high`: how many, their mean score, the share that people call supported."""

    low: float
    high: float
    n: int
    score: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Advice:
    """The score from which on to believe, for the best balanced accuracy, with its interval; None where one kind is missing."""

    threshold: float
    low: float
    high: float
    balanced_accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Labels against judges. `n` labels, `supported` of them say so; skipped ones do not count."""

    n: int
    supported: int
    auroc: Figure
    brier: Figure
    ece: float | None
    bins: tuple[Bin, ...]
    advice: Advice | None
    judges: tuple[Judge, ...]


def calibrate(labels: Sequence[Label], voices: Sequence[tuple[str, Sequence[bool | None]]] = ()) -> Calibration:
    """Measure the check and the word judge, and each further voice: a name, and what it says of each label, if anything."""
    kept = [number for number, label in enumerate(labels) if label.label != "skip"]
    used = [labels[number] for number in kept]
    truth, groups = [label.label == "supported" for label in used], [label.cluster for label in used]
    scores = [label.score for label in used]
    judges = [judge("check", [label.shown for label in used], truth, groups)]
    judges.append(judge("word judge", [label.judge for label in used], truth, groups))
    for name, said in voices:
        heard = [(said[number], at) for at, number in enumerate(kept) if said[number] is not None]
        judges.append(
            judge(name, [bool(one) for one, _ in heard], [truth[at] for _, at in heard], [groups[at] for _, at in heard])
        )
    found = bins(scores, truth)
    return Calibration(
        n=len(used),
        supported=sum(truth),
        auroc=auroc("auroc", scores, truth, groups),
        brier=mean("brier", [(score - right) ** 2 for score, right in zip(scores, truth, strict=True)], groups),
        ece=ece(found),
        bins=found,
        advice=advice(scores, truth, groups),
        judges=tuple(judges),
    )


def judge(name: str, said: Sequence[bool], truth: Sequence[bool], clusters: Sequence[str]) -> Judge:
    """How far one who says yes or no agrees with people. Raises ValueError for unequal lengths."""
    if not len(said) == len(truth) == len(clusters):
        raise ValueError("what is said, the truth and the clusters go together, one of each a claim")
    pairs = list(zip(said, truth, strict=True))
    weights = _weights(clusters, RESAMPLES)
    yes, right = np.array(said, dtype=np.float64), np.array(truth, dtype=np.float64)
    return Judge(
        name,
        _resampled("balanced_accuracy", balanced_accuracies(weights, yes, right), len(pairs)),
        _resampled("kappa", kappas(weights, yes, right), len(pairs)),
        rate("recall_supported", [one for one, good in pairs if good]),
        rate("recall_unsupported", [not one for one, good in pairs if not good]),
        rate("precision", [good for one, good in pairs if one]),
    )


def balanced_accuracies(weights: Floats, said: Floats, truth: Floats) -> Floats:
    """For each row of weights the mean of both recalls; not a number where one kind is missing."""
    good, bad = weights @ truth, weights @ (1 - truth)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(((weights @ (said * truth)) / good + (weights @ ((1 - said) * (1 - truth))) / bad) / 2)


def kappas(weights: Floats, said: Floats, truth: Floats) -> Floats:
    """For each row of weights Cohen's kappa; not a number where chance alone would agree fully."""
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        agreed = (weights @ (said * truth + (1 - said) * (1 - truth))) / total
        yes, good = (weights @ said) / total, (weights @ truth) / total
        chance = yes * good + (1 - yes) * (1 - good)
        return np.asarray(np.where(chance < 1 - 1e-12, (agreed - chance) / (1 - chance), np.nan))


def bins(scores: Sequence[float], truth: Sequence[bool], count: int = BINS) -> tuple[Bin, ...]:
    """The claims by score, in bins of equal width; the last one includes 1."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(count)]
    for score, right in zip(scores, truth, strict=True):
        members[min(int(score * count), count - 1)].append((score, right))
    return tuple(
        Bin(
            at / count,
            (at + 1) / count,
            len(inside),
            sum(score for score, _ in inside) / len(inside) if inside else None,
            sum(right for _, right in inside) / len(inside) if inside else None,
        )
        for at, inside in enumerate(members)
    )


def ece(found: Sequence[Bin]) -> float | None:
    """Expected calibration error: how far score and share are apart, over the bins, by their size."""
    total = sum(one.n for one in found)
    if not total:
        return None
    return sum(one.n * abs(one.score - one.share) for one in found if one.score is not None and one.share is not None) / total


def advice(scores: Sequence[float], truth: Sequence[bool], clusters: Sequence[str]) -> Advice | None:
    """From which score on to believe a claim. Between two scores, the middle; of equally good ones, the lowest."""
    if not 0 < sum(truth) < len(truth):
        return None
    order = np.argsort(scores, kind="stable")
    sorted_scores, right = np.array(scores, dtype=np.float64)[order], np.array(truth, dtype=np.float64)[order]
    weights = _weights(clusters, ADVISING)[:, order]
    # Believing from number k on: what is supported below k is missed, what is not supported below k is rightly refused.
    missed = np.hstack([np.zeros((len(weights), 1)), (weights * right).cumsum(axis=1)])
    refused = np.hstack([np.zeros((len(weights), 1)), (weights * (1 - right)).cumsum(axis=1)])
    with np.errstate(invalid="ignore", divide="ignore"):
        values = ((1 - missed / missed[:, -1:]) + refused / refused[:, -1:]) / 2
    starts = np.flatnonzero(np.diff(sorted_scores, prepend=-np.inf, append=np.inf))  # never between two equal scores
    values = values[~np.isnan(values).any(axis=1)][:, starts]
    cuts = np.array([_cut(sorted_scores, int(start)) for start in starts])
    best = values.argmax(axis=1)
    low, high = np.percentile(cuts[best[1:]], [2.5, 97.5]) if len(best) > 1 else (cuts[best[0]], cuts[best[0]])
    return Advice(float(cuts[best[0]]), float(low), float(high), float(values[0, best[0]]))


def trust(found: Calibration) -> str:
    """What can follow from so many labels, in words."""
    rare = min(found.supported, found.n - found.supported)
    few = f" Only {rare} are of the rarer kind, so its recall is hardly known: label more." if rare < FEW else ""
    if found.n < EXPLORATORY:
        return (
            f"Exploratory: {found.n} labels are too few to conclude anything; from {EXPLORATORY} on figures can be reported.{few}"
        )
    if found.n < GATE:
        return f"{found.n} labels: enough to report, too few to let a judge decide ({GATE}).{few}"
    return f"{found.n} labels: enough to let a judge decide, where its kappa is {GATE_KAPPA} or more.{few}"


def standing(one: Judge, n: int) -> str:
    """What a judge may be used for, by its agreement: the lower end of the interval has to reach."""
    low = one.kappa.low
    if low is None or n < EXPLORATORY:
        return "unknown"
    if n >= GATE and low >= GATE_KAPPA:
        return "may decide"
    return "worth reporting" if low >= REPORT_KAPPA else "not to be relied on"


def _cut(scores: Floats, start: int) -> float:
    if start == 0:
        return 0.0
    return 1.0 if start == len(scores) else float((scores[start - 1] + scores[start]) / 2)


def _weights(clusters: Sequence[str], resamples: int) -> Floats:
    """A row of ones for the claims as they are, then a row a resample: how often each claim's cluster is drawn."""
    names, member = np.unique(np.array(clusters, dtype=np.str_), return_inverse=True)
    drawn = draws(int(names.size))[:resamples, member] if names.size else np.zeros((0, 0), dtype=np.int64)
    return np.vstack([np.ones((1, len(clusters))), drawn]).astype(np.float64)


def _resampled(name: str, values: Floats, n: int) -> Figure:
    """The first value, with the interval of the others, as far as they are numbers."""
    if not n or np.isnan(values[0]):
        return Figure(name, None, n, None, None)
    others = values[1:][~np.isnan(values[1:])]
    low, high = np.percentile(others, [2.5, 97.5]) if others.size else (values[0], values[0])
    return Figure(name, float(values[0]), n, float(low), float(high))
