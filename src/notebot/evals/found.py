"""Passages found for one question, against the places where its answer stands. Pure.

A place is found when a passage is at least partly in it. Several passages can be in one place: the first counts, the others
are neither right nor wrong, so that a long section is worth no more than a short one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from notebot.evals.cases import Place
from notebot.types import Chunk, Passage

DEPTH = 10  # passages that are looked at


def inside(chunk: Chunk, place: Place) -> bool:
    """Whether the chunk is at least partly in the place."""
    return chunk.source == place.source and place.holds(chunk.heading, chunk.first_line, chunk.last_line)


def hit_at(found: Sequence[Passage], gold: Sequence[Place], depth: int) -> bool:
    """Whether one of the first `depth` passages is in a gold place."""
    return any(inside(passage.chunk, place) for passage in found[:depth] for place in gold)


def recall_at(found: Sequence[Passage], gold: Sequence[Place], depth: int) -> float:
    """Share of the gold places that one of the first `depth` passages is in."""
    return sum(hit_at(found, [place], depth) for place in gold) / len(gold)


def reciprocal_rank(found: Sequence[Passage], gold: Sequence[Place], depth: int = DEPTH) -> float:
    """1 / rank of the first passage that is in a gold place, 0 beyond `depth`."""
    return next((1 / rank for rank in range(1, depth + 1) if hit_at(found[rank - 1 : rank], gold, 1)), 0.0)


def ndcg(found: Sequence[Passage], gold: Sequence[Place], depth: int = DEPTH) -> float:
    """Discounted gain of the places newly reached at each rank, over that of all places reached at once: 0 to 1.

    A place reached at rank r gains 1 / log2(r + 1). A passage that is in two places gains for both, the second as if it stood
    one rank further down, so that no order is worth more than the ideal one.
    """
    left, slots = list(gold), 0
    gained = 0.0
    for rank, passage in enumerate(found[:depth], 1):
        reached = [place for place in left if inside(passage.chunk, place)]
        for place in reached:
            slots = max(slots + 1, rank)
            gained += 1 / math.log2(slots + 1) if slots <= depth else 0.0
            left.remove(place)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(gold), depth) + 1))
    return gained / ideal
