"""Notes that cannot both be right. The large set of pairs is eval/disagreements.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from notebot.answer.alignment import prepare
from notebot.answer.checking import CheckedDraft
from notebot.answer.clauses import clauses
from notebot.answer.disagreement import disagree, disagreements, shown_apart
from notebot.answer.relevance import focus
from notebot.answer.settle import settle
from notebot.answer.statements import Statement
from notebot.models.minilm import MiniLM
from notebot.types import Answer, Chunk, Passage, Status

PAIRS = yaml.safe_load((Path(__file__).parents[2] / "eval" / "disagreements.yaml").read_text(encoding="utf-8"))


def reason(pair: Sequence[Sequence[object]]) -> str:
    """Why two sentences of the set cannot both be true, clause by clause; empty where they can."""
    ones, others = ([Statement(clause, *map(str, where)) for clause in clauses(str(text))] for text, *where in pair)
    return next(filter(None, (disagree(one, other) for one in ones for other in others)), "")


def test_hardly_a_pair_that_agrees_is_called_a_disagreement() -> None:
    wrong = [pair for pair in PAIRS["agree"] if reason(pair)]
    assert len(PAIRS["agree"]) >= 80
    assert wrong == []


def test_nearly_every_pair_that_disagrees_is_seen_from_either_side() -> None:
    missed = [pair for pair in PAIRS["disagree"] if not (reason(pair) and reason(pair[::-1]))]
    assert len(PAIRS["disagree"]) >= 45
    assert len(missed) <= 2, missed


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("The deadline is 3 May.", "The deadline is 5 May.", "3 May or 5 May"),
        ("The repository is public.", "The repository is private.", "“public” or “private”"),
        ("Cacti need water in winter.", "Cacti do not need water in winter.", "one says “not”, the other does not"),
    ],
)
def test_the_reason_is_said_in_words(one: str, other: str, said: str) -> None:
    assert disagree(Statement(one), Statement(other)) == said


def passages(*texts: str) -> tuple[Passage, ...]:
    return tuple(
        Passage(Chunk(f"c{n}", f"{name}.md", name, ("Launch",), text, 3, 3, False, ()), 1.0, 0.8)
        for n, (name, text) in enumerate(zip(("plan", "meeting", "todo"), texts, strict=False))
    )


def asked(question: str, reply: str, found: tuple[Passage, ...], minilm: MiniLM) -> Answer:
    evidence = prepare([passage.chunk.text for passage in found], minilm)
    about = focus(question, evidence, minilm)
    draft = CheckedDraft(found, evidence, minilm)
    draft.feed(reply)
    draft.finish()
    return shown_apart(settle(question, draft, evidence, [about], {}), found, evidence, [about])


def test_both_are_shown_with_their_places_though_the_model_used_only_one(minilm: MiniLM) -> None:
    found = passages("The launch is on 3 May.", "The launch is on 5 May.")
    answer = asked("When is the launch?", "The launch is on 3 May.", found, minilm)
    assert answer.status is Status.DISAGREE
    assert answer.text == "Your notes disagree:\n- The launch is on 3 May.\n- The launch is on 5 May."
    assert [sentence.citations[0].source for sentence in answer.sentences] == ["plan.md", "meeting.md"]


def test_what_else_was_answered_stays(minilm: MiniLM) -> None:
    found = passages("The launch is on 3 May. The launch party is in Berlin.", "The launch is on 5 May.")
    answer = asked("When and where is the launch?", "The launch party is in Berlin. The launch is on 5 May.", found, minilm)
    assert answer.status is Status.DISAGREE
    assert answer.text.endswith("\n\nThe launch party is in Berlin.")


def test_what_else_is_quoted_stays_a_list(minilm: MiniLM) -> None:
    found = passages("The launch is on 3 May. Cakes for the launch: 2.", "The launch is on 5 May.")
    answer = asked("When is the launch?", "I do not know.", found, minilm)
    assert (
        answer.text == "Your notes disagree:\n- The launch is on 3 May.\n- The launch is on 5 May.\n\n- Cakes for the launch: 2."
    )


def test_an_answer_that_rests_on_neither_is_left_alone(minilm: MiniLM) -> None:
    found = passages("The launch is on 3 May. The launch costs 90 euros.", "The launch is on 5 May.")
    answer = asked("What does the launch cost?", "The launch costs 90 euros.", found, minilm)
    assert answer.status is Status.ANSWERED


def test_silence_stays_silence(minilm: MiniLM) -> None:
    found = passages("The launch is on 3 May.", "The launch is on 5 May.")
    answer = asked("Who pays for the launch?", "Anna Smith pays.", found, minilm)
    assert answer.status is Status.NOT_IN_NOTES


def test_statements_are_only_those_that_speak_of_what_is_asked(minilm: MiniLM) -> None:
    found = passages("The launch is on 3 May.", "The launch is on 5 May.")
    evidence = prepare([passage.chunk.text for passage in found], minilm)
    assert len(disagreements(found, evidence, focus("When is the launch?", evidence, minilm))) == 1
    assert disagreements(found, evidence, focus("How do tomatoes grow?", evidence, minilm)) == ()


def test_rows_of_one_table_are_about_different_things(minilm: MiniLM) -> None:
    table = "The library:\n\n| Day | Open |\n|---|---|\n| Monday | is open until 18:00 |\n| Thursday | is open until 20:00 |"
    answer = asked("Until when is the library open on Thursday?", "I do not know.", passages(table), minilm)
    assert answer.status is Status.QUOTED
    assert "| Thursday | is open until 20:00 |" in answer.text


def fees(one: str, other: str) -> tuple[Passage, ...]:
    return tuple(
        Passage(Chunk(name, f"{name}.md", name, (heading,), f"# {heading}\n\n{text}", 1, 3, False, ()), 1.0, 0.8)
        for name, heading, text in (("landlord", "Flat", one), ("budget", "Monthly costs", other))
    )


def test_two_values_under_headings_of_different_things_are_both_shown_and_not_called_a_contradiction(minilm: MiniLM) -> None:
    found = fees("The rent is 940 euros a month.", "The rent is 980 euros a month.")
    answer = asked("How much is the rent?", "The rent is 940 euros a month.", found, minilm)
    assert answer.status is Status.DISAGREE
    assert answer.text.startswith("Your notes say different things:\n- The rent is 940 euros")
    assert [sentence.citations[0].source for sentence in answer.sentences] == ["landlord.md", "budget.md"]


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("How much is the rent of the flat?", "The rent is 940 euros a month.", "The rent is 980 euros a month."),  # it chooses
        ("How much is the rent?", "The rent is 940 euros a month.", "The old rent was 980 euros a month."),
        ("How much is the rent?", "The rent is 940 euros a month.", "The rent is 940 euros a month."),
    ],
)
def test_who_asks_for_one_of_them_or_where_they_say_the_same_hears_one(
    question: str, one: str, other: str, minilm: MiniLM
) -> None:
    assert asked(question, one, fees(one, other), minilm).status is Status.ANSWERED


PLOTS = "A full plot costs 84 euros, a half plot 46 euros.", "A half plot costs 52 euros, a full plot 84 euros."


@pytest.mark.parametrize(("kind", "status"), [("half", Status.DISAGREE), ("full", Status.QUOTED)])
def test_of_two_values_in_a_sentence_the_one_that_is_asked_for_counts(kind: str, status: Status, minilm: MiniLM) -> None:
    answer = asked(f"What does a {kind} plot cost?", "I do not know.", passages(*PLOTS), minilm)
    assert answer.status is status


def test_one_place_names_in_its_words_what_the_other_has_as_its_heading(minilm: MiniLM) -> None:
    found = fees("Clean the boiler of the flat after every 20 hours.", "The boiler has to be cleaned every 40 hours.")
    found = (found[0], replace(found[1], chunk=replace(found[1].chunk, heading=("Flat",))))
    answer = asked("After how many hours is the boiler cleaned?", "I do not know.", found, minilm)
    assert answer.status is Status.DISAGREE
