"""Intervals and areas against examples worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.evals import metrics
from notebot.evals.metrics import mean, quantile, rate


def test_wilson_interval():
    # 8 of 10: p = .8, z = 1.96, z²/n = .384; middle (.8 + .192) / 1.384 = .7168;
    # half (1.96 / 1.384) · √(.8·.2/10 + .384/40) = 1.4162 · √(.016 + .0096) = .2266
    figure = rate("x", [True] * 8 + [False] * 2)
    assert (figure.value, figure.n) == (0.8, 10)
    assert figure.low == pytest.approx(0.4902, abs=1e-4)
    assert figure.high == pytest.approx(0.9433, abs=1e-4)


def test_wilson_interval_at_the_ends():
    none, every = rate("x", [False] * 5), rate("x", [True] * 5)
    # 5 of 5: the other end is n / (n + z²) = 5 / 8.8415 = .5655
    assert (every.low, every.high) == (pytest.approx(0.5655, abs=1e-4), 1.0)
    assert (none.low, none.high) == (0.0, pytest.approx(1 - 0.5655, abs=1e-4))


def test_bootstrap_interval_is_repeatable_and_covers():
    values = [0.0, 0.5, 1.0, 1.0] * 10
    assert mean("x", values) == mean("x", values)
    # Mean .625; standard error = √(.171875 / 40) = .0655; the interval is about ± 1.96 · .0655 = .128
    figure = mean("x", values)
    assert figure.value == 0.625
    assert figure.low == pytest.approx(0.497, abs=0.02)
    assert figure.high == pytest.approx(0.753, abs=0.02)


def test_bootstrap_covers_the_true_mean_about_as_often_as_it_says():
    draws = np.random.default_rng(7).choice([0.0, 0.5, 1.0], size=(200, 60), p=[0.2, 0.3, 0.5])  # true mean .65
    covered = sum(figure.low <= 0.65 <= figure.high for figure in (mean("x", row) for row in draws))
    assert 180 <= covered <= 199  # 95 % of 200, give or take three standard errors


def test_nothing_to_measure_is_not_zero():
    assert (rate("x", []).value, mean("x", []).value, rate("x", []).n) == (None, None, 0)


def each(count: int) -> list[str]:
    return [str(number) for number in range(count)]


@pytest.mark.parametrize(
    ("scores", "positive", "area"),
    [
        ([0.9, 0.8, 0.2, 0.1], [True, True, False, False], 1.0),
        ([0.1, 0.2, 0.8, 0.9], [True, True, False, False], 0.0),
        ([0.5, 0.5, 0.5], [True, False, False], 0.5),
        ([0.9, 0.4, 0.4, 0.1], [True, False, True, False], 0.875),  # 3 pairs of 4 won, one tied
        ([3.0, -1.0, 2.0], [False, False, True], 0.5),
    ],
)
def test_auroc_is_the_share_of_pairs_in_order(scores: list[float], positive: list[bool], area: float) -> None:
    found = metrics.auroc("a", scores, positive, each(len(scores)))
    assert found.value == pytest.approx(area)
    assert found.n == len(scores)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auroc_agrees_with_counting_pairs(things: list[tuple[int, bool]]) -> None:
    good = [score for score, positive in things if positive]
    bad = [score for score, positive in things if not positive]
    found = metrics.auroc("a", [score for score, _ in things], [positive for _, positive in things], each(len(things)))
    if not (good and bad):
        assert found.value is found.low is found.high is None
        return
    won = sum((one > other) + (one == other) / 2 for one in good for other in bad)
    assert found.value == pytest.approx(won / len(good) / len(bad))
    assert found.low <= found.value + 1e-9
    assert found.high >= found.value - 1e-9


def test_auroc_of_things_that_go_together_is_less_certain() -> None:
    rng = np.random.default_rng(1)
    positive = [bool(flag) for flag in rng.integers(0, 2, 40)]
    scores = [float(score) for score in rng.random(40) + 0.5 * np.array(positive)]
    alone = metrics.auroc("a", scores, positive, each(40))
    copied = metrics.auroc("a", scores * 4, positive * 4, each(40) * 4)
    taken_apart = metrics.auroc("a", scores * 4, positive * 4, each(160))
    assert copied.value == pytest.approx(alone.value)
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high))
    assert taken_apart.high - taken_apart.low < 0.7 * (copied.high - copied.low)


def test_auroc_wants_one_of_each() -> None:
    with pytest.raises(ValueError, match="go together"):
        metrics.auroc("a", [0.1, 0.2], [True], ["x", "y"])


# --- clusters -----------------------------------------------------------------------------------------------------


def test_values_that_go_together_are_less_certain():
    rng = np.random.default_rng(2)
    alone = rng.random(30)
    copied, names = np.repeat(alone, 4), [str(number) for number in np.repeat(np.arange(30), 4)]
    single, together, apart = mean("x", alone), mean("x", copied, names), mean("x", copied)
    assert together.value == pytest.approx(single.value)
    assert together.high - together.low == pytest.approx(single.high - single.low, rel=0.1)
    assert apart.high - apart.low < 0.6 * (together.high - together.low)  # √4 = 2 times too narrow


def test_a_bootstrap_by_cluster_covers_as_often_as_it_says():
    """200 sets of 30 notes with 4 questions each, of which a note's own share is most: true mean .5, seed 5."""
    rng = np.random.default_rng(5)
    names = [str(number) for number in np.repeat(np.arange(30), 4)]
    covered = ignored = 0
    for _ in range(200):
        notes = np.repeat(rng.normal(0.5, 0.2, 30), 4) + rng.normal(0, 0.05, 120)
        clustered, naive = mean("x", notes, names), mean("x", notes)
        covered += clustered.low <= 0.5 <= clustered.high
        ignored += naive.low <= 0.5 <= naive.high
    assert covered >= 180  # 95 % of 200, less three standard errors
    assert ignored < 160  # as if the questions were independent: too sure of itself


def test_quantiles_are_values_that_were_seen():
    values = [float(number) for number in range(1, 101)]
    assert quantile("x", values, 0.5).value == 50
    assert quantile("x", values, 0.95).value == 95
    assert quantile("x", [3.0], 0.95) == metrics.Figure("x", 3.0, 1, 3.0, 3.0)
    assert quantile("x", [], 0.5).value is None
    # The 95 % interval of the median of 100: ranks 40 to 61 or so (np ± 1.96 √(n/4) = 50 ± 9.8)
    found = quantile("x", values, 0.5)
    assert found.low == pytest.approx(40, abs=3)
    assert found.high == pytest.approx(60, abs=3)


def test_values_want_a_cluster_each():
    with pytest.raises(ValueError, match="go together"):
        mean("x", [1.0, 2.0], ["a"])
