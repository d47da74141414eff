"""The support model that notebot ships: what it can tell apart, and that a pair's number is its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from notebot.errors import ModelFailed
from notebot.models.packaged import MINILM_TOKENIZER, packaged_path
from notebot.models.support import FILE, SupportModel, open_support

BOILER = "# Boiler\nServiced on 14 March by Mr Okafor for 95 euros. He did not replace the expansion vessel."


@pytest.fixture(scope="module")
def carried() -> Callable[..., list[float]]:
    return open_support().carried


@pytest.mark.parametrize(
    ("carried_claim", "other"),
    [
        ("The boiler was serviced on 14 March.", "The boiler was serviced on 19 March."),
        ("The boiler was serviced by Mr Okafor.", "The boiler was serviced by Mr Lindqvist."),
        ("The service cost 95 euros.", "The service cost 65 euros."),
        ("He did not replace the expansion vessel.", "He replaced the expansion vessel."),
        ("When was the boiler serviced?", "Which company made the boiler?"),
    ],
)
def test_what_the_evidence_says_scores_above_what_it_does_not(
    carried_claim: str, other: str, carried: Callable[..., list[float]]
) -> None:
    said, unsaid = carried([(carried_claim, BOILER), (other, BOILER)])
    assert 0 <= unsaid < said <= 1


def test_a_pair_has_the_same_number_whatever_else_is_asked(carried: Callable[..., list[float]]) -> None:
    pair = ("The service cost 95 euros.", BOILER)
    alone = carried([pair])
    assert carried([("Another claim.", "word " * 400), pair, ("", "")])[1] == alone[0]
    assert carried([pair] * 5) == alone * 5


def test_odd_texts_are_numbers_too(carried: Callable[..., list[float]]) -> None:
    found = carried([("", ""), ("?", "\0"), ("語" * 500, "語" * 5000), ("word " * 500, "word " * 5000)])
    assert all(0 <= value <= 1 for value in found)
    assert carried([]) == []


def test_it_is_small_and_its_card_lies_beside_it() -> None:
    assert FILE.stat().st_size <= 25_000_000
    assert "eval/train" in FILE.with_suffix(".md").read_text(encoding="utf-8")


def test_a_damaged_file_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelFailed, match=r"broken\.onnx cannot be loaded"):
        SupportModel(tmp_path / "broken.onnx", packaged_path(MINILM_TOKENIZER), threads=1)
