"""notebot eval ingest, as a person runs it: a set with pages is read, asked, and kept apart from the web."""

import json

import pytest

PAGE = """<title>Tea</title><main><h1>Tea</h1><h2>Brewing</h2>
<p>Green tea is brewed at eighty degrees, and never for longer than two minutes, in a pot of clay or of iron.</p></main>"""
SET = """name: s
version: 1
pages:
  https://tea.example: tea.html
cases:
  - id: tea
    question: How hot is green tea brewed?
    answerable: true
    facts: [[eighty degrees]]
    gold: [{source: "https://tea.example", heading: Brewing}]
"""


@pytest.fixture
def linked(notebot):
    """A folder with a note that links to the page of the set."""
    (notebot.folder / "knowledge" / "tea.md").write_text("# Tea\nAll about it: http://tea.example\n", encoding="utf-8")
    (notebot.folder / "tea.html").write_text(PAGE, encoding="utf-8")
    (notebot.folder / "set.yaml").write_text(SET, encoding="utf-8")
    return notebot


def test_a_set_with_pages_is_read_and_then_asked(linked):
    assert linked("ingest", "--offline").returncode == 0
    early = linked("eval", "run", "set.yaml", "--retrieval-only")
    assert early.returncode == 2
    assert "Case 'tea': the page https://tea.example is not in the index" in early.stderr
    assert "notebot eval ingest" in early.stderr
    done = linked("eval", "ingest", "set.yaml", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["failed"] == 0
    asked = linked("eval", "run", "set.yaml", "--declining", "--json")
    found = {row["name"]: row for row in json.loads(asked.stdout)["figures"]}
    assert (found["hit@1"]["value"], found["correct"]["value"], found["quotes_exist"]["value"]) == (1.0, 1.0, 1.0), asked.stdout


def test_a_set_that_cannot_be_served_says_why(linked):
    plain = SET.replace("pages:\n  https://tea.example: tea.html\n", "")
    (linked.folder / "plain.yaml").write_text(plain, encoding="utf-8")
    none = linked("eval", "ingest", "plain.yaml")
    assert (none.returncode, "has no pages of its own" in none.stderr) == (2, True)
    (linked.folder / "knowledge" / "tea.md").unlink()
    lost = linked("eval", "ingest", "set.yaml")
    assert lost.returncode == 2
    assert "1 pages of set.yaml are not in the index: https://tea.example: no note links to it." in lost.stderr
