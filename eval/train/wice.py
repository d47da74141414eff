"""Take in WiCE's labelled claims, and say by cross-validation over claims what that is worth.

    python wice.py MODEL.pt TOKENIZER BENCH PAIRS.jsonl OUT.pt

Of a supported claim's chunks the one that the model finds best is taken for its evidence; of the others all are. As many other
pairs are learned from again beside them, so that little is forgotten.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import torch
from fit import Schedule, train
from judge import auroc, chosen, scores, wice
from model import CrossEncoder, load_tokenizer

FOLDS = 5
RATE = 4e-5
Claims = list[tuple[str, bool, list[str]]]


def learned(model: CrossEncoder, tokenizer, claims: Claims, others: list[dict], rng: random.Random) -> CrossEncoder:  # type: ignore[no-untyped-def, type-arg]
    """The model after an epoch of these claims with as many other pairs."""
    pairs = []
    for claim, label, windows in claims:
        found = scores(model, tokenizer, [(claim, window) for window in windows])
        kept = [windows[found.argmax()]] if label else windows
        pairs += [{"claim": claim, "evidence": window, "label": int(label), "kind": "wice"} for window in kept] * (
            2 if label else 1
        )
    mixed = pairs + rng.sample(others, len(pairs))
    train(model, mixed, tokenizer, Schedule(rate=RATE), rng)
    return model


def main() -> None:
    start, tokenizer = Path(sys.argv[1]), load_tokenizer(Path(sys.argv[2]))
    rng = random.Random(3)
    torch.manual_seed(3)
    others = [json.loads(line) for line in Path(sys.argv[4]).read_text().splitlines()]
    claims: Claims = [
        (claim, label, [chosen(claim, chunk) for chunk in chunks]) for claim, (label, chunks) in wice(Path(sys.argv[3])).items()
    ]
    rng.shuffle(claims)
    found: list[float] = []
    for fold in range(FOLDS):
        model = learned(
            CrossEncoder.from_file(start), tokenizer, [c for n, c in enumerate(claims) if n % FOLDS != fold], others, rng
        )
        for claim, _, windows in claims[fold::FOLDS]:
            found.append(float(scores(model, tokenizer, [(claim, window) for window in windows]).max()))
        labels = [label for part in range(fold + 1) for _, label, _ in claims[part::FOLDS]]
        print(f"WiCE, {fold + 1} of {FOLDS} parts: AUROC {auroc(found, labels):.3f} (n {len(found)})", flush=True)
    whole = learned(CrossEncoder.from_file(start), tokenizer, claims, others, rng)
    torch.save(whole.state_dict(), sys.argv[5])


if __name__ == "__main__":
    main()
