"""Everything that a GPU is needed for, in one call of a few minutes: `python rounds.py DATA OUT --seconds 330`.

DATA holds what pairs.py wrote (pairs*.jsonl.xz and held.jsonl.xz), WiCE (wice.jsonl.xz), tokenizer.json, and start.onnx, the
int8 file to go on from. OUT gets two halves (16-bit) of each trained state without word vectors, which stay as they are: first.*
after the pairs, second.* after WiCE's labels as well (shipped.py joins them). What these add is said by cross-validation.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from fit import Held, Schedule, logits_of, train
from judge import auroc, chosen
from model import CrossEncoder, load_tokenizer
from packed import pack
from shipped import state_of
from wice import cross_validated, learned
from windows import Pair

KEPT_ASIDE = 6000  # pairs of those to learn from that tell how it goes
HALVES = 2
Claims = list[tuple[str, bool, list[str]]]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--seconds", type=float, default=330)
    arguments.add_argument("--epochs", type=float, default=6)
    arguments.add_argument("--rate", type=float, default=1.5e-4)
    arguments.add_argument("--batch", type=int, default=256)
    arguments.add_argument("--most", type=int, default=10**9, help="pairs to use, for a trial")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    begun = time.monotonic()
    torch.manual_seed(given.seed)
    rng = random.Random(given.seed)
    tokenizer = load_tokenizer(given.data / "tokenizer.json")
    pairs = [pair for path in sorted(given.data.glob("pairs*.jsonl.xz")) for pair in lines(path)]
    rng.shuffle(pairs)
    pairs = pairs[: given.most]
    aside, pairs = pairs[: min(KEPT_ASIDE, len(pairs) // 10)], pairs[min(KEPT_ASIDE, len(pairs) // 10) :]
    held = lines(given.data / "held.jsonl.xz")
    print(f"{len(pairs)} pairs read after {time.monotonic() - begun:.0f} s", flush=True)
    packed = pack(tokenizer, pairs)
    print(f"packed after {time.monotonic() - begun:.0f} s, {packed.sizes.float().mean():.0f} tokens a pair", flush=True)
    model = CrossEncoder()
    model.load_state_dict(state_of(given.data / "start.onnx"))
    schedule = Schedule(given.epochs, given.rate, given.seconds, given.batch, tell=45)
    claims = wice_claims(given.data / "wice.jsonl.xz")
    rng.shuffle(claims)
    say(model, tokenizer, held, claims)
    train(model, packed, schedule, rng, Held(aside, pack(tokenizer, aside)))
    say(model, tokenizer, held, claims)
    save(model, given.out / "first")
    print(f"trained after {time.monotonic() - begun:.0f} s", flush=True)
    state = {name: value.detach().clone() for name, value in model.state_dict().items()}
    few = rng.sample(pairs, min(len(pairs), 60_000))
    cross_validated(state, tokenizer, claims, few, rng)
    model = learned(state, tokenizer, claims, few, rng)
    say(model, tokenizer, held, claims)
    save(model, given.out / "second")
    print(f"done after {time.monotonic() - begun:.0f} s", flush=True)


def lines(path: Path) -> list[Pair]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def wice_claims(path: Path) -> Claims:
    """Each claim, whether it is carried, and of every chunk of its evidence the sentences that share most with it."""
    grouped: dict[str, tuple[bool, list[str]]] = {}
    for row in lines(path):
        _, windows = grouped.setdefault(row["claim"], (row["label"] == "supported", []))
        windows.append(chosen(row["claim"], row["evidence"]))
    return [(claim, label, windows) for claim, (label, windows) in grouped.items()]


def say(model: CrossEncoder, tokenizer, held: Sequence[Pair], claims: Claims) -> None:  # type: ignore[no-untyped-def]
    """AUROC on articles kept out, by kind, and on WiCE."""
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    found = logits_of(model, pack(tokenizer, held))
    groups: dict[str, list[int]] = defaultdict(list)
    for number, pair in enumerate(held):
        groups[pair["kind"]].append(number)
        groups["ALL QUESTIONS" if pair["kind"] in ("question", "asked", "not asked", "stub") else "ALL CLAIMS"].append(number)
    shown = []
    for kind, numbers in sorted(groups.items()):
        labels = [bool(held[number]["label"]) for number in numbers]
        if 10 <= sum(labels) <= len(labels) - 10:
            shown.append(f"{kind} {auroc(found[numbers], labels):.3f} ({len(numbers)})")
    print("held-out articles:", ", ".join(shown))
    rows = [(claim, window) for claim, _, windows in claims for window in windows]
    scored = iter(logits_of(model, pack(tokenizer, [{"claim": c, "evidence": w, "label": 0} for c, w in rows])))
    best = [max(next(scored) for _ in windows) for _, _, windows in claims]
    print(f"WiCE: {auroc(best, [label for _, label, _ in claims]):.3f} ({len(claims)})", flush=True)


def save(model: CrossEncoder, stem: Path) -> None:
    state = {name: value.detach().half().cpu() for name, value in model.state_dict().items() if name != "words.weight"}
    names = sorted(state)
    sizes = np.cumsum([state[name].numel() for name in names])
    for half in range(HALVES):
        part = {name: state[name] for name, size in zip(names, sizes, strict=True)
                if half * sizes[-1] / HALVES < size <= (half + 1) * sizes[-1] / HALVES}  # fmt: skip
        torch.save(part, stem.with_name(f"{stem.name}.{half}.pt"))


if __name__ == "__main__":
    main()
