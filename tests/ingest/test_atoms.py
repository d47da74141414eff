"""The smallest pieces: all of the text, in order, none larger than may be."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from notebot.ingest.atoms import runs, size
from taking import Words


def test_encoded_data_ends_a_run() -> None:
    text = f"before {'iVBORw0KGgo' * 400} after"
    assert [[text[atom.start : atom.end] for atom in run] for run in runs(text, 50, Words())] == [["before "], ["after"]]


def test_a_run_of_a_script_that_is_not_known_counts_for_more_than_a_word() -> None:
    assert size("ก" * 1000, Words()) == 100
    assert size("a" * 1000, Words()) == 1
    assert size("größer und schöner", Words()) == 3
    assert size("─" * 1000, Words()) == 1


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(alphabet="ab .\n|-*`#é日👩\u200d", max_size=400), st.integers(1, 20))
def test_nothing_is_lost_and_nothing_is_too_large(text: str, limit: int) -> None:
    found = [atom for run in runs(text, limit, Words()) for atom in run]
    assert "".join(text[atom.start : atom.end] for atom in found) == text
    assert all(atom.tokens <= max(limit, 100) for atom in found)
    assert all(text.count("\n", 0, atom.start) == atom.line for atom in found)
