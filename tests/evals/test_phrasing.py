"""Phrasings of a fact end where a clause does, keep numbers and names whole, and say more than the question."""

import pytest

from notebot.evals.phrasing import facts_of, phrases, runs
from notebot.evals.wording import states


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a **distributed** framework that handles data", ["distributed framework", "a distributed framework"]),
        ("GitHub Actions?", ["GitHub Actions"]),
        ("of it", []),
        ("quiet after 22:00, no bicycles in the hall", ["quiet after 22:00"]),  # a colon in a time ends nothing
        ("2,460 euros with mounting", ["2,460 euros"]),
        ("The Left Hand of Darkness, Ursula K. Le Guin", ["Left Hand of Darkness", "The Left Hand of Darkness"]),
        ("Massive model trained on broad, diverse data", ["Massive model trained"]),  # and not "on broad"
        ("representations are subsequently used as input", ["representations"]),
    ],
)
def test_a_phrasing_ends_where_the_clause_does(text, said):
    assert phrases(text) == said


def test_what_the_question_says_already_is_no_fact():
    assert phrases("Any model with fewer parameters than a Llama has", known="small model") == ["Llama"]
    assert phrases("Any model, e.g. ResNet-50 on ImageNet", known="small model") == []  # an example is no answer


def test_a_value_gives_its_beginning_and_a_number_that_this_has_not():
    assert facts_of("Nordstern, due on 12 June") == [["Nordstern"], ["12", "12 June"]]
    assert facts_of("2.3 bar in front") == [["2.3 bar in front"]]


@pytest.mark.parametrize(
    ("sentence", "first"),
    [
        ("Serviced by Halvorsen Heating every October.", "Halvorsen Heating"),  # a name
        ("With mounting it costs 2,460 euros.", "2,460 euros"),
        ("It needs 8 hours at 24 °C.", "8 hours"),  # an amount without its verb
        ("They need six hours of sun.", "six hours"),
        ("They meet in room 12.", "room 12"),
        ("It uses multilayered neural networks (deep ones).", "multilayered neural networks"),  # a thing
        ("Photos are copied to the blue disk.", "blue disk"),
    ],
)
def test_a_sentence_is_known_by_a_name_an_amount_or_a_thing(sentence, first):
    found = runs(sentence)
    assert found[0] == first
    assert all(states(sentence, run) for run in found)


@pytest.mark.parametrize("sentence", ["She wants repairs reported.", "Half of what is left goes there.", "Write nothing else."])
def test_pieces_of_talk_are_no_facts(sentence):
    assert runs(sentence) == []


def test_what_is_asked_about_is_no_fact():
    assert runs("Fernhill Library stands on the green.", apart_from="the Fernhill library and its green") == []
