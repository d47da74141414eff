"""Measure the support check: how well it sorts claims that are carried from claims that are not.

    python eval/bench/support.py PATH_TO_BENCH [--n 200] [--check read_together] [--check aligned] [--check overlap] [--wrong 20]

PATH_TO_BENCH holds wice/oracle_chunks.jsonl and expertqa/claim_passages.jsonl; the hand-written eval/claims.yaml is judged
whole. A check is any module with `prepare(texts, tokens)` and `check(claim, evidence, tokens)`; each one that is named gets a
column, on the same claims. AUROC is supported against the rest, its interval a bootstrap over evidence with a fixed seed.
`ms` is the time of one claim once the passages are prepared; on a busy machine compare columns, not figures.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from claim_set import REFUSED, SUPPORTED, SWITCHED, load_claims

from notebot.evals.metrics import Figure, auroc, rate
from notebot.models.minilm import MiniLM, open_minilm
from notebot.models.ports import TokenEmbedder
from notebot.types import Support

CLAIMS = Path(__file__).parents[1] / "claims.yaml"
GROUP = 4  # sentences of a chunk that make one passage, where a chunk is given as several
MARK = re.compile(r"\s*\[\d+\]")
SETS = ("wice", "wice in passages", "expertqa", "claims")


class Check(Protocol):
    """A module that judges claims."""

    def prepare(self, texts: Sequence[str], tokens: TokenEmbedder) -> Sequence[Any]: ...
    def check(self, claim: str, evidence: Sequence[Any], tokens: TokenEmbedder) -> Support: ...


@dataclass(frozen=True, slots=True)
class Item:
    """A claim with its evidence: one list of passages, or several, of which the best counts."""

    claim: str
    evidence: tuple[tuple[str, ...], ...]
    supported: bool
    cluster: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check made of an item, in `seconds` a list of passages."""

    item: Item
    score: float
    supported: bool
    reason: str
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--n", type=int, default=200, help="claims of each public set, at random; 0 takes all (default 200)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--set", action="append", choices=SETS, help="only this set; may be repeated")
    parser.add_argument("--check", action="append", help="a module to judge; may be repeated")
    parser.add_argument("--wrong", type=int, default=0, help="show so many claims of each kind that were judged wrongly")
    given = parser.parse_args()
    tokens = open_minilm()
    names = given.check or ["read_together", "aligned"]
    checks = {name: cast("Check", importlib.import_module(name)) for name in names}
    show(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; columns: {', '.join(checks)}")
    for name in given.set or SETS:
        items = sample(list(READERS[name](given.bench)), given.n if name != "claims" else 0, given.seed)
        verdicts = {each: list(judge(items, check, tokens)) for each, check in checks.items()}
        report(name, list(verdicts.values()))
        if name == "claims":
            report_kinds(list(verdicts.values()))
            for each, found in verdicts.items():
                report_wrong(each, found, given.wrong)
        line("same score whatever the batch", [same(items, check, tokens) for check in checks.values()])


# --- the sets -----------------------------------------------------------------------------------------------------


def wice(bench: Path) -> Iterator[Item]:
    """Each chunk as one passage."""
    for name, rows in _wice_rows(bench):
        evidence = tuple(("\n".join(row["evidence"]),) for row in rows)
        yield Item(rows[0]["claim"], evidence, rows[0]["label"] == "supported", name)


def wice_in_passages(bench: Path) -> Iterator[Item]:
    """Each chunk as several short passages, the way retrieval brings them."""
    for name, rows in _wice_rows(bench):
        evidence = tuple(tuple(_grouped(row["evidence"])) for row in rows)
        yield Item(rows[0]["claim"], evidence, rows[0]["label"] == "supported", name)


def _wice_rows(bench: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    rows = sorted(read_lines(bench / "wice" / "oracle_chunks.jsonl"), key=lambda row: (row["id"], row["chunk_idx"]))
    return ((name, list(group)) for name, group in groupby(rows, key=lambda row: str(row["id"])))


def _grouped(sentences: Sequence[str]) -> Iterator[str]:
    return ("\n".join(sentences[start : start + GROUP]) for start in range(0, len(sentences), GROUP))


def expertqa(bench: Path) -> Iterator[Item]:
    """A claim is a sentence of an answer, without its marks; the answers to one question are one cluster."""
    for row in read_lines(bench / "expertqa" / "claim_passages.jsonl"):
        texts = tuple(source["text"] for source in row["evidence"])
        yield Item(MARK.sub("", row["claim"]).strip(), (texts,), row["support"] == "Complete", row["question"])


def claims(_bench: Path) -> Iterator[Item]:
    for judged in load_claims(CLAIMS).evidence:
        for kind, claim in judged.claims:
            yield Item(claim, (judged.passages,), kind in SUPPORTED, judged.id, kind)


READERS: dict[str, Callable[[Path], Iterator[Item]]] = dict(
    zip(SETS, (wice, wice_in_passages, expertqa, claims), strict=True)
)  # fmt: skip


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def sample(items: list[Item], count: int, seed: int) -> list[Item]:
    """`count` of the items, the same ones for the same seed, in their order."""
    if not count or count >= len(items):
        return items
    return [items[at] for at in sorted(random.Random(seed).sample(range(len(items)), count))]  # noqa: S311 - no secret


# --- judging ------------------------------------------------------------------------------------------------------


def judge(items: Sequence[Item], check: Check, tokens: MiniLM) -> Iterator[Verdict]:
    for evidence, group in groupby(items, key=lambda item: item.evidence):
        prepared = [check.prepare(texts, tokens) for texts in evidence]
        for item in group:
            begun = time.perf_counter()
            found = [check.check(item.claim, texts, tokens) for texts in prepared]
            seconds = (time.perf_counter() - begun) / len(prepared)
            best = max(found, key=lambda support: (support.supported, support.score))
            score = max(support.score for support in found)
            yield Verdict(item, score, best.supported, best.reason, seconds)


def same(items: Sequence[Item], check: Check, tokens: MiniLM, *, count: int = 40) -> str:
    """The largest difference between a claim judged with its evidence alone and in one batch with that of others."""
    some = items[:: max(1, len(items) // count)]
    texts = [text for item in some for text in item.evidence[0]]
    together = iter(check.prepare(texts, tokens))
    worst, turned = 0.0, 0
    for item in some:
        batched = check.check(item.claim, [next(together) for _ in item.evidence[0]], tokens)
        alone = check.check(item.claim, check.prepare(item.evidence[0], tokens), tokens)
        worst = max(worst, abs(batched.score - alone.score))
        turned += batched.supported != alone.supported
    return f"{worst:.1e} apart, {turned} of {len(some)} turned"


# --- what is shown ------------------------------------------------------------------------------------------------


def report(name: str, columns: Sequence[Sequence[Verdict]]) -> None:
    """AUROC, what is passed and caught at the check's own threshold, and the time."""
    verdicts = columns[0]
    good = sum(verdict.item.supported for verdict in verdicts)
    show(f"\n{name}: {len(verdicts)} claims, {good} supported")
    line("AUROC", [sorting(column) for column in columns])
    line("supported claims passed", [share(passed(column, SUPPORTED | {""}, supported=True)) for column in columns])
    line("others caught", [share(caught(column, REFUSED | {""})) for column in columns])
    times = [np.array([verdict.seconds for verdict in column]) * 1000 for column in columns]
    line("ms p50, p95", [f"{np.percentile(each, 50):.1f}, {np.percentile(each, 95):.1f}" for each in times])


def report_kinds(columns: Sequence[Sequence[Verdict]]) -> None:
    line("negation, number, quantifier caught", [share(caught(column, SWITCHED)) for column in columns])
    for kind in sorted(REFUSED):
        line(f"  {kind} caught", [share(caught(column, {kind})) for column in columns])
    for kind in sorted(SUPPORTED):
        line(f"  {kind} passed", [share(passed(column, {kind}, supported=True)) for column in columns])


def report_wrong(name: str, verdicts: Sequence[Verdict], most: int) -> None:
    for kind in sorted(SUPPORTED | REFUSED) if most else ():
        wrong = [v for v in verdicts if v.item.kind == kind and v.supported != v.item.supported]
        for verdict in wrong[:most]:
            show(f"{name}: {kind} in {verdict.item.cluster}, {verdict.score:.2f}: {verdict.item.claim} [{verdict.reason}]")


def passed(verdicts: Iterable[Verdict], kinds: Iterable[str], *, supported: bool) -> Figure:
    """The share called supported, of the claims of these kinds that are so, or are not."""
    chosen = set(kinds)
    return rate(
        "passed", [v.supported for v in verdicts if v.item.kind in chosen and v.item.supported == supported]
    )  # fmt: skip


def caught(verdicts: Iterable[Verdict], kinds: Iterable[str]) -> Figure:
    chosen = set(kinds)
    return rate("caught", [not v.supported for v in verdicts if v.item.kind in chosen and not v.item.supported])


def sorting(verdicts: Sequence[Verdict]) -> str:
    found = auroc(
        "auroc", [v.score for v in verdicts], [v.item.supported for v in verdicts], [v.item.cluster for v in verdicts]
    )  # fmt: skip
    return f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})" if found.value is not None else "nothing to sort"


def share(found: Figure) -> str:
    if found.value is None:
        return "none"
    return f"{found.value:5.0%} of {found.n} ({found.low:.0%} to {found.high:.0%})"


def line(label: str, cells: Iterable[str]) -> None:
    show(f"  {label:<36}" + "".join(f"{cell:<30}" for cell in cells))


def show(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
