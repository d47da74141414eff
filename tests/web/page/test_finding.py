"""Search without a model over a real index: words and controls as filters, marks, places, and hostile text as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebot.bot import Bot
from notebot.settings import Settings
from notebot.web.page.finding import marked, results, search_form

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    base = tmp_path_factory.mktemp("finding")
    for name, content in {
        "work/budget.md": "---\ntags: [money]\ndate: 2024-03-01\n---\n# Budget\nThe budget for compost is small.\n",
        "garden.md": f"---\ndate: 2025-05-01\n---\n# Compost {HOSTILE}\nCompost wants turning. Turn it.\n\n# Empty turning\n",
    }.items():
        (base / "notes" / name).parent.mkdir(parents=True, exist_ok=True)
        (base / "notes" / name).write_text(content)
    with Bot(Settings(knowledge=(base / "notes",), data=base / "data", links=False)) as made:
        made.ingest()
        yield made


def test_what_is_found_has_marks_a_place_and_a_way_to_it(bot: Bot) -> None:
    html = results(bot, {"q": "turning compost"})
    assert "<mark>Compost</mark> wants <mark>turning</mark>" in html
    assert '<span class="badge">note</span><bdi>garden.md</bdi> · lines' in html
    assert 'href="/notes?source=garden.md#p-' in html
    assert "<img" not in html
    assert "best first" in html


@pytest.mark.parametrize(
    "query",
    [
        {"q": "compost path:work/"}, {"q": "compost", "path": "work/"}, {"q": "compost", "tag": "money"},
        {"q": "compost before:2025"}, {"q": "compost", "before": "2025-01-01"}, {"q": 'compost "budget for"'},
        {"q": "compost -turning"}, {"path": "work/"},
    ],
)  # fmt: skip
def test_filters_count_as_text_and_as_controls(bot: Bot, query: dict[str, str]) -> None:
    html = results(bot, query)
    assert "work/budget.md" in html
    assert "garden.md" not in html


def test_both_kinds_of_filter_count_together(bot: Bot) -> None:
    assert "Nothing was found" in results(bot, {"q": "compost path:work/", "after": "2025-01-01"})
    assert "only path:work/ after:2025-01-01" in results(bot, {"q": "compost path:work/", "after": "2025-01-01"})


def test_a_filter_that_cannot_be_used_is_explained(bot: Bot) -> None:
    assert 'role="alert"' in results(bot, {"q": "x", "after": "yesterday"})
    assert "cannot be used" in results(bot, {"q": "x", "after": "yesterday"})
    assert "notes-only" in results(bot, {"q": "x", "site": "example.org", "notes": "1"})


def test_an_empty_form_asks_nothing(bot: Bot) -> None:
    assert "No model is asked" in results(bot, {"show": "search"})


def test_before_the_first_ingest_there_is_nothing_to_search(tmp_path: Path) -> None:
    with Bot(Settings(knowledge=(tmp_path,), data=tmp_path / "data")) as empty:
        assert "nothing to search yet" in results(empty, {"q": "x"})


def test_the_form_keeps_what_was_typed_as_text() -> None:
    html = search_form({"q": '"><script>', "path": "a&b", "notes": "1"})
    assert "<script>" not in html
    assert 'value="a&amp;b"' in html
    assert "checked" in html
    assert "<details open>" in html
    assert "<details>" in search_form({"q": "x"})


def test_marks_are_whole_words_of_any_form() -> None:
    assert marked("Turned turns <turn> return", frozenset({"turn"})).count("<mark>") >= 2
    assert "<mark>return" not in marked("return", frozenset({"turn"}))
