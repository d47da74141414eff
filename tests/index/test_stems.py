"""Forms of one word meet in one stem where the script tells the language, and nothing else is touched."""

from __future__ import annotations

import pytest

from notebot.index.stems import stemmed


@pytest.mark.parametrize(
    "forms",
    ["собака собаки собаку Собаками", "книга книги книгу", "δρόμος δρόμοι δρόμου", "βάση βάσεις", "किताब किताबें", "लड़का लड़के लड़कों"],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stemmed(form) for form in forms.split()}) == 1


def test_other_scripts_and_what_stands_between_stay() -> None:
    for text in ("Databases are running, Häuser, maisons", "機械学習 ฐานข้อมูล", "", "3.14 + C++"):
        assert stemmed(text) == text
    assert stemmed("See «собаки», dogs!") == "See «собак», dogs!"
