"""One page that needs nothing else, holds every part, and carries out nothing of what it shows."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from made_run import report
from notebot.evals.cases import Limit
from notebot.evals.page import page
from notebot.evals.run import report_of

VOID = {"meta", "img", "br", "input", "link"}


class Tags(HTMLParser):
    """Every tag, and whether all of them close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs


def test_it_is_whole_and_asks_for_nothing():
    html = page(report())
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert not {"script", "img", "link", "iframe", "a", "form"} & tags.seen
    assert not [value for name, value in tags.attributes if name in ("src", "href", "srcset", "style") or name.startswith("on")]
    assert "@import" not in html
    assert "url(" not in html
    assert "default-src 'none'" in html
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", html)


def test_it_holds_every_part():
    html = page(report())
    for part in (
        "What it comes to",
        "Figures",
        "Answered, or silent",
        "Pictures",
        "By tag",
        "The ten worst cases",
        "What determined",
    ):
        assert f"<h2>{part}" in html
    assert "<code>false_answers</code>" in html
    assert "asker.settings.passages" in html
    assert "4 questions, answers by model" in html


def test_a_broken_threshold_fails_it():
    found = report()
    assert 'class="verdict good">Passed' in page(found)
    broken = page(replace(found, thresholds={"correct": Limit(at_least=1.0)}))
    assert 'class="verdict bad">Failed' in broken
    assert "correct is 0.333, must be at least 1" in broken


def test_a_run_of_search_alone_leaves_out_what_it_did_not_measure():
    found = report()
    outcomes = [replace(one, answer=None, seconds=None, error="", quotes_exist=(), checked=()) for one in found.outcomes]
    assert found.manifest is not None
    alone = replace(report_of(found.manifest, outcomes), model="")
    html = page(alone)
    assert "retrieval only" in html
    assert "<h2>Pictures" not in html
    assert "<h2>Answered, or silent" not in html
    assert "hit@5: a right one" in html
