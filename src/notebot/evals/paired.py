"""The same cases asked twice -> the difference, how sure it is, and how likely chance alone would make one as large. Pure.

Intervals are of a paired bootstrap that draws whole clusters. Of shares, p is McNemar's exact test on the cases that changed; of
all else a permutation test that swaps the two sides, cluster by cluster. Everything is drawn with a fixed seed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from notebot.evals.metrics import SEED, draws

FLIPS = 5_000
POWER = 1.959963984540054 + 0.8416212335729143  # two-sided 5 %, seen four times in five
FEWEST = 6  # cases that have to change, all in one way, before McNemar's p falls below .05: 2 · .5 ** 6 = .031


@dataclass(frozen=True, slots=True)
class Delta:
    """`after` less `before` over `n` cases that both have, with its 95 % interval.

    `wins` are cases with a larger value after. `detectable` is the smallest difference that this many such cases would show four
    times in five; None where nothing varies that could tell.
    """

    name: str
    n: int
    before: float
    after: float
    delta: float
    low: float
    high: float
    p: float
    test: Literal["mcnemar", "permutation"]
    wins: int
    losses: int
    ties: int
    detectable: float | None


def delta(name: str, before: Mapping[str, float], after: Mapping[str, float], clusters: Mapping[str, str]) -> Delta | None:
    """The difference over the cases that both know, by their ids; None without any. `clusters` has a name for every case."""
    cases = sorted(before.keys() & after.keys())
    if not cases:
        return None
    one = np.array([before[case] for case in cases])
    other = np.array([after[case] for case in cases])
    change = np.round(other - one, 12)  # 1/3 less 1/3, computed in two ways, is no change
    groups, member = np.unique(np.array([clusters[case] for case in cases]), return_inverse=True)
    sums, counts = np.bincount(member, change), np.bincount(member)
    drawn = draws(len(groups))
    means = (drawn @ sums) / (drawn @ counts)
    low, high = np.percentile(means, [2.5, 97.5])
    wins, losses = int((change > 0).sum()), int((change < 0).sum())
    shares = bool(np.isin(one, (0, 1)).all() and np.isin(other, (0, 1)).all())
    shown = POWER * float(means.std())
    if shares:
        shown = max(shown, FEWEST / len(cases))
    return Delta(
        name=name,
        n=len(cases),
        before=float(one.mean()),
        after=float(other.mean()),
        delta=float(change.mean()),
        low=float(low),
        high=float(high),
        p=mcnemar(wins, losses) if shares else permutation(sums.tolist()),
        test="mcnemar" if shares else "permutation",
        wins=wins,
        losses=losses,
        ties=len(cases) - wins - losses,
        detectable=shown or None,
    )


def mcnemar(wins: int, losses: int) -> float:
    """Two-sided p of so many changes each way, if each way were as likely. Exact, so it is never too small."""
    changed, fewer = wins + losses, min(wins, losses)
    tail = sum(math.comb(changed, count) for count in range(fewer + 1))
    return float(min(1.0, 2 * tail / 2**changed))


def permutation(sums: Sequence[float], *, seed: int = SEED) -> float:
    """Two-sided p of the sum of clusters' differences, if each could as well have had the other sign."""
    changed = np.array([one for one in sums if one], dtype=np.float64)
    if not changed.size:
        return 1.0
    signs = np.random.default_rng(seed).integers(0, 2, (FLIPS, changed.size)) * 2 - 1
    extreme = np.abs(signs @ changed) >= abs(changed.sum()) - 1e-9
    return float((1 + extreme.sum()) / (1 + FLIPS))


def holm(ps: Sequence[float]) -> list[float]:
    """The p-values of several questions asked at once, raised so that one of them below .05 means something (Holm's way)."""
    order = sorted(range(len(ps)), key=lambda at: ps[at])
    raised, largest = [0.0] * len(ps), 0.0
    for place, at in enumerate(order):
        largest = max(largest, min(1.0, (len(ps) - place) * ps[at]))
        raised[at] = largest
    return raised
