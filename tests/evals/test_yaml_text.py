"""What is written as YAML is read as what it was."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from notebot.evals.yaml_text import yaml_text


@given(
    st.dictionaries(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])), st.text(max_size=30) | st.integers())
)
@example({"a": "b\x85c", "d": "\u2028", "e\u2029": "- f"})
@pytest.mark.parametrize("flow", [False, True])
def test_it_reads_back_as_the_same(flow: bool, data: dict[str, object]) -> None:
    readable = {key: value for key, value in data.items() if key.isprintable()}
    assert yaml.safe_load(yaml_text(readable, flow=flow)) == readable


def test_half_a_character_is_replaced() -> None:
    assert yaml.safe_load(yaml_text({"a": "b\ud800"})) == {"a": "b\ufffd"}


def test_ordinary_text_stays_as_people_write_it() -> None:
    assert yaml_text({"b": "Größe: 2", "a": ["x"]}) == "b: 'Größe: 2'\na:\n- x\n"
