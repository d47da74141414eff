"""The support check on claims about notes, with the real MiniLM: what they carry, and what is nearly the same and wrong."""

from __future__ import annotations

import pytest

from notebot import check_support
from notebot.answer.alignment import prepare
from notebot.answer.grounding import check, window
from notebot.models.minilm import MiniLM
from notebot.models.support import SupportModel, open_support

DATABRICKS = """# Databricks

* Cloud platform for data engineering, data science, ML. Scalable cloud infrastructure.
* Delta Lake
* Built on Apache Spark, a distributed processing framework that efficiently handles large datasets
* MLflow"""
FOUNDATION = """# Foundation model

Very expensive to acquire, curate, and process massive datasets.

Generally self-supervised training.

1B+ parameters.

All foundation models are pretrained models, but not all pretrained models are foundation models.

Pretrained model: Any model that has been trained and then saved for reuse, e.g. ResNet-50 on ImageNet.

Foundation model: Massive model trained on broad data, general-purpose (not designed for a single task), e.g. GPT, LLaMA."""
MINING = """# Data mining

Unusual records (anomaly detection)

Difference b/w data analysis and data mining:
* Data analysis is used to test models and hypotheses on the dataset, regardless of data volume
* Data mining uses ML and statistical models to uncover patterns in large data volumes"""
LEARNING = """# Deep learning

https://example.org/deep-learning-explained

Subset of machine learning that uses multilayered neural networks (deep neural networks)."""
TASKS = """# Self-supervised learning (SSL)

Rather than relying on labeled datasets for supervisory signals, self-supervised models generate implicit labels.

* Pretext tasks: train the model to learn meaningful representations of unstructured data
* Downstream tasks: representations are used as input to a downstream task"""
REGRESSION = """# Regression

* Univariate regression: one output (prediction)
* Multivariate regression: multiple outputs (predictions)"""
MONITORING = "# Monitoring: Prometheus, Grafana"

CARRIED = [
    ("Databricks is built on Apache Spark.", DATABRICKS),
    ("Spark efficiently handles large datasets.", DATABRICKS),
    ("MLflow is part of Databricks.", DATABRICKS),
    ("All foundation models are pretrained models.", FOUNDATION),
    ("No, not all pretrained models are foundation models.", FOUNDATION),
    ("Foundation models have more than 1 billion parameters.", FOUNDATION),
    ("ResNet-50 trained on ImageNet is an example of a pretrained model.", FOUNDATION),
    ("Data mining uses machine learning to uncover patterns.", MINING),
    ("Data analysis tests hypotheses regardless of data volume.", MINING),
    ("Deep learning is a subset of machine learning.", LEARNING),
    ("Pretext tasks train the model to learn representations of unstructured data.", TASKS),
    ("Self-supervised models generate implicit labels.", TASKS),
    ("Multivariate regression has multiple outputs.", REGRESSION),
    ("The monitoring tools are Prometheus and Grafana.", MONITORING),
]
NOT_CARRIED = [
    ("Databricks is built on Hadoop.", DATABRICKS, "Hadoop"),
    ("Databricks was founded in 2013.", DATABRICKS, "2013"),
    ("Databricks was acquired by Google.", DATABRICKS, "Google"),
    ("All pretrained models are foundation models.", FOUNDATION, "not all"),
    ("Every pretrained model is a foundation model.", FOUNDATION, "not all"),
    ("Pretrained models are foundation models.", FOUNDATION, "not all"),
    ("Foundation models have more than 10B parameters.", FOUNDATION, "10B"),
    ("Training foundation models is cheap.", FOUNDATION, "expensive"),
    ("ResNet-50 is a foundation model.", FOUNDATION, "Pretrained model"),
    ("Foundation models are designed for a single task.", FOUNDATION, "not designed"),
    ("Foundation models are trained with supervised learning.", FOUNDATION, "supervised"),
    ("Data mining is used to test models and hypotheses on the dataset.", MINING, "Data analysis"),
    ("Deep learning does not use neural networks.", LEARNING, "not"),
    ("Machine learning is a subset of deep learning.", LEARNING, "other way"),
    ("Downstream tasks train the model to learn meaningful representations of unstructured data.", TASKS, "Pretext"),
    ("Self-supervised learning relies on labeled datasets.", TASKS, "ather than"),
    ("Multivariate regression has one output.", REGRESSION, "multiple"),
    ("Grafana was written by Torkel.", MONITORING, "Torkel"),
    ("The foundation model has 1 parameters.", FOUNDATION, "1"),
    ("No, every foundation model is not a pretrained model.", FOUNDATION, "not"),
    ("A single task", FOUNDATION, "not designed"),
    ("GPT was trained on ImageNet.", FOUNDATION, "different things"),
    ("Foundation models are a subset of machine learning that uses neural networks.", LEARNING, "Deep learning"),
    ("Databricks.", DATABRICKS, "heading"),
    ("RLHF is an example of instruction-based finetuning.", "# Alignment: instruction-based finetuning, RLHF", "Alignment"),
]


