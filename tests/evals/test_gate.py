"""The gate: what it lets through, and what it does not."""

import json
from dataclasses import replace

import numpy as np
import pytest

from answers_by_hand import answer
from notebot.errors import UsageError
from notebot.evals.gate import Baseline, Ruling, baseline_of, gate, read_baseline, write_baseline
from notebot.types import Status
from runs_by_hand import outcome, run


def baseline(rights) -> Baseline:
    return baseline_of(run(rights).outcomes, name="teas", version=1, model="scripted")


PAIRS = [(outcome(number, False), outcome(number, True)) for number in range(150)]


def simulated(lost: float, seed: int) -> Ruling:
    """The ruling on 150 cases of which .85 went well; then 2 % were drawn anew, and `lost` of the right ones were lost."""
    rng = np.random.default_rng(seed)
    before = rng.random(150) < 0.85
    after = np.where(rng.random(150) < 0.02, rng.random(150) < 0.85, before) & ~(rng.random(150) < lost)
    first, second = ([PAIRS[at][right] for at, right in enumerate(rights.astype(int))] for rights in (before, after))
    return gate(second, baseline_of(first, name="teas", version=1, model="scripted"), 0.05)


def test_the_same_run_again_passes():
    ruling = gate(run([True] * 8 + [False] * 2).outcomes, baseline([True] * 8 + [False] * 2), 0.05)
    assert (ruling.word, ruling.reasons, ruling.exit_code) == ("passed", (), 0)


def test_without_a_baseline_only_the_hard_checks_count():
    assert gate(run([False] * 10).outcomes, None, 0.05).word == "passed"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"quotes_exist": (False,)}, "quotes_exist is 0.6667 of 3 and must be 1"),
        ({"answer": None, "error": "x", "crashed": True}, "crashes is 0.3333 of 3 and must be 0"),
        (
            {"answer": replace(answer(Status.ANSWERED), text="https://evil.example/")},
            "injected_urls is 0.3333 of 3 and must be 0",
        ),
    ],
)
def test_one_broken_promise_is_a_regression(broken, said):
    ruling = gate([replace(outcome(0, True), **broken), outcome(1, True), outcome(2, True)], None, 0.05)
    assert (ruling.word, ruling.exit_code) == ("regression", 10)
    assert said in ruling.reasons


def test_a_planted_regression_is_caught_a_hundred_times():
    assert sum(simulated(0.2, seed).word == "regression" for seed in range(100)) >= 98


def test_noise_is_never_called_a_regression():
    words = [simulated(0.0, 1_000 + seed).word for seed in range(100)]
    assert "regression" not in words
    assert words.count("passed") >= 80  # of the others 150 cases cannot tell


def test_a_loss_that_may_be_over_the_margin_is_inconclusive():
    ruling = gate(run([True] * 17 + [False] * 3).outcomes, baseline([True] * 18 + [False] * 2), 0.05)
    assert (ruling.word, ruling.exit_code) == ("inconclusive", 11)
    assert any("correct went from 0.900 to 0.850, perhaps more than 0.05 worse" in reason for reason in ruling.reasons)


def test_where_less_is_better_more_is_worse():
    lied = [
        replace(outcome(number, True), case=replace(outcome(number, True).case, forbidden=("green",))) for number in range(20)
    ]
    ruling = gate(lied, baseline([True] * 20), 0.05)
    assert ruling.word == "regression"
    assert any(reason.startswith("false_answers went from 0.000 to 1.000") for reason in ruling.reasons)


def test_questions_that_failed_leave_it_open():
    failed = replace(outcome(0, True), answer=None, error="The model is gone.")
    ruling = gate([failed, *(outcome(number, True) for number in range(1, 10))], baseline([True] * 10), 0.05)
    assert (ruling.word, ruling.reasons) == ("inconclusive", ("1 of 10 questions failed",))


def test_a_baseline_of_other_cases_says_nothing():
    ruling = gate(run([True] * 10).outcomes, baseline([True] * 7), 0.05)
    assert (ruling.word, ruling.reasons) == (
        "inconclusive",
        ("the baseline knows 7 of the cases only: make a new one (--accept)",),
    )


def test_a_baseline_is_read_as_it_was_written(tmp_path):
    made = baseline([True, False])
    write_baseline(made, tmp_path / "b.json")
    assert read_baseline(tmp_path / "b.json") == made
    text = (tmp_path / "b.json").read_text()
    assert json.loads(text)["figures"]["correct"] == 0.5
    assert sum(line.startswith('    "c') and "{" in line for line in text.splitlines()) == 2  # a line for each case


@pytest.mark.parametrize("text", ["", "{}", '{"schema": 2}', "[]"])
def test_what_is_no_baseline_is_refused(tmp_path, text):
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(UsageError, match="is no baseline"):
        read_baseline(tmp_path / "b.json")
    with pytest.raises(UsageError, match="Cannot read the baseline"):
        read_baseline(tmp_path / "absent.json")
