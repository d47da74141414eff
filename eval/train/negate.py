"""A sentence -> its contrary, in one of the ways in which people deny things."""

from __future__ import annotations

import random
import re
from typing import Any

FORMS_OF_BE = {"is", "are", "was", "were", "am"}


def negated(read: Any, rng: random.Random) -> str | None:
    """The sentence (a parsed one) with its main verb denied; None where that is not plain to do, or it is denied already."""
    root = next((token for token in read if token.dep_ == "ROOT"), None)
    if root is None or any(child.dep_ == "neg" for child in root.children):
        return None
    if any(token.lower_ in ("no", "nothing", "never", "nobody", "none", "neither", "hardly") for token in read):
        return None
    helper = next((child for child in root.children if child.dep_ in ("aux", "auxpass") and child.i < root.i
                   and child.lower_ not in ("to", "being", "been")), None)  # fmt: skip
    if helper is not None:
        word = rng.choice(["not", "not", "not", "never"] if helper.lower_ != "can" else ["not"])
        joined = "cannot" if helper.lower_ == "can" else f"{helper.text} {word}"
        return _put(read, helper, joined)
    if root.lower_ in FORMS_OF_BE:
        return _put(read, root, f"{root.text} {rng.choice(['not', 'not', 'not', 'never', 'no longer'])}")
    if root.tag_ in ("VBD", "VBZ", "VBP") and any(child.dep_ in ("nsubj", "nsubjpass") for child in root.children):
        do, fail = {"VBD": ("did", "failed"), "VBZ": ("does", "fails"), "VBP": ("do", "fail")}[root.tag_]
        ways = [f"{do} not {root.lemma_}"] * 4 + [f"{do}n't {root.lemma_}", f"never {root.text}", f"{fail} to {root.lemma_}"]
        return _put(read, root, rng.choice(ways))
    return None


def _put(read: Any, token: Any, new: str) -> str:
    start = token.idx - read[0].idx
    text = read.text
    made = re.sub(r"\s+", " ", f"{text[:start]}{new}{text[start + len(token.text) :]}").strip()
    return made[0].upper() + made[1:]
