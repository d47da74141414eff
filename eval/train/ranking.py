"""Fit the weights of notebot's rerank, and say what each signal is worth by leaving it out.

    python eval/train/ranking.py PATH_TO_BENCH

Learns on SQuAD's questions against all paragraphs and on til's titles against all notes (see eval/bench/retrieval.py), both at
once: weights fitted to SQuAD alone make titles worse. A softmax over the candidates, Newton's method, no other library. The
figures are by cross-validation over five parts; an article is never learnt from and judged by. Nothing is random.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from retrieval import SETS, Question, rank_of

from notebot import open_bot
from notebot.retrieve.fusion import fuse
from notebot.retrieve.question import search_words
from notebot.retrieve.rerank import RERANKED, Signals, signals
from notebot.retrieve.retriever import CANDIDATES, VECTORS, WORDS, Retriever
from notebot.states import IngestOptions

PARTS = 5
RIDGE = 1e-4
STEPS = 15
NAMES = [field.name for field in fields(Signals)]

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: its candidates' notes, their signals [candidates, signals], and the part that it is judged in."""

    question: Question
    sources: tuple[str, ...]
    rows: Rows
    part: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    given = parser.parse_args()
    sets = {name: read(name, given.bench) for name in SETS}
    everything = [one for judged in sets.values() for one in judged]
    for left_out in (None, *NAMES):
        used = [at for at, name in enumerate(NAMES) if name != left_out]
        weights = {part: fit([one for one in everything if one.part != part], used) for part in range(PARTS)}
        figures = "  ".join(f"{name}: {figures_of(judged, used, weights)}" for name, judged in sets.items())
        sys.stdout.write(f"{f'without {left_out}' if left_out else 'all signals':<18}{figures}\n")
    weights_of_all = fit(everything, range(len(NAMES)))
    shares = weights_of_all / weights_of_all.sum()
    sys.stdout.write("weights: " + ", ".join(f"{name} {share:.3f}" for name, share in zip(NAMES, shares, strict=True)) + "\n")


def read(name: str, bench: Path) -> list[Judged]:
    with tempfile.TemporaryDirectory() as scratch:
        notes, questions = SETS[name](bench, Path(scratch) / "notes")
        with open_bot(knowledge=notes, data=Path(scratch) / "data") as bot:
            bot.ingest(IngestOptions(offline=True))
            parts = {group: at % PARTS for at, group in enumerate(sorted({group_of(question) for question in questions}))}
            return [judged(bot.retriever(), question, parts[group_of(question)]) for question in questions]


def group_of(question: Question) -> str:
    """What must not be torn apart: the paragraphs of an article, which are named by its title and a number."""
    return question.source.rpartition("_")[0] if question.answers else question.source


def judged(retriever: Retriever, question: Question, part: int) -> Judged:
    words = retriever.catalog.search_words(search_words(question.text), CANDIDATES)
    vectors = retriever.vectors.search(retriever.embedder.embed([question.text])[0], CANDIDATES)
    fused = fuse([words, vectors], [WORDS, VECTORS])[:RERANKED]
    chunks = retriever.catalog.chunks(hit.chunk_id for hit in fused)
    ranked = [(hit, chunks[hit.chunk_id]) for hit in fused]
    rows = np.array([astuple(found) for found in signals(question.text, ranked)]).reshape(-1, len(NAMES))
    return Judged(question, tuple(chunk.source for _, chunk in ranked), rows, part)


def fit(judged: Sequence[Judged], used: Sequence[int]) -> Rows:
    """The weights under which the right candidates are most likely, where there is one and something beside it."""
    sets = [(one.rows[:, list(used)], np.array([source == one.question.source for source in one.sources])) for one in judged]
    sets = [(rows, right) for rows, right in sets if right.any() and not right.all()]
    weights = np.zeros(len(used))
    for _ in range(STEPS):
        slope, curve = 2 * RIDGE * weights, 2 * RIDGE * np.eye(len(used))
        for rows, right in sets:
            likely = softmax(rows @ weights)
            wanted = softmax(rows[right] @ weights)
            aside = rows - likely @ rows
            slope = slope + (likely @ rows - wanted @ rows[right]) / len(sets)
            curve = curve + (aside.T * likely) @ aside / len(sets)
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def softmax(scores: Rows) -> Rows:
    raised = np.exp(scores - scores.max())
    shares: Rows = raised / raised.sum()
    return shares


def figures_of(judged: Sequence[Judged], used: Sequence[int], weights: dict[int, Rows]) -> str:
    ranks = []
    for one in judged:
        order = np.argsort(-(one.rows[:, list(used)] @ weights[one.part]), kind="stable")
        ranks.append(rank_of([one.sources[at] for at in order], one.question.source))
    first, five = (np.mean([0 < rank <= depth for rank in ranks]) for depth in (1, 5))
    return f"hit@1 {first:.4f} hit@5 {five:.4f} mrr@10 {np.mean([1 / rank if rank else 0 for rank in ranks]):.4f}"


if __name__ == "__main__":
    main()
