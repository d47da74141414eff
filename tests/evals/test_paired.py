"""Differences by hand, and what chance does to them."""

import numpy as np
import pytest

from notebot.evals.paired import delta, holm, mcnemar, permutation


def by_case(values) -> dict[str, float]:
    return {f"c{number:03}": float(value) for number, value in enumerate(values)}


def alone(count: int) -> dict[str, str]:
    return {f"c{number:03}": str(number) for number in range(count)}


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),  # 2 · .5
        (5, 0, 2 * 0.5**5),  # .0625
        (6, 0, 2 * 0.5**6),  # .03125: the fewest that can show something
        (8, 2, 2 * (1 + 10 + 45) / 1024),  # binomial(10): 0, 1 or 2 of ten
        (3, 3, 1.0),
    ],
)
def test_mcnemar(wins, losses, p):
    assert mcnemar(wins, losses) == pytest.approx(p)
    assert mcnemar(losses, wins) == mcnemar(wins, losses)


def test_permutation_by_counting():
    # Of 2³ = 8 ways to swap three clusters of .5, .5 and 1, two are as far from 0 as 2 (all one way): p = .25
    assert permutation([0.5, 0.5, 1.0]) == pytest.approx(0.25, abs=0.02)
    assert permutation([0.0, 0.0]) == 1.0


def test_holm():
    # Sorted .01 .02 .03 .5: times 4, 3, 2, 1 = .04 .06 .06 .5, never below the one before
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_a_difference_by_hand():
    found = delta("x", by_case([1, 1, 0, 0, 1]), by_case([1, 0, 1, 1, 1]), alone(5))
    assert (found.n, found.before, found.after) == (5, 0.6, 0.8)
    assert found.delta == pytest.approx(0.2)
    assert (found.wins, found.losses, found.ties, found.test) == (2, 1, 2, "mcnemar")
    assert found.p == 1.0  # 1 or fewer of three, both ways: 2 · (1 + 3) / 8
    assert found.low < 0 < found.high
    assert found.detectable >= 6 / 5  # six of five cases: it can show nothing


def test_only_common_cases_count():
    found = delta("x", by_case([1, 0, 1]), {"c001": 1.0, "c009": 0.0}, alone(10))
    assert (found.n, found.before, found.after) == (1, 0.0, 1.0)
    assert delta("x", {"a": 1.0}, {"b": 1.0}, {"a": "1", "b": "2"}) is None


def test_cases_that_go_together_are_less_certain():
    rng = np.random.default_rng(4)
    before, change = np.repeat(rng.random(20), 5), np.repeat(rng.normal(0.05, 0.1, 20), 5)
    together = {f"c{number:03}": str(number // 5) for number in range(100)}
    one = delta("x", by_case(before), by_case(before + change), together)
    other = delta("x", by_case(before), by_case(before + change), alone(100))
    assert one.delta == other.delta
    assert one.high - one.low > 1.7 * (other.high - other.low)  # √5 = 2.2 times
    assert one.p > other.p


def test_what_does_not_vary_can_show_nothing_or_six_cases():
    same = by_case([0.5] * 10)
    assert delta("x", same, same, alone(10)).detectable is None
    right = by_case([1.0] * 100)
    assert delta("x", right, right, alone(100)).detectable == pytest.approx(0.06)


def test_p_is_uniform_where_there_is_no_difference():
    """300 pairs of runs that differ by chance alone, seed 6: p below a bound about as often as the bound says."""
    rng = np.random.default_rng(6)
    means, shares = [], []
    for _ in range(300):
        base = rng.random(60)
        one, other = (by_case(base + rng.normal(0, 0.1, 60)) for _ in range(2))
        means.append(delta("x", one, other, alone(60)).p)
        one, other = (by_case(rng.random(200) < 0.7) for _ in range(2))
        shares.append(delta("x", one, other, alone(200)).p)
    for bound in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9):
        spread = 3 * (bound * (1 - bound) / 300) ** 0.5
        assert np.mean(np.array(means) <= bound) == pytest.approx(bound, abs=spread)
        assert np.mean(np.array(shares) <= bound) <= bound + spread  # exact: never too small, and a little too large


def test_a_real_difference_of_the_detectable_size_is_mostly_found():
    """100 pairs, seed 8: with a difference as large as what is said to be detectable, p < .05 about four times in five."""
    rng = np.random.default_rng(8)
    found = 0
    for _ in range(100):
        base = rng.random(80)
        size = delta("x", by_case(base), by_case(base + rng.normal(0, 0.2, 80)), alone(80)).detectable
        found += delta("x", by_case(base), by_case(base + rng.normal(size, 0.2, 80)), alone(80)).p < 0.05
    assert 65 <= found <= 93
