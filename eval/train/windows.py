"""What a claim is judged against in training: a stretch of text of the kind that notebot reads."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

LONGEST = 110  # words of a window
Pair = dict[str, Any]


def window(  # noqa: PLR0913 - a sentence, where it stands, and chance
    number: int, text: str, others: Sequence[str], title: str, rng: random.Random, *, after: int = 0
) -> str:
    """The sentence as it may stand in a note or on a page: with neighbours, under a heading, as an item of a list."""
    before, behind = rng.choice([0, 0, 1, 1, 2, 3]), max(after, rng.choice([0, 0, 1, 1, 2, 3]))
    chosen = [*others[max(0, number - before) : number], text, *others[number + 1 : number + 1 + behind]]
    while len(" ".join(chosen).split()) > LONGEST and len(chosen) > 1 + after:
        chosen.pop(0 if chosen[0] is not text else -1)
    style = rng.random()
    between = " " if 0.15 <= style < 0.8 else "\n"
    body = between.join(f"- {line}" if style < 0.15 else line for line in chosen)
    return f"# {title}\n{body}" if title and rng.random() < 0.4 else body


def pair(claim: str, evidence: str, label: int, kind: str, origin: str) -> Pair:
    """One example for training."""
    return {"claim": claim, "evidence": evidence, "label": label, "kind": kind, "origin": origin}
