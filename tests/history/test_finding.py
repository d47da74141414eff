"""Searching conversations: every script, words taken literally, all of them, and the last perhaps half typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notebot.history.store import History
from samples import ANSWER

SAID = {
    "english": ("What is data mining?", "Finding patterns in databases, e.g. with C++."),
    "french": ("Où est le café ?", "Près de la gare, à l'étage."),
    "chinese": ("什么是数据挖掘？", "从大量数据中寻找规律。"),
    "russian": ("Что такое обучение?", "Обучение моделей на данных."),
    "arabic": ("ما هو التعلم الآلي؟", "فرع من الذكاء الاصطناعي."),
    "thai": ("การเรียนรู้ของเครื่องคืออะไร", "สาขาหนึ่งของปัญญาประดิษฐ์"),
    "hindi": ("मशीन लर्निंग क्या है?", "आँकड़ों से सीखना।"),
    "emoji": ("Is it done? 🎉", 'It says "100 %" and NOT OR AND NEAR( here*.'),
}


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    kept = History.open(tmp_path_factory.mktemp("history"))
    for name, (question, answer) in SAID.items():
        entry = kept.begin(question)
        kept.end(entry.id, "answered", answer=replace(ANSWER, text=answer))
        kept.rename(entry.conversation, name)
    kept.end(kept.begin("What is data mining?", user="other").id, "stopped", user="other")
    yield kept
    kept.close()


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("mining", {"english"}),
        ("MINING data", {"english"}),
        ("mining patterns", {"english"}),  # one in the question, one in the answer
        ("english patterns", {"english"}),  # one in the title
        ("mining gare", set()),  # each somewhere else
        ("pattern", {"english"}),
        ("datab", {"english"}),  # still being typed
        ("datab mining", set()),  # only the last word may be a beginning
        ("C++", {"english"}),
        ("ou cafe", {"french"}),
        ("étage", {"french"}),
        ("数据挖掘", {"chinese"}),
        ("规律", {"chinese"}),
        ("обучения", {"russian"}),
        ("الذكاء", {"arabic"}),
        ("เครื่อง", {"thai"}),
        ("लर्निंग", {"hindi"}),
        ("🎉", {"emoji"}),
        ('"100', {"emoji"}),
        ("NOT", {"emoji"}),
        ("NEAR( here*", {"emoji"}),
        ("title:mining", set()),
        ("mining*", {"english"}),
        ('"', {"emoji"}),
        ("\ud800", set()),
        ("%", {"emoji"}),
        ("\0", set()),
        ("nowhere", set()),
        ("", set(SAID)),
        ("   ", set(SAID)),
    ],
)
def test_words_find_conversations(history: History, search: str, found: set[str]) -> None:
    assert {conversation.title for conversation in history.conversations(search)} == found


def test_a_long_search_is_no_trouble(history: History) -> None:
    assert history.conversations("word " * 10_000) == []
    assert history.conversations("ten ways " * 5 + "(" * 5_000) == []


def test_what_was_forgotten_is_found_no_more(tmp_path: Path) -> None:
    kept = History.open(tmp_path)
    first = kept.begin("About volcanoes?")
    kept.end(kept.begin("And geysers?", conversation=first.conversation).id, "failed", trouble="no model")
    assert len(kept.conversations("geysers volcanoes")) == 1
    kept.cut(first.conversation, 2)
    assert kept.conversations("geysers") == []
    kept.rename(first.conversation, "Eruptions")
    kept.rename(first.conversation, "Mountains")
    assert kept.conversations("eruptions") == []
    assert len(kept.conversations("mountains volcanoes")) == 1
    kept.close()
