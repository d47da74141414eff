"""Passages against gold places."""

import ir_measures
import numpy as np
import pytest
from ir_measures import RR, R, Success, nDCG

from answers_by_hand import MILK, TEA, passage
from notebot.evals import found as metrics
from notebot.evals.cases import Place


def test_recall_counts_places_not_passages():
    found = (passage("Tea"), passage("Tea"))
    assert metrics.recall_at(found, (TEA, MILK), 5) == 0.5  # two passages, one of two places


def test_reciprocal_rank_ends_at_its_depth():
    found = (*(passage(f"Other {number}") for number in range(10)), passage("Tea"))  # rank 11
    assert metrics.reciprocal_rank(found, (TEA,)) == 0
    assert metrics.reciprocal_rank(found, (TEA,), depth=11) == pytest.approx(1 / 11)
    assert metrics.reciprocal_rank((), (TEA,)) == 0


def test_gain_is_discounted_by_rank():
    # Two places, found at ranks 1 and 3: 1/log2(2) + 1/log2(4) = 1 + .5 = 1.5; ideal 1/log2(2) + 1/log2(3) = 1.6309
    found = (passage("Tea"), passage("Salt"), passage("Milk"))
    assert metrics.ndcg(found, (TEA, MILK)) == pytest.approx(1.5 / 1.63093)
    assert metrics.ndcg(found, (TEA,)) == 1.0
    assert metrics.ndcg((), (TEA,)) == 0.0
    assert metrics.ndcg(found, (Place("n.md", ("Milk",)),)) == pytest.approx(0.5)


def test_gain_is_capped_at_its_depth_and_counts_a_place_once():
    late = (*(passage(f"Other {number}") for number in range(10)), passage("Tea"))
    assert metrics.ndcg(late, (TEA,)) == 0.0
    assert metrics.ndcg((passage("Tea"), passage("Tea")), (TEA, MILK)) == pytest.approx(1 / 1.63093)  # the second adds nothing
    whole = Place("n.md", lines=(1, 1))  # every passage made by hand is in it
    assert metrics.ndcg((passage("Tea"),), (TEA, whole)) == 1.0


def test_the_figures_agree_with_ir_measures():
    """Where each passage is in at most one place, a place is a document. 60 rankings, seed 3."""
    rng = np.random.default_rng(3)
    names = [f"H{number}" for number in range(25)]
    for _ in range(60):
        ranking = list(rng.permutation(names)[: rng.integers(0, 21)])
        wanted = list(rng.permutation(names)[: rng.integers(1, 15)])
        gold = tuple(Place("n.md", (name,)) for name in wanted)
        found = tuple(passage(name) for name in ranking)
        qrels = [ir_measures.Qrel("q", name, 1) for name in wanted]
        run = [ir_measures.ScoredDoc("q", name, float(-rank)) for rank, name in enumerate(ranking)]
        theirs = ir_measures.calc_aggregate([nDCG @ 10, RR @ 10, R @ 5, R @ 10, Success @ 5], qrels, run)
        assert metrics.ndcg(found, gold) == pytest.approx(theirs[nDCG @ 10])
        assert metrics.reciprocal_rank(found, gold) == pytest.approx(theirs[RR @ 10])
        assert metrics.recall_at(found, gold, 5) == pytest.approx(theirs[R @ 5])
        assert metrics.recall_at(found, gold, 10) == pytest.approx(theirs[R @ 10])
        assert metrics.hit_at(found, gold, 5) == bool(theirs[Success @ 5])
