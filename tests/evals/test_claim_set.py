"""eval/claims.yaml is what it says it is, and what cannot be meant is refused."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

EVAL = Path(__file__).parents[2] / "eval"
GOOD = """
name: small
version: 1
evidence:
  - id: tea
    passages: [Tea is not green.]
    claims:
      - [verbatim, Tea is not green.]
      - [negation-dropped, Tea is green.]
      - [name, Coffee is not green.]
"""


@pytest.fixture
def claim_set(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(EVAL / "bench")
    return importlib.import_module("claim_set")


def test_the_claims_are_many_and_of_every_kind(claim_set: ModuleType) -> None:
    found = claim_set.load_claims(EVAL / "claims.yaml")
    kinds = Counter(kind for judged in found.evidence for kind, _ in judged.claims)
    assert set(kinds) == claim_set.SUPPORTED | claim_set.REFUSED
    assert sum(kinds[kind] for kind in claim_set.SUPPORTED) >= 160
    assert sum(kinds[kind] for kind in claim_set.REFUSED) >= 260
    assert sum(kinds[kind] for kind in claim_set.SWITCHED) >= 200


def test_a_good_file_is_read(claim_set: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (judged,) = claim_set.load_claims(tmp_path / "good.yaml").evidence
    assert (judged.id, judged.passages) == ("tea", ("Tea is not green.",))
    assert judged.claims[1] == ("negation-dropped", "Tea is green.")


@pytest.mark.parametrize(
    ("there", "instead", "complaint"),
    [
        ("[name,", "[nmae,", "no kind 'nmae'"),
        ("Coffee is not", "tea is NOT", "given twice"),
        ("[verbatim,", "[number,", "that are supported"),
        ("id: tea", "id: Two words", "evidence.0.id"),
        ("version: 1", "version: 1\nmore: 2", "more"),
        ("[Tea is not green.]", "[]", "needs passages"),
        ("passages:", "passages: [", "good.yaml"),
    ],
)
def test_what_cannot_be_meant_is_refused(claim_set: ModuleType, tmp_path: Path, there: str, instead: str, complaint: str) -> None:
    assert there in GOOD
    (tmp_path / "good.yaml").write_text(GOOD.replace(there, instead, 1))
    with pytest.raises(ValueError, match=complaint):
        claim_set.load_claims(tmp_path / "good.yaml")


def test_an_id_is_given_once(claim_set: ModuleType, tmp_path: Path) -> None:
    again = GOOD.partition("evidence:\n")[2].replace("green", "blue")
    (tmp_path / "good.yaml").write_text(GOOD + again)
    with pytest.raises(ValueError, match="the id 'tea' is given twice"):
        claim_set.load_claims(tmp_path / "good.yaml")
