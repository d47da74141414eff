"""Figures over outcomes, each worked by hand."""

import json
from dataclasses import replace

import pytest

from answers_by_hand import MILK, TEA, answer, answerable, figures, passage, sentence, silent
from notebot.evals.cases import Place
from notebot.evals.figures import FIGURES, RETRIEVAL, clusters, confusion, measure, number, per_case
from notebot.evals.outcome import Outcome, from_line, to_line
from notebot.types import Status, Usage


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


def test_nothing_to_measure_is_not_zero():
    assert {value for value, _ in figures().values()} == {None}


def test_every_figure_says_what_it_means_and_which_way_is_up():
    assert all(one.meaning and one.better in ("more", "less", "") for one in FIGURES.values())
    assert set(RETRIEVAL) == {"hit@1", "hit@5", "recall@5", "recall@10", "mrr@10", "ndcg@10"}


def test_repeats_are_no_new_questions():
    green, nothing = answer(Status.ANSWERED, sentence("Green.", "Tea")), answer(Status.NOT_IN_NOTES)
    places = [(Place("n.md", (f"H{number}",)),) for number in range(10)]
    once = [Outcome(answerable(id=f"c{at}", gold=gold), None, green if at % 2 else nothing) for at, gold in enumerate(places)]
    thrice = [replace(one, repeat=repeat) for repeat in range(3) for one in once]
    first, again = ({figure.name: figure for figure in measure(them)}["correct"] for them in (once, thrice))
    assert (first.value, again.value, again.n) == (0.5, 0.5, 30)
    # Of thirty that all stood alone the interval would be √3 narrower
    assert again.high - again.low > 0.9 * (first.high - first.low)


def test_cases_on_one_section_are_one_cluster_until_there_are_many_notes():
    cases = [answerable(id="a"), answerable(id="b"), answerable(id="c", gold=(MILK,)), silent(id="d")]
    assert clusters(Outcome(case) for case in cases) == {"a": "n.md > Tea", "b": "n.md > Tea", "c": "n.md > Milk", "d": "case d"}
    assert clusters(Outcome(case) for case in cases[:2]) == {"a": "a", "b": "b"}  # of one cluster nothing could be told
    many = [answerable(id=f"m{number}", gold=(Place(f"{number}.md", ("Tea",)),)) for number in range(20)]
    assert clusters(Outcome(case) for case in [*many, answerable(id="z", gold=(Place("3.md", ("Milk",)),))])["z"] == "3.md"


def test_one_number_a_case():
    outcomes = [
        Outcome(answerable(id="a"), (passage("Tea"),), repeat=0), Outcome(answerable(id="a"), (passage("Salt"),), repeat=1),
        Outcome(silent(id="b"), (passage("Tea"),)),
    ]  # fmt: skip
    assert per_case("hit@1", outcomes) == {"a": 0.5}  # b has no place to hit


def test_who_was_answered_on_each_side():
    green, nothing = answer(Status.ANSWERED, sentence("Green.", "Tea")), answer(Status.NOT_IN_NOTES)
    outcomes = [
        Outcome(answerable(), None, green), Outcome(answerable(), None, nothing), Outcome(answerable(), error="x"),
        Outcome(silent(), None, answer(Status.QUOTED, sentence("Green.", "Tea"))), Outcome(silent(), (passage("Tea"),)),
    ]  # fmt: skip
    assert confusion(outcomes) == {
        "answerable": {"answered": 1, "quoted": 0, "silent": 1, "failed": 1},
        "unanswerable": {"answered": 0, "quoted": 1, "silent": 0, "failed": 0},
    }


def test_time_is_counted_in_seconds():
    found = {one.name: one for one in measure([Outcome(answerable(), first=float(number), seconds=2.0) for number in (1, 2, 9)])}
    assert (found["first_word_p50"].value, found["first_word_p95"].value, found["seconds_p50"].value) == (2.0, 9.0, 2.0)


def test_tokens_are_counted_where_a_model_was_asked_and_old_runs_have_none():
    green = answer(Status.ANSWERED, sentence("Green.", "Tea"))
    spent = [Outcome(answerable(), None, replace(green, usage=Usage(read, 10, read + 10, 4096))) for read in (900, 1200, 3000)]
    found = {one.name: one for one in measure([*spent, Outcome(answerable(), None, green), Outcome(answerable(), error="x")])}
    read, written = found["tokens_read_p50"], found["tokens_written_p50"]
    assert (read.value, read.n, written.value, written.n) == (1200, 3, 10, 3)
    assert (number("tokens_read_p50", 1200.0), number("correct", 0.5)) == ("1,200", "0.500")
    asked = replace(spent[0], case=answerable(question="Which tea?"))
    line = json.loads(to_line(asked))
    assert from_line(json.dumps(line)) == asked
    del line["answer"]["usage"]
    old = from_line(json.dumps(line)).answer
    assert old is not None
    assert old.usage is None


def test_what_the_model_wrote_and_what_passed():
    wrote = Outcome(answerable(), None, None, checked=(sentence("Green.", "Tea"), sentence("Blue.", supported=False)))
    assert figures(wrote)["check_supported"] == (0.5, 2)
