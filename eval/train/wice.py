"""Take in WiCE's labelled claims, and say by cross-validation over claims what that is worth. `rounds.py` calls it.

Of a supported claim's chunks the one that the model finds best is taken for its evidence; of the others all are. Several times as
many other pairs are learned from again beside them, so that little is forgotten.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import torch
from fit import Schedule, logits_of, train
from judge import auroc
from model import CrossEncoder
from packed import pack
from windows import Pair

FOLDS = 5
SCHEDULE = Schedule(epochs=3, rate=4e-5, batch=64, tell=10**6)
BESIDE = 3  # other pairs for each of WiCE's
Claims = list[tuple[str, bool, list[str]]]
State = dict[str, torch.Tensor]


def learned(state: State, tokenizer: Any, claims: Claims, others: Sequence[Pair], rng: random.Random) -> CrossEncoder:
    """The model of that state after a few epochs of these claims with other pairs among them."""
    model = CrossEncoder()
    model.load_state_dict(state)
    model.to(state["norm.weight"].device)
    pairs: list[Pair] = []
    for claim, label, windows in claims:
        found = scored(model, tokenizer, claim, windows)
        kept = [windows[found.index(max(found))]] if label else windows
        pairs += [{"claim": claim, "evidence": window, "label": int(label), "kind": "wice"} for window in kept] * (
            2 if label else 1
        )
    mixed = pairs + rng.sample(list(others), min(len(others), BESIDE * len(pairs)))
    train(model, pack(tokenizer, mixed), SCHEDULE, rng)
    return model


def cross_validated(state: State, tokenizer: Any, claims: Claims, others: Sequence[Pair], rng: random.Random) -> list[float]:
    """The score of every claim by a model that has not seen it, in the order of `claims`."""
    found = [0.0] * len(claims)
    done: list[int] = []
    for fold in range(FOLDS):
        model = learned(state, tokenizer, [one for n, one in enumerate(claims) if n % FOLDS != fold], others, rng)
        for number in range(fold, len(claims), FOLDS):
            found[number] = max(scored(model, tokenizer, claims[number][0], claims[number][2]))
            done.append(number)
        right = auroc([found[number] for number in done], [claims[number][1] for number in done])
        print(f"WiCE, {fold + 1} of {FOLDS} parts: AUROC {right:.3f} (n {len(done)})", flush=True)
    return found


def scored(model: CrossEncoder, tokenizer: Any, claim: str, windows: Sequence[str]) -> list[float]:
    return [float(x) for x in logits_of(model, pack(tokenizer, [{"claim": claim, "evidence": w, "label": 0} for w in windows]))]
