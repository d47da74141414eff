"""Outcomes of earlier runs: the same question of the same asker, and nothing else."""

from dataclasses import replace

import pytest

from notebot.evals.cache import Cache
from notebot.types import Turn
from runs_by_hand import ASKER, case, outcome


def test_what_was_asked_before_is_known(tmp_path):
    cache = Cache(tmp_path, ASKER, False)
    assert cache.get(case(1), 0) is None
    cache.put(outcome(1, True))
    renamed = replace(case(1), id="other", tags=())  # the same question under another name
    assert cache.get(renamed, 0) == replace(outcome(1, True), case=renamed, cached=True)


CHANGES = ("model", "model_digest", "index_digest", "code_digest", "prompt_digest", "lock_digest", "embedder")


@pytest.mark.parametrize("changed", [*({name: "x"} for name in CHANGES), {"settings": {"passages": 5}}])
def test_whatever_matters_makes_it_new(tmp_path, changed):
    Cache(tmp_path, ASKER, False).put(outcome(1, True))
    assert Cache(tmp_path, replace(ASKER, **changed), False).get(case(1), 0) is None


def test_another_question_history_repeat_or_kind_is_new(tmp_path):
    cache = Cache(tmp_path, ASKER, False)
    cache.put(outcome(1, True))
    assert cache.get(case(1, question="Which else?"), 0) is None
    assert cache.get(case(1, history=(Turn("user", "Hello"),)), 0) is None
    assert cache.get(case(1), 1) is None
    assert Cache(tmp_path, ASKER, True).get(case(1), 0) is None


def test_errors_are_not_kept_and_damage_is_absence(tmp_path):
    cache = Cache(tmp_path, ASKER, False)
    cache.put(replace(outcome(1, True), error="gone"))
    assert cache.get(case(1), 0) is None
    cache.put(outcome(1, True))
    next(tmp_path.glob("*/*.json")).write_text("{")
    assert cache.get(case(1), 0) is None
