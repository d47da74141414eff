"""What a file holds and where; the complaints about cases are tested in test_cases.py."""

from pathlib import Path

import pytest

from notebot.errors import UsageError
from notebot.evals.strict_yaml import read_strictly

LINES = '{"name": "mine", "version": 2}\n\n{"id": "a", "question": "One?"}\n{"id": "b", "question": "Two?"}\n'


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_lines_of_json_are_a_set_with_a_head(tmp_path):
    found = read_strictly(write(tmp_path, "set.jsonl", LINES))
    assert found.data == {
        "name": "mine",
        "version": 2,
        "cases": [{"id": "a", "question": "One?"}, {"id": "b", "question": "Two?"}],
    }
    assert [found.line(("cases", number, "id")) for number in (0, 1)] == [3, 4]
    assert found.line(("name",)) == 1


def test_without_a_head_the_file_gives_the_name(tmp_path):
    found = read_strictly(write(tmp_path, "teas.jsonl", '{"id": "a", "question": "One?"}\n'))
    assert found.data == {"name": "teas", "version": 1, "cases": [{"id": "a", "question": "One?"}]}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("s.jsonl", '{"id": "a"}\n{"id": ', ", line 2, column 8: expecting value."),
        ("s.jsonl", '{"id": "a", "id": "b"}\n', ", line 1: the key 'id' is given twice."),
        ("s.yaml", "name: x\nname: y\n", ", line 2, column 1: the key 'name' is given twice."),
        ("s.yaml", "cases:\n  - id: a\n question: b\n", ", line 3, column 2: "),
        ("s.yaml", 'name: "x\n', ", line 2, column 1: "),
    ],
)
def test_what_cannot_be_read_is_refused_with_line_and_column(tmp_path, name, text, said):
    with pytest.raises(UsageError) as refused:
        read_strictly(write(tmp_path, name, text))
    assert f"{tmp_path / name}{said}" in str(refused.value)


def test_the_line_of_a_field_is_that_of_its_key(tmp_path):
    found = read_strictly(write(tmp_path, "s.yaml", "name: x\ncases:\n  - id: a\n    tags:\n      - one\n      - two\n"))
    assert found.line(("cases", 0, "tags")) == 4
    assert found.line(("cases", 0, "tags", 1)) == 6
    assert found.line(("cases", 0, "absent")) == 3  # the innermost part that is there
