"""Who does what."""

from __future__ import annotations

import pytest

from notebot.answer.roles import misattributed, of_another, other_subject, other_value, siblings, stitched, subject, turned_round


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Pretext tasks: train the model", "Pretext tasks"),
        ("Data mining uses ML to uncover patterns", "Data mining"),
        ("Subset of machine learning that uses networks", ""),
        ("Built on Apache Spark, a framework that handles large datasets", ""),
        ("MLflow", ""),
        ("http://example.org", ""),
    ],
)
def test_the_subject_is_found_by_its_place(sentence: str, found: str) -> None:
    assert subject(sentence) == found


def test_a_property_of_one_thing_is_not_lent_to_its_neighbour() -> None:
    main, other = "Pretext tasks: train the model", "Downstream tasks: use the model"
    assert "Pretext tasks" in misattributed("Downstream tasks train the model.", main, [other])
    assert misattributed("Pretext tasks train the model.", main, [other]) == ""


def test_a_claim_about_something_that_no_neighbour_names_is_not_judged_here() -> None:
    assert misattributed("SSL trains the model.", "Pretext tasks: train the model", ["Downstream tasks: use it"]) == ""


@pytest.mark.parametrize(
    ("claim", "main", "heading", "wrong"),
    [
        ("Machine learning is a subset of deep learning.", "Subset of machine learning", "Deep learning", True),
        ("Deep learning is a subset of machine learning.", "Subset of machine learning", "Deep learning", False),
        ("Pretrained models are foundation models.", "All foundation models are pretrained models.", "", True),
        ("Foundation models are pretrained models.", "All foundation models are pretrained models.", "", False),
        ("MLflow is part of Databricks.", "MLflow", "Databricks", False),
        ("Grafana is a monitoring tool.", "Monitoring: Prometheus, Grafana", "Monitoring", False),
        ("Apache Spark is what Databricks is built on.", "Built on Apache Spark", "Databricks", False),
    ],
)
def test_a_statement_turned_round_is_seen(claim: str, main: str, heading: str, wrong: bool) -> None:
    assert bool(turned_round(claim, main, heading)) is wrong


def test_a_fragment_belongs_to_its_heading() -> None:
    main, heading = "Subset of machine learning that uses networks", "Deep learning"
    assert "Deep learning" in of_another("Regression is a subset of machine learning.", "Subset of machine vision", heading)
    assert of_another("Deep learning is a subset of machine learning.", main, heading) == ""
    assert of_another("It is a subset of machine learning.", main, heading) == ""


def test_statements_about_different_things_make_no_third() -> None:
    quotes = ["Pretrained model: trained on ImageNet", "Foundation model: broad, e.g. GPT"]
    assert "different things" in stitched("GPT was trained on ImageNet.", quotes)
    assert stitched("A pretrained model and a foundation model: ImageNet, GPT.", quotes) == ""
    assert stitched("GPT was trained on ImageNet.", quotes[:1]) == ""


def test_items_of_a_list_are_no_kinds_of_each_other() -> None:
    main = "Monitoring: Prometheus, Grafana"
    assert "Monitoring" in siblings("Grafana is a kind of Prometheus.", main)
    assert siblings("Grafana is for monitoring.", main) == ""
    assert siblings("Prometheus and Grafana are used.", main) == ""


PRESSURE = ["The pressure should be 1.4 bar when cold.", "Below 1 bar the boiler switches itself off."]


def test_a_number_is_not_given_to_what_has_another_one() -> None:
    assert other_value("The boiler switches off at 1.4 bar when cold.", PRESSURE) == "the notes give another number for it: 1 bar"
    assert other_value("The pressure should be 1.4 bar when cold.", PRESSURE) == ""
    assert other_value("The boiler should be at 1.4 bar when cold and switches off below 1 bar.", PRESSURE) == ""
    assert other_value("The boiler switches off at 3 bar.", PRESSURE) == ""  # that no sentence has it is said by another rule
    assert other_value("Six panels cost 2,460 euros.", ["Six panels: 2,460 euros.", "Delivery of panels takes five weeks."]) == ""


ENGINEERING = "Feature engineering: Preprocessing step which transforms raw data"


def test_what_is_said_of_one_thing_is_not_said_of_another_that_is_not_named() -> None:
    claim = "Feature extraction: Preprocessing step that transforms raw data"
    assert other_subject(claim, ENGINEERING, ["extraction"]) == "the notes say this of 'Feature engineering'"
    assert other_subject(claim, ENGINEERING, []) == ""  # other words for the same
    assert other_subject("Feature engineering: a step of extraction", ENGINEERING, ["extraction"]) == ""
    assert other_subject(claim, "Preprocessing step which transforms raw data", ["extraction"]) == ""  # of nothing in particular
