"""The second opinion: what it sees, and what it cannot see."""

import pytest

from notebot.evals.judge import carries

TEXT = """# Databricks
Cloud platform for data engineering and data science.
Built on Apache Spark, a distributed processing framework that efficiently handles large datasets.
It is not free. There are 3 editions.
"""


@pytest.mark.parametrize(
    ("claim", "carried"),
    [
        ("Databricks is built on Apache Spark.", True),
        ("Apache Spark handles large datasets efficiently.", True),
        ("Databricks is not built on Apache Spark.", False),  # a "not" that the text does not have
        ("Databricks is free.", False),  # a "not" that the claim does not have
        ("It is a platform and not free.", True),
        ("There are three editions.", True),  # numbers in words
        ("There are 4 editions.", False),
        ("Databricks was founded by the makers of Apache Spark in Berkeley.", False),
        ("It is that.", False),  # no word of its own
        ("", False),
        ("Apache Spark is built on Databricks.", True),  # who does what it cannot see
        ("It runs on a big-data engine.", False),  # nor a paraphrase
    ],
)
def test_words_numbers_and_denials(claim, carried):
    assert carries(TEXT, claim) is carried


def test_words_have_to_stand_together():
    spread = "Tea is green. One. Two. Three. Four. Milk is oat."
    assert carries(spread, "Tea is green.")
    assert not carries(spread, "Green tea with oat milk.")
