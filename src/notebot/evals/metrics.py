"""Numbers -> a figure: its value, over how many things, and how sure that is. Pure; the same numbers give the same figure.

Shares have the Wilson interval. All else has a percentile bootstrap that draws whole clusters, since questions on one text stand
or fall together. With fewer than ten clusters or so such an interval is too narrow: it knows nothing of texts it has not seen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Z = 1.959963984540054  # 97.5 % quantile of the normal distribution
RESAMPLES = 2_000
SEED = 20_240_611


@dataclass(frozen=True, slots=True)
class Figure:
    """One number over `n` things with its 95 % interval: a share or a mean, or seconds. All three are None without any thing."""

    name: str
    value: float | None
    n: int
    low: float | None
    high: float | None


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


def mean(name: str, values: Iterable[float], clusters: Sequence[str] | None = None) -> Figure:
    """The mean. Without `clusters`, one for each value, every value stands alone. Raises ValueError for unequal lengths."""
    seen = np.array(list(values), dtype=np.float64)
    if not seen.size:
        return Figure(name, None, 0, None, None)
    member, count = _members(seen.size, clusters)
    drawn = draws(count)
    means = (drawn @ np.bincount(member, seen, count)) / (drawn @ np.bincount(member, minlength=count))
    low, high = np.percentile(means, [2.5, 97.5])
    return Figure(name, float(seen.mean()), int(seen.size), float(low), float(high))


def quantile(name: str, values: Iterable[float], at: float, clusters: Sequence[str] | None = None) -> Figure:
    """The smallest value that a share of `at` of them does not exceed, as for the 95th percentile of seconds."""
    seen = np.array(list(values), dtype=np.float64)
    if not seen.size:
        return Figure(name, None, 0, None, None)
    order = np.argsort(seen, kind="stable")
    member, count = _members(seen.size, clusters)
    weights = np.vstack([np.ones(count, dtype=np.int64), draws(count)])[:, member[order]].cumsum(axis=1)
    picked = seen[order][(weights >= at * weights[:, -1:] - 1e-9).argmax(axis=1)]
    low, high = np.percentile(picked[1:], [2.5, 97.5])
    return Figure(name, float(picked[0]), int(seen.size), float(low), float(high))


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
    member, count = _members(len(good), clusters)
    weights = np.vstack([np.ones(count, dtype=np.int64), draws(count)])[:, member[order]].astype(np.float64)
    above = np.add.reduceat(weights * good[order], starts, axis=1)
    below = np.add.reduceat(weights * ~good[order], starts, axis=1)
    won = (above * (below.cumsum(axis=1) - below / 2)).sum(axis=1)
    pairs = above.sum(axis=1) * below.sum(axis=1)
    areas = won[pairs > 0] / pairs[pairs > 0]  # a draw of one kind only compares nothing
    low, high = np.percentile(areas[1:], [2.5, 97.5]) if areas.size > 1 else (areas[0], areas[0])
    return Figure(name, float(areas[0]), len(good), float(low), float(high))


@lru_cache(maxsize=32)
def draws(clusters: int) -> NDArray[np.int64]:
    """How often each of some clusters is drawn in each of RESAMPLES resamples of as many. Not to be changed: it is kept."""
    drawn = np.random.default_rng(SEED).multinomial(clusters, np.full(clusters, 1 / clusters), RESAMPLES)
    drawn.flags.writeable = False
    return drawn


def _members(size: int, clusters: Sequence[str] | None) -> tuple[NDArray[np.intp], int]:
    """For each thing the number of its cluster, and how many clusters there are."""
    if clusters is None:
        return np.arange(size), size
    if len(clusters) != size:
        raise ValueError("values and clusters go together, one of each a thing")
    groups, member = np.unique(np.array(clusters), return_inverse=True)
    return member, int(groups.size)
