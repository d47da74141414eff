"""Sentences taken apart."""

from __future__ import annotations

import pytest

from notebot.answer.statements import Statement, calendar, is_of_a_row, read


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Due 3 May.", (0, 5, 3)),
        ("Due on May 3rd, 2026.", (2026, 5, 3)),
        ("Due 2026-05-03.", (2026, 5, 3)),
        ("Due 3.5.2026", (2026, 5, 3)),
        ("Founded in 2013.", (2013, 0, 0)),
        ("It ends in June 2026.", (2026, 6, 0)),
    ],
)
def test_a_date_is_read_in_any_way_of_writing_it(text: str, date: tuple[float, ...]) -> None:
    reading = read(Statement(text))
    assert [value for _, value in reading.values["date"]] == [date]
    assert reading.values["number"] == []


@pytest.mark.parametrize(("text", "minutes"), [("at 9 am", 540), ("at 9:00", 540), ("at 6.30 pm", 1110), ("at 12 am", 0)])
def test_a_time_is_minutes_since_midnight(text: str, minutes: float) -> None:
    assert [value for _, value in read(Statement(text)).values["time"]] == [(minutes,)]


def test_words_values_and_context_are_kept_apart() -> None:
    reading = read(Statement("The rent is not 900 euros until Monday.", "Flat", "2026-03-01_money"))
    assert reading.said == {"rent", "euro"}
    assert reading.turning == {"until"}
    assert reading.context == {"flat", "money"}
    assert reading.dated == "2026-03-01"
    assert [kind for kind, found in reading.values.items() if found] == ["number", "weekday"]
    assert not read(Statement("Is the rent 900 euros?")).claims


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("March", True), ("october", True), ("Monday", True), ("E9", True), ("v2", True), ("python3.11", True),
     ("may", False), ("sun", False), ("Mar", False), ("GPT", False), ("2025", False), ("", False)],
)  # fmt: skip
def test_which_words_are_one_of_a_row(word: str, is_one: bool) -> None:
    assert is_of_a_row(word) is is_one


def test_months_and_days_are_known_in_every_form() -> None:
    assert calendar("On 2026-03-05, in Sept. and every Tuesday") == {"mar", "sep", "tue"}
    assert calendar("Marching on; sunny days") == frozenset()
