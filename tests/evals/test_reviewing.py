"""A person's decisions: each on disk at once, and nothing else in the file changed."""

from pathlib import Path

import pytest

from notebot.errors import UsageError
from notebot.evals.reviewing import (
    Reviewed,
    accept_all,
    accepted,
    decide,
    edited,
    fact_spans,
    gold_chunks,
    home,
    load,
    marked,
    not_said,
    pending,
    read_facts,
    sets_in,
    waiting,
    written_facts,
)  # fmt: skip
from notebot.types import Chunk

TEXT = """name: s
version: 1
cases:
  - id: tea
    question: Which tea?
    answerable: true
    facts: [[green]]
    gold: [{source: n.md, heading: Tea}]
    tags: [draft, list]

  - id: wine  # mine
    question: Which wine?
    answerable: false
    tags: [to-edit]

  - {id: done, question: "Done?", answerable: false}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "s.yaml").write_text(TEXT, encoding="utf-8")
    return tmp_path / "s.yaml"


def test_accept_edit_and_drop(path):
    tea, _ = pending(load(path))
    decide(path, Reviewed("tea", accepted(tea)))
    assert path.read_text(encoding="utf-8") == TEXT.replace("[draft, list]", "[list]")
    decide(path, Reviewed("tea", edited(tea, question=" Which  tea now?", facts=read_facts("green | matcha; hot"))))
    changed = load(path).cases[0]
    assert (changed.question, changed.facts, changed.tags) == ("Which tea now?", (("green", "matcha"), ("hot",)), ("list",))
    decide(path, Reviewed("wine", None))
    assert [case.id for case in load(path).cases] == ["tea", "done"]
    assert pending(load(path)) == []
    assert [one.name for one in path.parent.iterdir()] == ["s.yaml"]


def test_all_at_once(path):
    assert accept_all(path) == 2
    assert accept_all(path) == 0
    assert "# mine" not in path.read_text(encoding="utf-8") or load(path)


def test_what_cannot_be_meant_is_refused_and_the_file_stays(path):
    tea, wine = pending(load(path))
    with pytest.raises(UsageError, match="needs a fact"):
        edited(tea, facts=())
    with pytest.raises(UsageError, match="has no facts"):
        edited(wine, facts=[["x"]])
    with pytest.raises(UsageError, match="no case 'gone'"):
        decide(path, Reviewed("gone", None))
    assert path.read_text(encoding="utf-8") == TEXT


def test_a_case_that_others_lean_on_is_not_dropped(path):
    text = TEXT.replace("tags: [draft, list]", "tags: &t [draft]").replace("tags: [to-edit]", "tags: *t")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="Edit it by hand"):
        decide(path, Reviewed("tea", None))
    assert path.read_text(encoding="utf-8") == text


def test_facts_are_typed_and_read_back_and_shown_in_the_passage(path):
    tea, _ = pending(load(path))
    chunk = Chunk("c", "n.md", "n", ("Tea",), "# Tea\nGreen tea, evergreen.", 1, 2, False, ())
    assert read_facts(written_facts((("a", "b"), ("c",)))) == (("a", "b"), ("c",))
    assert marked("Green tea, evergreen.", tea.facts) == "»Green« tea, evergreen."
    assert marked("as it is", ()) == "as it is"
    assert gold_chunks(tea, [chunk]) == [chunk]
    assert not_said(tea, [chunk]) == []
    assert not_said(tea, []) == ["green"]


def test_the_sets_beside_the_index_and_what_waits_in_them(tmp_path):
    assert (sets_in(home(tmp_path)), waiting(tmp_path)) == ({}, 0)
    home(tmp_path).mkdir()
    (home(tmp_path) / "b.yaml").write_text(TEXT, encoding="utf-8")
    (home(tmp_path) / "a.jsonl").write_text("no set at all", encoding="utf-8")
    (home(tmp_path) / ".hidden.yaml").write_text(TEXT, encoding="utf-8")
    (home(tmp_path) / "notes.txt").write_text("x", encoding="utf-8")
    assert list(sets_in(home(tmp_path))) == ["a.jsonl", "b.yaml"]
    assert waiting(tmp_path) == len(pending(load(home(tmp_path) / "b.yaml"))) > 0


def test_facts_are_found_where_they_stand_the_longest_first():
    text = "Green tea, green  tea; evergreen"
    assert [text[start:end] for start, end in fact_spans(text, [["green", "green tea"]])] == ["Green tea", "green  tea"]
    assert fact_spans(text, []) == fact_spans(text, [["?"]]) == []
