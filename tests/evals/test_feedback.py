"""Thumbs become a question set that loads: up with the places that were cited, down for a person to finish."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from notebot.evals.cases import Case, Place, load_cases
from notebot.evals.feedback import Judged, cases_text
from notebot.history.finding import storable
from notebot.history.store import Entry, Feedback
from notebot.types import Answer, Sentence, Status, Turn
from samples import ANSWER, STORE_PLACE, place

UP, DOWN = Feedback("up"), Feedback("down", "not true", "It was\n1984: see 'notes'")
ENTRY = Entry("e1", "c1", 1, "What is RAG?", "2026-11-28T00:00:00+00:00", "answered", ANSWER, "", UP)


def loaded(folder: Path, *judged: Judged) -> tuple[Case, ...]:
    path = folder / "feedback.yaml"
    path.write_text(cases_text(judged), encoding="utf-8")
    return load_cases(path, figures=()).cases


def of(status: Status, *sentences: Sentence) -> Answer:
    return replace(ANSWER, status=status, sentences=sentences)


def test_a_thumb_up_is_a_case_with_the_places_that_were_cited(tmp_path: Path) -> None:
    bare = replace(place(40, last=44), source="other.md", heading=())
    answer = of(
        Status.PARTIAL,
        *ANSWER.sentences,
        Sentence("More.", True, 0.9, (STORE_PLACE, bare, bare)),
        Sentence("No.", False, 0.1, (place(9),)),
    )
    (case,) = loaded(tmp_path, Judged(replace(ENTRY, answer=answer)))
    assert case == Case(
        "what-is-rag",
        "What is RAG?",
        (Status.ANSWERED, Status.PARTIAL, Status.QUOTED),
        facts=(("retrieves",), ("writes",), ("More.",)),
        gold=(Place("notes.md", ("ML", "RAG")), Place(STORE_PLACE.source, ("Why",)), Place("other.md", (), (40, 44))),
        tags=("feedback",),
    )


def test_a_fact_is_what_the_answer_said_in_the_words_of_the_notes(tmp_path: Path) -> None:
    quote = "It's the semi-automatic analysis of *massive quantities of data*, to find patterns."
    text = "Data mining is analysis of massive quantities of data (and more)."
    said = Sentence(text, True, 0.9, (place(1, "data"), place(2, quote)))
    (case,) = loaded(tmp_path, Judged(replace(ENTRY, answer=of(Status.ANSWERED, said))))
    assert case.facts == (("analysis of massive quantities of data",),)


@pytest.mark.parametrize("status", [Status.NOT_IN_NOTES, Status.STUB])
def test_a_thumb_up_for_silence_expects_silence(tmp_path: Path, status: Status) -> None:
    (case,) = loaded(tmp_path, Judged(replace(ENTRY, answer=of(status))))
    assert (case.expect, case.facts, case.gold) == ((status,), (), ())


def test_a_thumb_up_for_both_sides_expects_both(tmp_path: Path) -> None:
    (case,) = loaded(tmp_path, Judged(replace(ENTRY, answer=replace(ANSWER, status=Status.DISAGREE))))
    assert case.expect == (Status.DISAGREE,)


def test_a_thumb_down_stands_behind_a_comment_until_it_is_finished(tmp_path: Path) -> None:
    down = replace(ENTRY, question="What is it?", feedback=DOWN)
    assert [case.id for case in loaded(tmp_path, Judged(ENTRY), Judged(down))] == ["what-is-rag"]
    text = (tmp_path / "feedback.yaml").read_text()
    assert "  ## TO EDIT. Thumb down: not true\n" in text
    assert "  ## In their words: It was 1984: see 'notes'\n" in text
    assert "  ## It was answered (answered): RAG retrieves text. It then writes.\n" in text
    finished = tmp_path / "finished.yaml"
    finished.write_text(text.replace("  # ", "  "))
    first, second = load_cases(finished, figures=()).cases
    assert (second.id, second.question, second.tags) == ("what-is-it", "What is it?", ("feedback", "to-edit"))
    assert (first.tags, second.answerable) == (("feedback",), True)
    failed = replace(down, answer=None, state="failed", trouble="No model\ncan answer.")
    text = cases_text([Judged(failed)])
    assert "  ## There was no answer: No model can answer.\n" in text
    assert "cases: []\n" in text


def test_a_follow_up_brings_what_was_said_before(tmp_path: Path) -> None:
    silent = replace(ENTRY, number=2, question="And?", answer=None, state="failed")
    (case,) = loaded(tmp_path, Judged(replace(ENTRY, number=3, question="How does it write?"), (ENTRY, silent)))
    assert case.history == (Turn("user", "What is RAG?"), Turn("assistant", ANSWER.text))


def test_equal_and_unwritable_questions_get_ids_of_their_own(tmp_path: Path) -> None:
    questions = ["What is RAG?", "what is rag", "什么是数据挖掘？", "ما هو", "x" * 300, "🎉"]
    cases = loaded(tmp_path, *[Judged(replace(ENTRY, question=question)) for question in questions])
    assert [case.id for case in cases] == ["what-is-rag", "what-is-rag-2", "question", "question-2", "x" * 60]
    assert [case.question for case in cases] == questions[:5]


def test_no_feedback_is_an_empty_set_that_says_so_by_itself() -> None:
    assert cases_text([]).endswith("cases: []\n")


HOSTILE = st.text(st.characters(codec=None, exclude_categories=[]), min_size=1, max_size=40)


@example(question="\ud800", note="0\udfff", heading="\ud800", up=True)  # halves of characters, which no file can hold
@example(question="0\x85", note="0", heading="\u2028", up=True)  # line breaks to YAML alone
@given(question=HOSTILE, note=HOSTILE, heading=HOSTILE, up=st.booleans())
@effort(max_examples=150, deadline=None)
def test_no_text_breaks_the_file(
    tmp_path_factory: pytest.TempPathFactory, question: str, note: str, heading: str, up: bool
) -> None:
    cited = replace(place(1), heading=(heading,), source=f"a{heading}.md")
    answer = replace(of(Status.ANSWERED, Sentence(note, True, 1.0, (cited,))), text=note)
    entry = replace(ENTRY, question=f"What {question}", answer=answer, feedback=Feedback("up" if up else "down", note, note))
    cases = loaded(tmp_path_factory.mktemp("set"), Judged(entry, (entry,)), Judged(ENTRY))
    assert [case.question for case in cases] == (
        [storable(entry.question)] if up and any(char.isalpha() or char.isdecimal() for char in note) else []
    ) + [ENTRY.question]
