"""Reports as JUnit's XML."""

from dataclasses import replace
from xml.etree import ElementTree as Xml

from answers_by_hand import answer, sentence
from notebot.evals.cases import Limit
from notebot.evals.junit import junit
from notebot.evals.run import report_of
from notebot.types import Status
from runs_by_hand import MANIFEST, outcome


def test_a_test_for_each_case_and_each_threshold():
    failed = replace(outcome(2, True), answer=None, error="The model is gone.")
    manifest = replace(MANIFEST, thresholds={"correct": Limit(at_least=0.9), "hit@5": Limit(at_least=0.9)})
    text = junit(report_of(manifest, [outcome(0, True), outcome(1, False), failed, replace(outcome(0, True), repeat=1)]))
    suite = Xml.fromstring(text)  # noqa: S314 - made here
    assert {key: suite.get(key) for key in ("tests", "failures", "errors")} == {"tests": "6", "failures": "2", "errors": "1"}
    cases = {test.get("name"): test for test in suite}
    assert list(cases) == ["c0", "c1", "c2", "c0 (repeat 1)", "correct", "hit@5"]
    assert len(cases["c0"]) == 0
    assert cases["c1"].find("failure").get("message") == "0 of 1 facts"
    assert "Blue." in cases["c1"].find("failure").text
    assert cases["c2"].find("error").get("message") == "error: The model is gone."
    assert cases["correct"].find("failure").get("message").startswith("correct is 0.667")


def test_what_xml_cannot_hold_is_replaced_and_the_rest_escaped():
    wild = answer(Status.ANSWERED, sentence("<b>\x00\x1b]]>&\ud800 blue", "H0"))
    text = junit(report_of(MANIFEST, [replace(outcome(0, False), answer=wild)]))
    suite = Xml.fromstring(text)  # noqa: S314 - made here
    assert "<b>" in suite[0][0].text
    assert not {"\x00", "\x1b", "\ud800"} & set(text)
