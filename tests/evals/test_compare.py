"""Two runs side by side."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from notebot.errors import UsageError
from notebot.evals.compare import compare, comparison_json, comparison_text, verdict
from notebot.evals.store import Run
from runs_by_hand import MANIFEST, asked_by, outcome, run


def test_a_run_and_itself_show_no_difference():
    found = compare(run([True] * 20, "a"), run([True] * 20, "b"))
    assert (found.headline, found.differences, found.flips) == ("correct", (), ())
    assert {one.delta for one in found.deltas} == {0.0}
    assert {one.p for one in found.deltas} == {1.0}
    correct = next(one for one in found.deltas if one.name == "correct")
    assert verdict(correct) == "no difference shown; this set could show 30.0 points"  # 6 of 20
    assert verdict(replace(correct, detectable=1.2)) == "no difference shown, and too few cases to show any"
    assert "Questions that changed sides (correct): 0" in comparison_text(found)


def test_what_got_better_and_worse_is_named_with_both_answers():
    found = compare(run([True, False] * 10, "a"), run([False, *[True] * 19], "b"))
    correct = next(one for one in found.deltas if one.name == "correct")
    assert (correct.wins, correct.losses, correct.before, correct.after) == (10, 1, 0.5, 0.95)
    assert verdict(correct) == "better"
    assert [flip.case for flip in found.flips[:2]] == ["c0", "c1"]  # the worse first
    lines = comparison_text(found).splitlines()
    at = lines.index("worse  c0: Which 0?")
    assert lines[at + 1 : at + 3] == ["    before: Green. [n.md:1]", "    after:  0 of 1 facts | Blue. [n.md:1]"]


def test_less_is_better_where_less_is_better():
    worse = [replace(outcome(number, True), quotes_exist=(), error="x", answer=None) for number in range(20)]
    found = compare(run([True] * 20), Run(Path("b"), MANIFEST, tuple(worse)))
    assert found.headline == "hit@1"  # one of them has no answers to compare
    assert verdict(next(one for one in found.deltas if one.name == "errors")) == "worse"


def test_tags_have_their_own_rows_with_raised_p():
    found = compare(run([False] * 20), run([number % 2 == 0 for number in range(20)]))
    tags = dict(found.by_tag)
    assert (tags["even"].wins, tags["odd"].wins) == (10, 0)
    assert tags["even"].p == pytest.approx(2 * 2 * 0.5**10)  # two tags: twice McNemar's
    assert "correct by tag (p after Holm)" in comparison_text(found)


def test_what_else_was_different_is_said():
    before, after = run([True] * 3), run([True] * 3, manifest=replace(asked_by(model="other"), set_digest="s2"))
    assert compare(before, after).differences == ("the question set", "the model")
    assert "Not the same: the question set, the model." in comparison_text(compare(before, after))


def test_runs_without_a_common_case_cannot_be_compared():
    with pytest.raises(UsageError, match="no case in common"):
        compare(run([True]), Run(Path("b"), MANIFEST, (outcome(7, True),)))


def test_programs_get_the_same():
    value = json.loads(json.dumps(comparison_json(compare(run([True, False]), run([True, True])))))
    assert value["schema"] == 1
    assert [(flip["case"], flip["better"], flip["after"]["failure"]) for flip in value["flips"]] == [("c1", True, None)]
    assert {row["name"] for row in value["figures"]} >= {"correct", "facts", "hit@5", "seconds_p50"}
