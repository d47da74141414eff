"""The dialogs of eval review and eval label at a real terminal: every key, and every way to leave, with what was said kept."""

from __future__ import annotations

import pytest

from made_run import OUTCOMES
from notebot.evals.labels import LABELS, read_labels
from notebot.evals.reviewing import load, pending
from notebot.evals.store import Keeper
from runs_by_hand import MANIFEST
from terminal import CTRL_D, terminal

ASKED = "[q]uit: "
DRAFTS = """\
# drafts, to be looked at
name: drafts
version: 1
cases:
  - id: mining
    question: What is data mining?
    answerable: true
    facts: [[patterns]]
    gold: [{source: notes.md, heading: Data mining}]
    tags: [draft]

  - id: rag
    question: What is GraphRAG?
    answerable: false
    tags: [draft]

  - id: ci
    question: What is there for CI/CD?
    answerable: true
    facts: [[Actions]]
    gold: [{source: notes.md, heading: CI/CD}]
    tags: [draft]
"""


@pytest.fixture
def drafts(tmp_path):
    path = tmp_path / "drafts.yaml"
    path.write_text(DRAFTS, encoding="utf-8")
    return path


@pytest.fixture
def reviewing(ingested, drafts):
    with terminal(ingested.folder, ingested.variables, "eval", "review", str(drafts)) as screen:
        screen.sees("1 of 3: mining")
        screen.sees(ASKED)
        yield screen


@pytest.fixture
def run(tmp_path):
    """A run with three claims."""
    with Keeper.begin(tmp_path / "run", MANIFEST) as keeper:
        for outcome in OUTCOMES:
            keeper.add(outcome)
    return tmp_path / "run"


@pytest.fixture
def labelling(ingested, run):
    with terminal(ingested.folder, ingested.variables, "eval", "label", str(run)) as screen:
        screen.sees("1 of 3")
        screen.sees(ASKED)
        yield screen


def test_an_edit_is_written_and_an_empty_line_changes_nothing(reviewing, drafts):
    reviewing.types("e")
    reviewing.sees("Question (empty: as it is): ")
    reviewing.types("What does data mining find, é?")
    reviewing.sees("(empty: as they are): ")
    reviewing.types("interesting patterns | unknown patterns; massive quantities")
    reviewing.sees("2 of 3: rag")
    edited = load(drafts).cases[0]
    assert (edited.question, edited.tags) == ("What does data mining find, é?", ())
    assert edited.facts == (("interesting patterns", "unknown patterns"), ("massive quantities",))
    reviewing.sees(ASKED)
    reviewing.types("edit")  # its first letter counts
    reviewing.sees("Question (empty: as it is): ")
    reviewing.types("")  # what cannot be answered has no facts to ask for
    reviewing.sees("3 of 3: ci")
    reviewing.sees(ASKED)
    reviewing.types("Q")
    reviewing.sees("2 decided, 1 left.")
    assert reviewing.leaves() == 0
    assert [(case.id, case.tags) for case in load(drafts).cases] == [("mining", ()), ("rag", ()), ("ci", ("draft",))]
    assert drafts.read_text(encoding="utf-8").startswith("# drafts, to be looked at\n")


def test_an_edit_that_makes_no_case_is_told_and_asked_again(reviewing, drafts):
    reviewing.types("e")
    reviewing.sees("as it is): ")
    reviewing.types("Another?")
    reviewing.sees("as they are): ")
    reviewing.types(" ; | ")
    reviewing.sees("needs a fact. The draft stays as it was.")
    reviewing.sees(ASKED)
    reviewing.types("s")
    reviewing.sees("2 of 3: rag")
    assert drafts.read_text(encoding="utf-8") == DRAFTS
    assert "Traceback" not in reviewing.shown


