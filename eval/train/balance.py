"""As many carried claims as others among those that share equally many words with their evidence.

Else what is learned first is to count shared words: edits share nearly all, and are wrong; rewordings share few, and are right.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence

from windows import Pair

WORD = re.compile(r"[a-z0-9]+")
STEPS = 10
LARGEST = 3.0  # how many times as many of one label may be in a step as of the other before it is thinned


def shared(pair: Pair) -> float:
    """The share of a claim's words, short ones counting little, that stand in the evidence."""
    there = {word[:6] for word in WORD.findall(pair["evidence"].lower())}
    words = WORD.findall(pair["claim"].lower())
    total = sum(min(len(word), 8) for word in words)
    return sum(min(len(word), 8) for word in words if word[:6] in there) / total if total else 0.0


def balanced(pairs: Sequence[Pair], rng: random.Random, *, question: frozenset[str], largest: float = 1.0) -> list[Pair]:
    """Some of the pairs: in every step of shared words at most `largest` times as many of one label as of the other.

    Questions and claims are balanced apart from each other.
    """
    groups: dict[tuple[bool, int], dict[int, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for one in pairs:
        groups[one["kind"] in question, int(shared(one) * STEPS)][one["label"]].append(one)
    kept: list[Pair] = []
    for by_label in groups.values():
        most = largest * min(len(by_label[0]), len(by_label[1]))
        for found in by_label.values():
            kept += found if len(found) <= most else rng.sample(found, round(most))
    rng.shuffle(kept)
    return kept
