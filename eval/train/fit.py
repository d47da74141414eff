"""Fine-tune all-MiniLM-L6-v2 to read a claim and its evidence together: `python fit.py WEIGHTS PAIRS.jsonl OUT.pt`.

One number comes out, the log-odds that the evidence carries the claim (or, for a question, holds its answer). PyTorch on the
CPU, in bfloat16 where that is faster; about 20 pairs a second on two cores.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from model import CrossEncoder, encoded, load_tokenizer
from torch import nn

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]
TELL = 240  # seconds between two lines of progress


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "weights", type=Path, help="folder with model.safetensors and tokenizer.json, or a .pt file to go on from"
    )
    arguments.add_argument("tokenizer", type=Path)
    arguments.add_argument("pairs", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--epochs", type=float, default=1.0)
    arguments.add_argument("--rate", type=float, default=8e-5)
    arguments.add_argument("--seconds", type=float, default=math.inf, help="stop after so long, with the rate run down")
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    torch.manual_seed(chosen.seed)
    rng = random.Random(chosen.seed)
    tokenizer = load_tokenizer(chosen.tokenizer)
    model = CrossEncoder.from_file(chosen.weights)
    pairs = [json.loads(line) for line in chosen.pairs.open()]
    rng.shuffle(pairs)
    held, learned = pairs[:320], pairs[320:]
    schedule = Schedule(chosen.epochs, chosen.rate, chosen.seconds)
    train(model, learned, tokenizer, schedule, rng, held=held, out=chosen.out)
    torch.save(model.state_dict(), chosen.out)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long, in epochs and at most in seconds, and the highest learning rate."""

    epochs: float = 1.0
    rate: float = 8e-5
    seconds: float = math.inf


def train(  # type: ignore[no-untyped-def]  # noqa: PLR0913 - what is learned, how, and where it is kept
    model, learned, tokenizer, schedule: Schedule, rng: random.Random, *, held=(), out: Path | None = None
) -> None:
    """AdamW, warm-up over the first twentieth, then linearly down to nothing by the end of the epochs or of the time."""
    model.words.weight.requires_grad_(False)  # half of all weights, and good as they are
    fresh = [*model.pooled.parameters(), *model.head.parameters(), model.sides.weight]
    known = [p for p in model.parameters() if p.requires_grad and all(p is not other for other in fresh)]
    groups = [{"params": known, "times": 1.0}, {"params": fresh, "times": 5.0}]
    optimiser = torch.optim.AdamW(groups, lr=schedule.rate, weight_decay=0.01, fused=True)
    loss_of = nn.BCEWithLogitsLoss()
    start, done, said, total = time.monotonic(), 0, 0.0, schedule.epochs * len(learned)
    losses: list[float] = []

    def tell() -> None:
        print(f"{time.monotonic() - start:6.0f} s {done:7} pairs, loss {np.mean(losses[-100:]):.4f}", end=" ")
        print(judged(model, held, tokenizer), flush=True)
        if out is not None:
            torch.save(model.state_dict(), out)

    model.train()
    for batch in batches(learned, tokenizer, total, rng):
        part = max(done / total, (time.monotonic() - start) / schedule.seconds)
        if part >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = group["times"] * schedule.rate * min(1.0, part / 0.05 + 0.02) * (1 - part)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(*batch[:2])
        loss = loss_of(logits.float(), batch[2] * 0.96 + 0.02)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        done += len(batch[2])
        losses.append(loss.item())
        if time.monotonic() - start - said > TELL:
            said = time.monotonic() - start
            tell()
    tell()


def batches(pairs: Sequence[dict], tokenizer, total: float, rng: random.Random, size: int = 32) -> Iterator[Batch]:  # type: ignore[no-untyped-def, type-arg]
    """Batches of pairs of about the same length, in random order, epoch after epoch."""
    while total > 0:
        order = list(pairs)
        rng.shuffle(order)
        for start in range(0, len(order), size * 50):
            stretch = sorted(order[start : start + size * 50], key=lambda pair: len(pair["claim"]) + len(pair["evidence"]))
            starts = list(range(0, len(stretch), size))
            rng.shuffle(starts)
            for first in starts:
                chosen = stretch[first : first + size]
                ids, sides = encoded(tokenizer, [(pair["claim"], pair["evidence"]) for pair in chosen])
                yield ids, sides, torch.tensor([float(pair["label"]) for pair in chosen])
        total -= len(pairs)


@torch.no_grad()
def judged(model, held: Sequence[dict], tokenizer) -> str:  # type: ignore[no-untyped-def, type-arg]
    """The share judged right among pairs that were not learned from, in all and by kind."""
    if not held:
        return ""
    model.eval()
    right: dict[str, list[bool]] = {}
    for first in range(0, len(held), 32):
        part = held[first : first + 32]
        ids, sides = encoded(tokenizer, [(pair["claim"], pair["evidence"]) for pair in part])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(ids, sides)
        for pair, logit in zip(part, logits.tolist(), strict=True):
            right.setdefault(pair["kind"], []).append((logit > 0) == bool(pair["label"]))
    model.train()
    kinds = " ".join(f"{kind} {np.mean(values):.2f}" for kind, values in sorted(right.items()))
    return f"held out {np.mean([value for values in right.values() for value in values]):.3f} ({kinds})"


if __name__ == "__main__":
    main()
