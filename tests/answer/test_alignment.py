"""Which sentences carry which words of a claim. What follows from that is tested with the check, in test_grounding.py."""

from __future__ import annotations

import pytest

from notebot.answer.alignment import align, carried_words, prepare, read_words, table_heads
from notebot.models.minilm import MiniLM

TEXT = "# Spark\n\nSpark processes large datasets. It was written in Scala by 3 people.\n\nhttps://example.org/spark"


def test_a_claim_rests_on_the_sentence_that_says_it(minilm: MiniLM) -> None:
    evidence = prepare(["Bread needs yeast.", TEXT], minilm)
    aligned = align("Spark was written in Scala.", evidence, minilm)
    assert aligned is not None
    assert [evidence[n].text[a:b] for n, a, b in aligned.units] == ["Spark", "It was written in Scala by 3 people."]
    assert aligned.score > 0.9


def test_a_number_is_carried_by_nothing_but_itself(minilm: MiniLM) -> None:
    evidence = prepare([TEXT], minilm)
    for claim, carried in (("It was written by 3 people.", 1.0), ("It was written by 5 people.", 0.0)):
        aligned = align(claim, evidence, minilm)
        assert aligned is not None
        at = next(place for place, value in enumerate(aligned.words.values) if value is not None)
        assert aligned.best[at] == carried


@pytest.mark.parametrize(("claim", "texts"), [("", [TEXT]), ("...", [TEXT]), ("Spark is fast.", []), ("Spark is fast.", [""])])
def test_where_there_is_nothing_there_is_no_alignment(claim: str, texts: list[str], minilm: MiniLM) -> None:
    assert align(claim, prepare(texts, minilm), minilm) is None


def test_a_line_that_is_only_an_address_is_a_sentence_only_where_addresses_are_asked_for(minilm: MiniLM) -> None:
    assert len(prepare([TEXT], minilm, addresses=True)[0].sentences) == len(prepare([TEXT], minilm)[0].sentences) + 1


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("See https://a.example/b", 0),
        ("- See also: <https://a.example/b>", 0),
        ("More details here: https://a.example/b", 0),
        ("- The council says more: https://a.example/b", 0),
        ("Book it at https://a.example/b", 1),
    ],
)
def test_a_line_that_only_leads_to_an_address_says_nothing(text: str, sentences: int, minilm: MiniLM) -> None:
    assert len(prepare([text], minilm)[0].sentences) == sentences
    assert len(prepare([text], minilm, addresses=True)[0].sentences) == 1


def test_the_words_of_a_question_that_a_sentence_speaks_of(minilm: MiniLM) -> None:
    said = read_words("Which datasets does Spark process?", minilm)
    spoken = carried_words(said, prepare([TEXT], minilm)[0])
    assert {"datasets", "Spark"} <= spoken[1]
    assert carried_words(said, prepare(["Bread needs yeast."], minilm)[0]) == [frozenset()]


READING = "# Books\n\nFebruary: Piranesi.\n\n2026-03-01: nothing, too much work.\n\nE3: no water, E7: no flame."


@pytest.mark.parametrize(
    ("question", "word", "sentences"),
    [
        ("What did I read in February?", "February", ["February: Piranesi."]),
        ("What did I read in March?", "March", ["2026-03-01: nothing, too much work."]),  # written otherwise, and the same
        ("What did I read in April?", "April", []),
        ("What does E7 mean?", "E7", ["E3: no water, E7: no flame."]),
        ("What does E9 mean?", "E9", []),
    ],
)
def test_one_of_a_row_is_spoken_of_only_where_it_stands(question: str, word: str, sentences: list[str], minilm: MiniLM) -> None:
    (item,) = prepare([READING], minilm)
    carried = carried_words(read_words(question, minilm), item)
    assert [item.text[slice(*at)] for at, spoken in zip(item.sentences, carried, strict=True) if word in spoken] == sentences


WOODS = """# Wood

Prices:

| Wood | € per m³ |
|---|---|
| oak | 2150 |
| beech | 1320 |

Then a line.

| one row without a head |"""


def test_a_row_of_a_table_speaks_of_what_its_head_says(minilm: MiniLM) -> None:
    (item,) = prepare([WOODS], minilm)
    texts = [item.text[slice(*at)] for at in item.sentences]
    head, oak, beech = (texts.index(row) for row in ("| Wood | € per m³ |", "| oak | 2150 |", "| beech | 1320 |"))
    assert table_heads(item) == {oak: head, beech: head}
    spoken = carried_words(read_words("Which wood is oak?", minilm), item)
    assert {"wood", "oak"} <= spoken[oak]
    assert "wood" in spoken[beech]
    assert "oak" not in spoken[beech]
