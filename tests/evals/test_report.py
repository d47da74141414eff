"""What a run says to people and programs, and when it is good enough."""

import dataclasses

import pytest

from notebot.evals.cases import Case, Limit, Place
from notebot.evals.figures import measure
from notebot.evals.manifest import How
from notebot.evals.outcome import Outcome
from notebot.evals.report import failure, passed, report_text
from notebot.evals.run import Report
from notebot.types import Answer, Chunk, Citation, Passage, Sentence, Status
from runs_by_hand import MANIFEST

TEA = Place("n.md", ("Tea",))
TEA_CASE = Case("tea", "Which tea?", (Status.ANSWERED,), (("green",), ("hot",)), ("black",), (TEA,), ("drink",))
WINE_CASE = Case("wine", "Which wine?", (Status.NOT_IN_NOTES,), tags=("drink", "silent"))


def answer(status: Status, *texts: str) -> Answer:
    cited = Citation("c", "n.md", ("Tea",), 3, 4, "quote", 0, 5)
    sentences = tuple(Sentence(text, True, 0.9, (cited,)) for text in texts)
    return Answer("?", status, " ".join(texts), "scripted", sentences, (), {"writing": 0.5})


def passage(heading: str) -> Passage:
    return Passage(Chunk(heading, "n.md", "n", (heading,), heading, 1, 1, False, ()), 1.0, 1.0)


def report(*outcomes: Outcome, model: str = "scripted", **thresholds: Limit) -> Report:
    tags = sorted({tag for outcome in outcomes for tag in outcome.case.tags})
    by_tag = tuple((tag, measure([outcome for outcome in outcomes if tag in outcome.case.tags])) for tag in tags)
    return Report("small", 1, model, "minilm", thresholds, outcomes, measure(outcomes), by_tag)


GOOD = Outcome(TEA_CASE, (passage("Tea"),), answer(Status.ANSWERED, "Green and hot."), (True,))
SILENT = Outcome(WINE_CASE, (), answer(Status.NOT_IN_NOTES))


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (GOOD, ""),
        (SILENT, ""),
        (Outcome(TEA_CASE, None, answer(Status.ANSWERED, "Green."), (True,)), "1 of 2 facts"),
        (Outcome(TEA_CASE, None, answer(Status.ANSWERED, "Green, hot and black."), (True,)), "false: shows as supported: black"),
        (Outcome(TEA_CASE, None, answer(Status.NOT_IN_NOTES)), "not_in_notes, expected answered"),
        (Outcome(TEA_CASE, None, answer(Status.ANSWERED, "Green and hot."), (False,)), "a quote does not stand"),
        (Outcome(WINE_CASE, None, answer(Status.ANSWERED, "Red."), (True,)), "false: answers what the notes do not say"),
        (Outcome(WINE_CASE, None, None, error="The model died."), "error: The model died."),
        (Outcome(TEA_CASE, (passage("Salt"),)), "not among the first 5"),
        (Outcome(TEA_CASE, (passage("Tea"),)), ""),
        (Outcome(WINE_CASE, ()), ""),  # nothing was to be found
    ],
)
def test_what_went_wrong_in_a_case(outcome, said):
    assert failure(outcome).startswith(said)
    assert bool(failure(outcome)) is bool(said)


def test_thresholds_decide():
    two = (GOOD, Outcome(TEA_CASE, (), answer(Status.ANSWERED, "Green."), (True,)))  # facts: (1 + 1/2) / 2 = .75
    assert passed(report(*two))
    assert passed(report(*two, facts=Limit(at_least=0.75), false_answers=Limit(at_most=0.0)))
    assert not passed(report(*two, facts=Limit(at_least=0.76)))
    wrong = Outcome(WINE_CASE, (), answer(Status.ANSWERED, "Red."), (True,))
    assert not passed(report(*two, wrong, false_answers=Limit(at_most=0.3)))  # 1 of 3
    assert passed(report(*two, wrong, false_answers=Limit(at_most=0.34)))


def test_a_threshold_on_what_could_not_be_measured_is_not_kept():
    broken = Outcome(TEA_CASE, None, None, error="The model died.")
    assert not passed(report(broken, facts=Limit(at_least=0.0)))
    assert "facts was not measured, must be at least 0" in report_text(report(broken, facts=Limit(at_least=0.0)))


def test_retrieval_alone_is_judged_by_retrieval_alone():
    found = Outcome(TEA_CASE, (passage("Tea"),))
    limits = {"facts": Limit(at_least=0.9), "hit@5": Limit(at_least=0.9)}
    assert passed(report(found, model="", **limits))
    assert not passed(report(Outcome(TEA_CASE, ()), model="", **limits))
    assert not passed(report(Outcome(WINE_CASE, ()), model="", **limits))  # no gold at all: nothing shows that it is kept


def test_text_shows_figures_tags_failures_and_verdict():
    text = report_text(
        report(
            GOOD, Outcome(WINE_CASE, (), answer(Status.ANSWERED, "Red \x1b[31mwine."), (True,)), false_answers=Limit(at_most=0.0)
        )
    )
    lines = text.splitlines()
    assert lines[0] == "small 1: 2 questions, answers by scripted, embedder minilm"
    assert any(line.split()[:2] == ["false_answers", "0.500"] for line in lines)
    assert any(line.split()[:2] == ["drink", "2"] for line in lines)
    assert "- wine: Which wine? | false: answers what the notes do not say | Red wine. [n.md:3-4]" in lines
    assert not any(line.startswith("- tea") for line in lines)
    assert lines[-1] == "FAILED: false_answers is 0.500, must be at most 0"
    assert "\x1b" not in text


def test_text_leaves_out_what_was_not_measured():
    text = report_text(report(Outcome(TEA_CASE, (passage("Tea"),)), model="", facts=Limit(at_least=1.0)))
    assert "retrieval only" in text
    assert "hit@5" in text
    assert "facts" not in text.replace("expected facts", "")
    assert text.splitlines()[-1] == "Passed: 0 thresholds kept."


def test_what_a_choice_of_cases_does_not_have_breaks_no_threshold():
    limits = {"silent_when_silent": Limit(at_least=0.9)}
    whole = dataclasses.replace(report(GOOD, **limits), manifest=MANIFEST)
    assert not passed(whole)
    assert passed(dataclasses.replace(whole, manifest=dataclasses.replace(MANIFEST, how=How(tags=("drink",)))))
