"""Fine-tune MiniLM to read a claim and its evidence together: `python fit.py WEIGHTS TOKENIZER PAIRS.jsonl OUT.pt`.

One number comes out, the log-odds that the evidence carries the claim (or, for a question, holds its answer). On a GPU if there
is one, in bfloat16; on a CPU `--bf16` pays only where it has instructions for it (15 to 30 times slower without). Two cores learn
from 15 pairs a second. What is kept is a running mean of the weights over the second half.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from model import CrossEncoder, load_tokenizer
from packed import Batch, Packed, batches, pack
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from windows import Pair

AVERAGED = 0.5  # part of the run after which weights are averaged
MEMORY = 0.998  # of the running mean, a step
HELD_OUT = 320  # pairs that only tell how it goes
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long, in epochs and at most in seconds, the highest learning rate, and how many pairs at a time."""

    epochs: float = 1.0
    rate: float = 8e-5
    seconds: float = math.inf
    batch: int = 32
    bf16: bool = False
    tell: float = 240  # seconds between two lines of progress


@dataclass(frozen=True, slots=True)
class Held:
    """Pairs that are not learned from, to tell how it goes."""

    pairs: Sequence[Pair] = ()
    packed: Packed | None = field(default=None, repr=False)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("weights", type=Path, help="folder with model.safetensors, or a .pt file to go on from")
    arguments.add_argument("tokenizer", type=Path)
    arguments.add_argument("pairs", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--epochs", type=float, default=1.0)
    arguments.add_argument("--rate", type=float, default=8e-5)
    arguments.add_argument("--seconds", type=float, default=math.inf, help="stop after so long, with the rate run down")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--batch", type=int, default=32)
    arguments.add_argument("--bf16", action="store_true", help="bfloat16 on the CPU; a GPU always uses it")
    chosen = arguments.parse_args()
    torch.manual_seed(chosen.seed)
    rng = random.Random(chosen.seed)
    tokenizer = load_tokenizer(chosen.tokenizer)
    model = CrossEncoder.from_file(chosen.weights)
    pairs = [json.loads(line) for line in chosen.pairs.open()]
    rng.shuffle(pairs)
    held, learned = pairs[:HELD_OUT], pairs[HELD_OUT:]
    schedule = Schedule(chosen.epochs, chosen.rate, chosen.seconds, chosen.batch, bf16=chosen.bf16)
    train(model, pack(tokenizer, learned), schedule, rng, Held(held, pack(tokenizer, held)))
    torch.save(model.cpu().state_dict(), chosen.out)


def train(model: CrossEncoder, learned: Packed, schedule: Schedule, rng: random.Random, held: Held = Held()) -> None:
    """AdamW, warm-up over the first twentieth, then a cosine down to nothing by the end of the epochs or of the time.

    In the end the model has the mean of its weights over the second half.
    """
    model.to(DEVICE).train()
    learned = learned.to(DEVICE)
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(MEMORY))
    optimiser = _optimiser(model, schedule.rate)
    start, done, said, total = time.monotonic(), 0, 0.0, schedule.epochs * len(learned)
    losses: list[torch.Tensor] = []
    for batch in _epochs(learned, schedule.batch, rng):
        passed = time.monotonic() - start
        part = max(done / total, passed / schedule.seconds)
        if part >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = group["times"] * schedule.rate * min(1.0, part / 0.05 + 0.02) * (0.5 + 0.5 * math.cos(math.pi * part))
        losses.append(_step(model, optimiser, batch, bf16=schedule.bf16))
        if part >= AVERAGED:
            mean.update_parameters(model)
        done += len(batch[2])
        if passed - said > schedule.tell:
            said = passed
            _tell(f"{passed:6.0f} s {done:8} pairs", losses, mean.module if mean.n_averaged else model, held)
    if mean.n_averaged:
        model.load_state_dict(mean.module.state_dict())
    _tell(f"{time.monotonic() - start:6.0f} s {done:8} pairs", losses, model, held)


def _epochs(learned: Packed, size: int, rng: random.Random) -> Iterator[Batch]:
    while True:
        yield from batches(learned, size, rng)


def _optimiser(model: CrossEncoder, rate: float) -> torch.optim.Optimizer:
    model.words.weight.requires_grad_(False)  # half of all weights, and good as they are
    fresh = [*model.pooled.parameters(), *model.head.parameters(), model.sides.weight]
    known = [p for p in model.parameters() if p.requires_grad and all(p is not other for other in fresh)]
    groups = [{"params": known, "times": 1.0}, {"params": fresh, "times": 3.0}]
    return torch.optim.AdamW(groups, lr=rate, weight_decay=0.01, fused=True)


def _step(model: CrossEncoder, optimiser: torch.optim.Optimizer, batch: Batch, *, bf16: bool) -> torch.Tensor:
    ids, sides, labels = batch
    with reckoning(bf16=bf16):
        logits = model(ids, sides)
    loss = nn.functional.binary_cross_entropy_with_logits(logits.float(), labels * 0.96 + 0.02)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad()
    return loss.detach()


def reckoning(*, bf16: bool) -> torch.autocast:
    """In bfloat16 on a GPU, and on a CPU where it is asked for."""
    return torch.autocast(DEVICE.type, dtype=torch.bfloat16, enabled=bf16 or DEVICE.type == "cuda")


def _tell(when: str, losses: Sequence[torch.Tensor], model: CrossEncoder, held: Held) -> None:
    loss = float(torch.stack(list(losses[-100:])).mean())
    print(f"{when}, loss {loss:.4f} {judged(model, held)}", flush=True)


@torch.no_grad()
def logits_of(model: CrossEncoder, packed: Packed, size: int = 64) -> np.ndarray:  # type: ignore[type-arg]
    """Log-odds of every pair, in full precision."""
    was, packed = model.training, packed.to(next(model.parameters()).device)
    model.eval()
    order = torch.argsort(packed.sizes, stable=True)
    found = np.zeros(len(packed))
    for first in range(0, len(packed), size):
        numbers = order[first : first + size]
        ids, sides, _ = packed.batch(numbers)
        found[numbers.cpu().numpy()] = model(ids, sides).float().cpu().numpy()
    model.train(was)
    return found


def judged(model: CrossEncoder, held: Held) -> str:
    """The share judged right among pairs that were not learned from, in all and by kind."""
    if held.packed is None:
        return ""
    right: dict[str, list[bool]] = {}
    for pair, logit in zip(held.pairs, logits_of(model, held.packed), strict=True):
        right.setdefault(pair["kind"], []).append((logit > 0) == bool(pair["label"]))
    kinds = " ".join(f"{kind} {np.mean(values):.2f}" for kind, values in sorted(right.items()))
    return f"held out {np.mean([value for values in right.values() for value in values]):.3f} ({kinds})"


if __name__ == "__main__":
    main()
