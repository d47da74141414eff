"""Every figure against an example worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebot.evals import metrics
from notebot.evals.cases import Case, Place
from notebot.evals.metrics import Outcome, claims, false_answer, mean, measure, rate, states
from notebot.types import Answer, Chunk, Citation, Passage, Sentence, Status

TEA = Place("n.md", ("Tea",))
MILK = Place("n.md", ("Milk",))


def passage(heading: str) -> Passage:
    return Passage(Chunk(heading, "n.md", "n", (heading,), heading, 1, 1, False, ()), 1.0, 1.0)


def citation(heading: str) -> Citation:
    return Citation(heading, "n.md", (heading,), 1, 1, "quote", 0, 5)


def sentence(text: str, *headings: str, supported: bool = True) -> Sentence:
    return Sentence(text, supported, 0.9, tuple(citation(heading) for heading in headings))


def answer(status: Status, *sentences: Sentence) -> Answer:
    return Answer("?", status, " ".join(one.text for one in sentences), "scripted", sentences, (), {})


def answerable(**fields: object) -> Case:
    return Case(**{"id": "a", "question": "?", "expect": (Status.ANSWERED,), "facts": (("green",),), "gold": (TEA,)} | fields)


def silent(**fields: object) -> Case:
    return Case(**{"id": "s", "question": "?", "expect": (Status.NOT_IN_NOTES,)} | fields)


def figures(*outcomes: Outcome) -> dict[str, tuple[float | None, int]]:
    return {figure.name: (figure.value, figure.n) for figure in measure(outcomes)}


# --- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("They use GitHub Actions.", "github actions", True),
        ("It is fine-tuned by prompting", "fine tuned", True),
        ("It has 1B+ parameters", "1B+", True),
        ("It has 1B+ parameters", "1B", False),
        ("It has 21B parameters", "1B", False),  # words, not letters
        ("a catalogue", "cat", False),
        ("see feature_extraction", "feature extraction", True),
        ("It isn’t one", "is not one", True),
        ("It cannot and can't", "can not and can not", True),
        ("", "x", False),
    ],
)
def test_a_phrase_is_found_word_for_word(text, phrase, found):
    assert states(text, phrase) is found


@pytest.mark.parametrize(
    ("text", "phrase", "claimed"),
    [
        ("It is designed for a single task.", "a single task", True),
        ("It is not designed for a single task.", "a single task", False),
        ("It is not, as some say, designed for a single task.", "a single task", True),  # too far: the set must list this one
        ("But not all pretrained models are foundation models.", "all pretrained models are foundation models", False),
        ("All cats are grey; not all cats are grey.", "all cats are grey", True),  # one of two places is enough
        ("No, all cats are grey.", "all cats are grey", True),  # the "no" answers something else
        ("No, every cat is not grey.", "every cat is not grey", True),
        ("Not that every cat is not grey.", "every cat is not grey", True),  # a phrase with its own "not"
    ],
)
def test_a_denied_phrase_is_not_claimed(text, phrase, claimed):
    assert claims(text, phrase) is claimed


# --- retrieval ----------------------------------------------------------------------------------------------------


def test_retrieval_figures():
    first = Outcome(answerable(gold=(TEA, MILK)), (passage("Tea"), passage("Salt"), passage("Milk")))
    second = Outcome(answerable(), (passage("Salt"), passage("Milk"), passage("Oil"), passage("Tea")))
    third = Outcome(answerable(), tuple(passage(f"Other {number}") for number in range(10)))
    no_gold = Outcome(silent(), (passage("Tea"),))
    got = figures(first, second, third, no_gold)
    assert got["hit@1"] == (pytest.approx(1 / 3), 3)  # only the first has a right passage on top
    assert got["hit@5"] == (pytest.approx(2 / 3), 3)
    assert got["recall@5"] == (pytest.approx((1 + 1 + 0) / 3), 3)  # the first finds both of its places
    assert got["mrr@10"] == (pytest.approx((1 + 1 / 4 + 0) / 3), 3)
    assert got["correct"] == got["facts"] == (None, 0)  # nothing was asked: not a zero


def test_recall_counts_places_not_passages():
    found = (passage("Tea"), passage("Tea"))
    assert metrics.recall_at(found, (TEA, MILK), 5) == 0.5  # two passages, one of two places


def test_reciprocal_rank_ends_at_its_depth():
    found = (*(passage(f"Other {number}") for number in range(10)), passage("Tea"))  # rank 11
    assert metrics.reciprocal_rank(found, (TEA,)) == 0
    assert metrics.reciprocal_rank(found, (TEA,), depth=11) == pytest.approx(1 / 11)
    assert metrics.reciprocal_rank((), (TEA,)) == 0


# --- answers ------------------------------------------------------------------------------------------------------


def test_facts_count_in_supported_text_only():
    case = answerable(facts=(("green tea", "sencha"), ("two cups",), ("milk",)))
    said = answer(Status.PARTIAL, sentence("Sencha, it is.", "Tea"), sentence("Two cups.", supported=False))
    assert metrics.fact_recall(said, case.facts) == pytest.approx(1 / 3)  # sencha; "two cups" was not supported
    assert metrics.fact_recall(answer(Status.STUB, sentence("Sencha", "Tea")), case.facts) == 0  # silence states nothing


def test_citation_figures():
    # Cites Tea, Tea, Salt: 2 of 3 in gold; of the places Tea and Milk one is cited.
    both = answer(Status.ANSWERED, sentence("Green.", "Tea", "Tea"), sentence("Hot.", "Salt"))
    # Cites nothing: has no precision; its recall is 0.
    bare = answer(Status.ANSWERED, sentence("Green."))
    got = figures(
        Outcome(answerable(gold=(TEA, MILK)), None, both, (True, True, False)),
        Outcome(answerable(), None, bare),
        Outcome(answerable(), None, answer(Status.NOT_IN_NOTES)),  # a refusal is not a citation fault
    )
    assert got["citation_precision"] == (pytest.approx(2 / 3), 1)
    assert got["citation_recall"] == (pytest.approx((1 / 2 + 0) / 2), 2)
    assert got["sentences_cited"] == (pytest.approx(2 / 3), 3)
    assert got["quotes_exist"] == (pytest.approx(2 / 3), 3)


def test_a_quote_that_cannot_be_looked_up_is_left_out():
    got = figures(Outcome(answerable(), None, answer(Status.ANSWERED, sentence("Green.", "Tea", "Tea")), (True, None)))
    assert got["quotes_exist"] == (1.0, 1)


def test_answering_and_keeping_silent():
    green = answer(Status.ANSWERED, sentence("Green.", "Tea"))
    nothing = answer(Status.NOT_IN_NOTES)
    outcomes = [
        Outcome(answerable(), None, green),  # right
        Outcome(answerable(), None, green),  # right
        Outcome(answerable(), None, nothing),  # refused wrongly
        Outcome(silent(), None, nothing),  # right
        Outcome(silent(), None, green),  # answered wrongly
        Outcome(silent(), None, answer(Status.QUOTED, sentence("Green.", "Tea"))),  # beside the point
        Outcome(silent(), None, answer(Status.STUB)),  # silent, though not in the expected way
        Outcome(silent(), None, None, error="the model died"),
    ]
    got = figures(*outcomes)
    assert got["false_refusals"] == (pytest.approx(1 / 3), 3)
    assert got["silent_when_silent"] == (pytest.approx(2 / 4), 4)
    assert got["quoted_when_silent"] == (pytest.approx(1 / 4), 4)
    assert got["silence_justified"] == (pytest.approx(2 / 3), 3)
    assert got["false_answers"] == (pytest.approx(1 / 7), 7)  # of what was answered at all: the error is not a wrong answer
    assert got["status_right"] == (pytest.approx(3 / 7), 7)
    assert got["correct"] == (pytest.approx(3 / 7), 7)
    assert got["errors"] == (pytest.approx(1 / 8), 8)


def test_false_answers_and_why():
    case = answerable(forbidden=("black tea",))
    assert false_answer(case, answer(Status.ANSWERED, sentence("Green tea.", "Tea"))) == ""
    assert "black tea" in false_answer(case, answer(Status.ANSWERED, sentence("Green and black tea.", "Tea")))
    assert false_answer(case, answer(Status.PARTIAL, sentence("Green.", "Tea"), sentence("Black tea.", supported=False))) == ""
    assert false_answer(case, answer(Status.ANSWERED, sentence("Not black tea.", "Tea"))) == ""
    assert false_answer(silent(), answer(Status.PARTIAL, sentence("Tea?", supported=False))) == ""  # nothing shown as supported
    assert "do not say" in false_answer(silent(), answer(Status.PARTIAL, sentence("Tea.", "Tea")))
    assert false_answer(silent(), answer(Status.QUOTED, sentence("Tea.", "Tea"))) == ""
    assert "tea" in false_answer(silent(forbidden=("tea",)), answer(Status.QUOTED, sentence("Tea.", "Tea")))


def test_correct_wants_every_fact():
    case = answerable(facts=(("green",), ("hot",)))
    assert not metrics.correct(case, answer(Status.ANSWERED, sentence("Green.", "Tea")))
    assert metrics.correct(case, answer(Status.ANSWERED, sentence("Green.", "Tea"), sentence("Hot.", "Tea")))
    assert metrics.correct(silent(), answer(Status.NOT_IN_NOTES))


# --- intervals ----------------------------------------------------------------------------------------------------


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
    assert {value for value, _ in figures().values()} == {None}


# --- sorting ------------------------------------------------------------------------------------------------------


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
