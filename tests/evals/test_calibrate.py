"""Every figure against an example worked out by hand."""

from random import Random

import pytest

from notebot.evals.calibrate import advice, bins, calibrate, ece, judge, standing, trust
from notebot.evals.labels import Label

# said yes:   T T T F F F     truth: T T F T F F
# recall of supported 2/3, of unsupported 2/3: balanced accuracy 2/3. Agreement 4/6, chance 1/2 * 1/2 + 1/2 * 1/2 = 1/2,
# kappa (4/6 - 1/2) / (1 - 1/2) = 1/3. Precision 2/3.
SAID, TRUTH = [True, True, True, False, False, False], [True, True, False, True, False, False]


def label(number: int, *, truth: bool, score: float, shown: bool, word: str = "") -> Label:
    said = word or ("supported" if truth else "not")
    return Label(f"c{number}", said, "x", score, shown, shown, f"note {number}")


def test_a_judge_by_hand():
    found = judge("j", SAID, TRUTH, list("abcdef"))
    assert found.balanced_accuracy.value == pytest.approx(2 / 3)
    assert found.kappa.value == pytest.approx(1 / 3)
    assert found.recall_supported.value == pytest.approx(2 / 3)
    assert found.recall_unsupported.value == pytest.approx(2 / 3)
    assert found.precision.value == pytest.approx(2 / 3)
    assert found.kappa.low <= 1 / 3 <= found.kappa.high


def test_perfect_opposite_and_one_kind_only():
    assert judge("j", TRUTH, TRUTH, list("abcdef")).kappa.value == 1
    assert judge("j", [not one for one in TRUTH], TRUTH, list("abcdef")).kappa.value == -1
    alone = judge("j", [True, True], [True, True], ["a", "b"])
    assert (alone.kappa.value, alone.balanced_accuracy.value, alone.recall_unsupported.value) == (None, None, None)
    with pytest.raises(ValueError, match="go together"):
        judge("j", [True], [], ["a"])


def test_bins_and_their_error_by_hand():
    # [0.5, 1]: scores .6 .8 1.0, mean .8, supported 2/3; [0, 0.5): .2, supported 0. Error 3/4 * |.8 - 2/3| + 1/4 * .2 = .15
    found = bins([0.6, 0.8, 1.0, 0.2], [True, False, True, False], 2)
    assert [(one.n, one.share) for one in found] == [(1, 0.0), (3, pytest.approx(2 / 3))]
    assert ece(found) == pytest.approx(0.15)
    assert ece(bins([], [])) is None


def test_the_threshold_lies_between_what_is_and_what_is_not():
    found = advice([0.1, 0.2, 0.6, 0.8], [False, False, True, True], list("abcd"))
    assert (found.threshold, found.balanced_accuracy) == (pytest.approx(0.4), 1.0)
    assert found.low <= 0.4 <= found.high
    assert advice([0.1], [True], ["a"]) is None
    tied = advice([0.5, 0.5], [False, True], ["a", "b"])
    assert tied.threshold in (0.0, 1.0)  # equal scores cannot be parted


def test_brier_auroc_and_what_is_skipped():
    # scores .9 and .3 of supported, .4 of unsupported: squares .01, .49, .16, mean .22; pairs won 1 of 2
    labels = [label(1, truth=True, score=0.9, shown=True), label(2, truth=True, score=0.3, shown=False)]
    labels += [
        label(3, truth=False, score=0.4, shown=True, word="partly"),
        label(4, truth=False, score=0.5, shown=True, word="skip"),
    ]
    found = calibrate(labels, [("voice", [True, None, False, True])])
    assert (found.n, found.supported) == (3, 2)
    assert found.brier.value == pytest.approx(0.22)
    assert found.auroc.value == pytest.approx(0.5)
    assert [one.name for one in found.judges] == ["check", "word judge", "voice"]
    assert found.judges[2].kappa.value == 1


def test_it_says_when_there_are_too_few():
    random = Random(1)  # noqa: S311
    many = [label(n, truth=(good := random.random() < 0.6), score=0.9 if good else 0.1, shown=good) for n in range(220)]
    assert trust(calibrate([])).startswith("Exploratory: 0 labels")
    assert "Only 0 are of the rarer kind" in trust(calibrate([one for one in many if one.shown][:40]))
    assert trust(calibrate(many[:100])).startswith("100 labels: enough to report")
    whole = calibrate(many)
    assert trust(whole).startswith("220 labels: enough to let a judge decide")
    assert standing(whole.judges[0], whole.n) == "may decide"
    assert standing(whole.judges[0], 100) == "worth reporting"
    assert standing(whole.judges[0], 20) == "unknown"