@pytest.mark.parametrize(("claim", "evidence"), CARRIED, ids=[claim for claim, _ in CARRIED])
def test_what_the_notes_carry_is_supported(claim: str, evidence: str, minilm: MiniLM) -> None:
    support = check(claim, prepare([evidence], minilm), minilm)
    assert support.supported, support.reason
    assert support.reason == ""
    assert support.spans
    assert all(evidence[span.start : span.end] == span.quote for span in support.spans)


@pytest.mark.parametrize(("claim", "evidence", "said"), NOT_CARRIED, ids=[claim for claim, _, _ in NOT_CARRIED])
def test_what_they_do_not_carry_is_not_and_the_reason_says_why(claim: str, evidence: str, said: str, minilm: MiniLM) -> None:
    support = check(claim, prepare([evidence], minilm), minilm)
    assert not support.supported
    assert said in support.reason


def test_the_score_does_not_depend_on_what_else_is_there(minilm: MiniLM) -> None:
    alone = check("MLflow is part of Databricks.", prepare([DATABRICKS], minilm), minilm)
    among = check("MLflow is part of Databricks.", prepare([MONITORING, DATABRICKS, "Unrelated: cats sleep."], minilm), minilm)
    assert among.score == pytest.approx(alone.score, abs=1e-5)
    assert {span.evidence for span in among.spans} == {1}


def test_a_claim_is_not_stitched_together_from_passages_about_other_things(minilm: MiniLM) -> None:
    claim = "Deep learning uses multilayered neural networks to uncover patterns in large data volumes."
    assert not check(claim, prepare([LEARNING, MINING], minilm), minilm).supported
    both = "Deep learning uses multilayered neural networks, and data mining uncovers patterns in large data volumes."
    support = check(both, prepare([LEARNING, MINING], minilm), minilm)
    assert support.supported, support.reason
    assert {span.evidence for span in support.spans} == {0, 1}


def test_a_line_that_is_only_an_address_carries_nothing(minilm: MiniLM) -> None:
    support = check("Deep learning explained.", prepare(["https://example.org/deep-learning-explained"], minilm), minilm)
    assert not support.supported


@pytest.mark.parametrize("evidence", [[], [""], ["\n\n"]])
def test_no_evidence_carries_nothing(evidence: list[str]) -> None:
    support = check_support("Spark is fast.", evidence)
    assert (support.supported, support.score, support.spans) == (False, 0.0, ())


@pytest.mark.parametrize("claim", ["", "   ", "...", "Yes.", "👍"])
def test_a_claim_that_says_nothing_is_not_supported(claim: str) -> None:
    assert not check_support(claim, ["Spark is fast."]).supported


@pytest.fixture(scope="module")
def support() -> SupportModel:
    return open_support()


BOILER = "# Boiler\nServiced on 14 March by Mr Okafor for 95 euros. He did not replace the expansion vessel."


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("The boiler was serviced on 14 March.", True),
        ("He did not replace the expansion vessel.", True),
        ("He replaced the expansion vessel.", False),
        ("The boiler was serviced on 15 March.", False),
        ("The boiler was serviced by Mr Lindqvist.", False),
        ("The boiler was serviced for 95 euros every year.", False),
    ],
)
def test_with_the_support_model_the_two_are_read_together(
    claim: str, supported: bool, minilm: MiniLM, support: SupportModel
) -> None:
    found = check(claim, prepare([BOILER], minilm), minilm, support=support)
    assert found.supported is supported, found
    assert bool(found.reason) is not supported
    assert 0 <= found.score <= 1


def test_the_score_is_the_same_whatever_else_was_prepared(minilm: MiniLM, support: SupportModel) -> None:
    claim = "The boiler was serviced by Mr Okafor."
    alone = check(claim, prepare([BOILER], minilm), minilm, support=support)
    among = check(claim, prepare(["Bread needs yeast. " * 50, BOILER], minilm)[1:], minilm, support=support)
    assert alone.score == among.score


def test_the_model_reads_a_heading_and_what_stands_around(minilm: MiniLM) -> None:
    evidence = prepare(["# Boiler\nOne. Two is here. Three is there. Four."], minilm)
    middle = (0, *evidence[0].sentences[2])
    assert window([middle], evidence, 0) == "# Boiler\nTwo is here."
    assert window([middle], evidence, 6) == "# Boiler\nOne. Two is here."
    assert window([middle], evidence, 100) == evidence[0].text


@pytest.mark.parametrize(
    ("claim", "text", "carried"),
    [
        ("CI/CD: GitHub Actions", "# CI/CD: GitHub Actions", True),
        ("ci/cd:  github actions.", "# CI/CD: GitHub Actions", True),
        ("Delta Lake", DATABRICKS, True),
        ("Databricks", DATABRICKS, False),  # a heading that only names what stands under it
        ("Distributed training: PyTorch", "# Distributed training: PyTorch?", False),  # the note is not sure
        ("CI/CD: GitLab", "# CI/CD: GitHub Actions", False),
    ],
)
def test_a_sentence_of_the_notes_word_for_word_is_carried(
    claim: str, text: str, carried: bool, minilm: MiniLM, support: SupportModel
) -> None:
    found = check(claim, prepare([text], minilm), minilm, support=support)
    assert found.supported is carried
    assert not carried or (found.score == 1.0 and text[found.spans[0].start : found.spans[0].end] == found.spans[0].quote)
