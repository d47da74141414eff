"""Fit the few weights with which answer/grounding.py joins alignment and the support model.

    python eval/train/weights.py HELD_OUT.jsonl PATH_TO_BENCH        # HELD_OUT.jsonl is what `pairs.py --held-out` writes

Learned on claims about the articles that the support model has not seen, and on WiCE's, which count twice; in the project's own
environment, without PyTorch. Prints the weights, and how well each signal and all of them together sort either set.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notebot.answer.alignment import align, prepare
from notebot.answer.grounding import CARRIED, SAID, WINDOW, window
from notebot.evals.metrics import auroc
from notebot.models.minilm import MiniLM, open_minilm
from notebot.models.support import SupportModel, open_support

NAMES = ("bias", "among", "alone", "aligned", "unsaid")
OTHER = {"question", "asked", "stub", "not asked"}  # kinds of pairs that are no claims
SAMPLE = 900


def signals(claim: str, text: str, tokens: MiniLM, support: SupportModel) -> list[float] | None:
    """One number for each of NAMES; None where nothing can be aligned."""
    evidence = prepare([text], tokens)
    found = align(claim, evidence, tokens)
    if found is None:
        return None
    windows = [(claim, window(found.units, evidence, size)) for size in (WINDOW, 0)]
    among, alone = (math.log(p / (1 - p)) for p in np.clip(support.carried(windows), 1e-4, 1 - 1e-4))
    unsaid = any(w >= 1 and best < CARRIED for best, w in zip(found.best, found.words.weights, strict=True))
    return [1.0, among, alone, found.score - SAID, float(unsaid)]


def fitted(rows: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression by Newton's steps, with a little decay."""
    weights = np.zeros(rows.shape[1])
    for _ in range(100):
        odds = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (odds - labels) + 1e-4 * len(labels) * weights
        curve = (rows * (odds * (1 - odds))[:, None]).T @ rows + 1e-3 * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights


def held_out(path: Path, tokens: MiniLM, support: SupportModel) -> tuple[list[list[float]], list[bool]]:
    pairs = [pair for pair in map(json.loads, path.read_text().splitlines()) if pair["kind"] not in OTHER]
    chosen = random.Random(4).sample(pairs, SAMPLE)
    found = [(signals(pair["claim"], pair["evidence"], tokens, support), bool(pair["label"])) for pair in chosen]
    return [row for row, _ in found if row], [label for row, label in found if row]


def wice(bench: Path, tokens: MiniLM, support: SupportModel) -> tuple[list[list[float]], list[bool]]:
    """Of each claim's chunks, the one that all signals together like best."""
    best: dict[str, tuple[list[float], bool]] = {}
    for row in map(json.loads, (bench / "wice" / "oracle_chunks.jsonl").read_text().splitlines()):
        found = signals(row["claim"], "\n".join(row["evidence"]), tokens, support)
        if found and (row["claim"] not in best or _sum(found) > _sum(best[row["claim"]][0])):
            best[row["claim"]] = found, row["label"] == "supported"
    return [row for row, _ in best.values()], [label for _, label in best.values()]


def _sum(row: Sequence[float]) -> float:
    return row[1] + row[2] + 8 * row[3]


def main() -> None:
    tokens, support = open_minilm(), open_support()
    sets = {"held out": held_out(Path(sys.argv[1]), tokens, support), "WiCE": wice(Path(sys.argv[2]), tokens, support)}
    rows = np.array([*sets["held out"][0], *sets["WiCE"][0], *sets["WiCE"][0]])
    labels = np.array([*sets["held out"][1], *sets["WiCE"][1], *sets["WiCE"][1]], dtype=float)
    weights = fitted(rows, labels)
    print(", ".join(f"{name} {weight:.2f}" for name, weight in zip(NAMES, weights, strict=True)))
    for name, (found, true) in sets.items():
        table = np.array(found)
        alone = {signal: table[:, at] for at, signal in enumerate(NAMES) if at} | {"together": table @ weights}
        shown = (
            f"{signal} {auroc('', list(s), true, list(map(str, range(len(true))))).value:.3f}" for signal, s in alone.items()
        )
        print(f"{name} (n {len(true)}): AUROC {', '.join(shown)}")


if __name__ == "__main__":
    main()