def test_wrong_keys_are_told_and_change_nothing(reviewing, drafts):
    for typed in ("x", "1", "\x1b[A", "é"):
        reviewing.types(typed)
        if typed.isprintable():
            reviewing.sees("There is no key for that. Type a, e, d, s or q, then Enter.")
        reviewing.sees(ASKED)
    reviewing.types("")
    reviewing.sees(ASKED)
    assert drafts.read_text(encoding="utf-8") == DRAFTS
    reviewing.types("d")
    reviewing.sees("2 of 3: rag")
    assert [case.id for case in load(drafts).cases] == ["rag", "ci"]


@pytest.mark.parametrize("inside_an_edit", [False, True])
def test_ctrl_c_leaves_with_130_and_keeps_what_was_decided(reviewing, drafts, inside_an_edit):
    reviewing.types("a")
    reviewing.sees("2 of 3: rag")
    reviewing.sees(ASKED)
    if inside_an_edit:
        reviewing.types("e")
        reviewing.sees("as it is): ")
        reviewing.types(b"half a ques")
        reviewing.sees("half a ques")  # keys and Ctrl-C within the same moment leave readline waiting for the next key
    reviewing.interrupts("Stopped. What you decided is kept. Go on with: notebot eval review")
    assert reviewing.leaves() == 130
    assert [case.id for case in pending(load(drafts))] == ["rag", "ci"]
    assert "Traceback" not in reviewing.shown


def test_the_end_of_input_is_like_leaving(reviewing, drafts):
    reviewing.types("a")
    reviewing.sees("2 of 3: rag")
    reviewing.sees(ASKED)
    reviewing.types(CTRL_D)
    reviewing.sees("1 decided, 2 left. Go on with: notebot eval review")
    assert reviewing.leaves() == 0
    assert [case.id for case in pending(load(drafts))] == ["rag", "ci"]


def test_a_draft_that_went_away_meanwhile_is_told(reviewing, drafts):
    drafts.write_text(DRAFTS.replace("id: mining", "id: other"), encoding="utf-8")  # decided on the page, say
    reviewing.types("a")
    reviewing.sees("Error: ")
    assert reviewing.leaves() == 2
    assert "Traceback" not in reviewing.shown


def test_labels_are_given_by_their_keys_and_wrong_ones_told(labelling, run):
    labelling.types("y")
    labelling.sees("There is no key for that. Type s, p, n, k or q, then Enter.")
    labelling.sees(ASKED)
    labelling.types("")
    labelling.sees(ASKED)
    labelling.types("S")
    labelling.sees("2 of 3")
    assert [label.label for label in read_labels(run / LABELS)] == ["supported"]
    labelling.sees(ASKED)
    labelling.types("partly")
    labelling.sees("3 of 3")
    labelling.sees(ASKED)
    labelling.types("k")
    labelling.sees("3 labelled now, 0 left.")
    assert labelling.leaves() == 0
    assert [label.label for label in read_labels(run / LABELS)] == ["supported", "partly", "skip"]


@pytest.mark.parametrize("interrupted", [True, False])
def test_leaving_keeps_the_labels_and_the_same_command_goes_on(labelling, ingested, run, interrupted):
    labelling.types("n")
    labelling.sees("2 of 3")
    labelling.sees(ASKED)
    if interrupted:
        labelling.interrupts("What you said is kept.")
    else:
        labelling.types(CTRL_D)
        labelling.sees("1 labelled now, 2 left.")
    assert labelling.leaves() == (130 if interrupted else 0)
    assert [label.label for label in read_labels(run / LABELS)] == ["not"]
    assert "Traceback" not in labelling.shown
    with terminal(ingested.folder, ingested.variables, "eval", "label", str(run)) as again:
        again.sees("1 of 2")
        again.sees(ASKED)
        again.types("q")
        again.sees("0 labelled now, 2 left.")
        assert again.leaves() == 0


def test_what_a_claim_says_cannot_play_on_the_terminal(labelling):
    labelling.types("s")
    labelling.sees("2 of 3")
    labelling.sees(ASKED)
    labelling.types("s")
    labelling.sees("3 of 3")
    labelling.sees(ASKED)
    assert "<img src=https://canary.invalid" in labelling.shown  # shown, as the text that it is
    assert "\x1b[31m" not in labelling.shown
