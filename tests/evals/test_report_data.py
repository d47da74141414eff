"""Reports as data, against their schema."""

import json
from dataclasses import replace

import jsonschema
import pytest

from notebot.evals.cases import Limit
from notebot.evals.figures import FIGURES
from notebot.evals.report_data import report_json, risk_coverage
from notebot.evals.run import report_of
from notebot.evals.schema import report_schema
from runs_by_hand import MANIFEST, outcome, run

FAILED = replace(outcome(2, True), answer=None, found=None, error="The model is gone.")


def test_a_report_keeps_to_its_schema():
    manifest = replace(MANIFEST, thresholds={"correct": Limit(at_least=0.9)})
    report = replace(report_of(manifest, [outcome(0, True), outcome(1, False), FAILED]), peak_mb=300.0)
    value = json.loads(json.dumps(report_json(report)))
    jsonschema.validate(value, report_schema())
    assert value["passed"] is False
    assert value["thresholds"] == [{"figure": "correct", "at_least": 0.9, "at_most": None, "kept": False}]
    assert value["guesses"] == {"failed": 1, "ignored": 1}
    assert value["confusion"]["answerable"] == {"answered": 2, "quoted": 0, "silent": 0, "failed": 1}
    assert value["manifest"]["asker"]["model"] == "scripted"
    assert [case["gold_ranks"] for case in value["cases"]] == [[1], [1], None]
    assert [case["correct"] for case in value["cases"]] == [True, False, None]
    assert list(value["meanings"]) == list(FIGURES)


def test_the_schema_sees_what_is_wrong():
    value = json.loads(json.dumps(report_json(report_of(MANIFEST, [outcome(0, True)]))))
    del value["figures"][0]["n"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, report_schema())


def test_the_surest_answers_first():
    sure = [replace(outcome(number, number != 1), answer=None) for number in (0,)]
    answered = run([True, False, True]).outcomes
    scored = [
        replace(one, answer=replace(one.answer, sentences=(replace(one.answer.sentences[0], score=score),)))
        for one, score in zip(answered, (0.9, 0.5, 0.7), strict=True)
    ]
    # By score: right, right, wrong; of three asked. The one without an answer is not among them.
    assert [(point["coverage"], point["risk"]) for point in risk_coverage([*scored, *sure])] == [
        (pytest.approx(1 / 3), 0.0), (pytest.approx(2 / 3), 0.0), (1.0, pytest.approx(1 / 3)),
    ]  # fmt: skip
    assert risk_coverage([]) == []
