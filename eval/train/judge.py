"""How well a trained cross-encoder judges labelled claims that it has not learned from.

python judge.py MODEL.pt TOKENIZER BENCH
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import texts
import torch
from model import CrossEncoder, encoded, load_tokenizer

WORD = re.compile(r"\w+")


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a true one scores above a false one, ties counting half."""
    order = np.argsort(scores, kind="stable")
    values, ranks = np.asarray(scores)[order], np.empty(len(scores))
    for start in range(len(values)):
        ranks[order[start]] = (np.searchsorted(values, values[start]) + np.searchsorted(values, values[start], "right") + 1) / 2
    true = np.asarray(labels, dtype=bool)
    count = true.sum()
    return float((ranks[true].sum() - count * (count + 1) / 2) / (count * (len(true) - count)))


@torch.no_grad()
def scores(model: CrossEncoder, tokenizer, pairs: Sequence[tuple[str, str]]) -> np.ndarray:  # type: ignore[no-untyped-def, type-arg]
    """Log-odds of every pair."""
    model.eval()
    order = sorted(range(len(pairs)), key=lambda number: len(pairs[number][0]) + len(pairs[number][1]))
    found = np.zeros(len(pairs))
    for first in range(0, len(order), 32):
        part = order[first : first + 32]
        ids, sides = encoded(tokenizer, [pairs[number] for number in part])
        device = next(model.parameters()).device
        found[part] = model(ids.to(device), sides.to(device)).float().cpu().numpy()
    return found


def sliding(sentences: Sequence[str], longest: int = 110) -> list[str]:
    """Windows of whole sentences, each about half over the one before."""
    found, start = [], 0
    while start < len(sentences):
        end, words = start, 0
        while end < len(sentences) and (end == start or words + len(sentences[end].split()) <= longest):
            words += len(sentences[end].split())
            end += 1
        found.append(" ".join(sentences[start:end]))
        if end == len(sentences):
            break
        start = max(start + 1, (start + end) // 2)
    return found


def chosen(claim: str, sentences: Sequence[str], longest: int = 130) -> str:
    """The sentences that share most with the claim, in their order: rare words count more."""
    said = {w.lower() for w in WORD.findall(claim)}
    texts_ = [{w.lower() for w in WORD.findall(s)} for s in sentences]
    often = Counter(w for words in texts_ for w in words)
    gain = [sum(1 / math.sqrt(often[w]) for w in words & said) / math.sqrt(5 + len(words)) for words in texts_]
    kept, words = set(), 0
    for number in sorted(range(len(sentences)), key=lambda n: -gain[n]):
        size = len(sentences[number].split())
        if words + size > longest and kept:
            continue
        kept.add(number)
        words += size
    return " ".join(sentences[n] for n in sorted(kept))


def wice(bench: Path) -> dict[str, tuple[bool, list[list[str]]]]:
    """Claim -> whether it is supported, and its chunks as lists of sentences."""
    found: dict[str, tuple[bool, list[list[str]]]] = {}
    for row in map(json.loads, (bench / "wice" / "oracle_chunks.jsonl").open()):
        found.setdefault(row["claim"].strip(), (row["label"] == "supported", []))[1].append(row["evidence"])
    return found


def expertqa(bench: Path) -> list[tuple[bool, str, list[list[str]]]]:
    found = []
    for row in map(json.loads, (bench / "expertqa" / "claim_passages.jsonl").open()):
        claim = re.sub(r"\s*\[\d+\]", "", row["claim"]).strip()
        parts = [re.split(r"(?<=[.!?])\s+", one["text"]) for one in row["evidence"]]
        found.append((row["support"] == "Complete", claim, parts))
    return found


def squad(bench: Path) -> list[tuple[bool, str, str]]:
    """Questions on the articles that are kept out of training, with their paragraph."""
    kept = {
        row["id"]: row for row in map(json.loads, (bench / "squad2" / "corpus.jsonl").open()) if texts.in_hold_out(row["title"])
    }
    rows = map(json.loads, (bench / "squad2" / "questions.jsonl").open())
    return [
        (row["answerable"], row["question"], kept[row["paragraph_id"]]["text"]) for row in rows if row["paragraph_id"] in kept
    ]


def main() -> None:
    model, tokenizer, bench = CrossEncoder.from_file(Path(sys.argv[1])), load_tokenizer(Path(sys.argv[2])), Path(sys.argv[3])
    claims = wice(bench)
    labels = [label for label, _ in claims.values()]
    for name, cut in (("sliding", sliding), ("chosen", None)):
        pairs, owner = [], []
        for number, (claim, (_, chunks)) in enumerate(claims.items()):
            for chunk in chunks:
                for window in cut(chunk) if cut else [chosen(claim, chunk)]:
                    pairs.append((claim, window))
                    owner.append(number)
        found = scores(model, tokenizer, pairs)
        best = [max(f for f, o in zip(found, owner, strict=True) if o == number) for number in range(len(labels))]
        print(f"WiCE {name}: AUROC {auroc(best, labels):.3f} (n {len(labels)}, {len(pairs)} windows)", flush=True)
    rows = expertqa(bench)
    pairs, owner = [], []
    for number, (_, claim, parts) in enumerate(rows):
        for part in parts:
            pairs.append((claim, chosen(claim, part)))
            owner.append(number)
    found = scores(model, tokenizer, pairs)
    best = [max((f for f, o in zip(found, owner, strict=True) if o == number), default=-9.0) for number in range(len(rows))]
    print(f"ExpertQA: AUROC {auroc(best, [label for label, _, _ in rows]):.3f} (n {len(rows)})", flush=True)
    asked = squad(bench)[:1200]
    found = scores(model, tokenizer, [(question, paragraph) for _, question, paragraph in asked])
    true = np.array([label for label, _, _ in asked])
    print(f"SQuAD held-out articles: AUROC {auroc(found, true):.3f} (n {len(asked)})", end=" ")
    for keep in (0.95, 0.9, 0.8):
        cut = np.quantile(found[true], 1 - keep)
        print(f"answers {keep:.0%} of answerable, silent on {np.mean(found[~true] < cut):.0%}", end="; ")
    print()


if __name__ == "__main__":
    main()
