"""A set written is a set read, and a case changed in a file leaves every other line as it was."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from notebot.errors import UsageError
from notebot.evals.cases import CaseSet, Limit, load_cases
from notebot.evals.figures import FIGURES
from notebot.evals.set_files import set_text, with_case, write_whole

SET = Path(__file__).parents[2] / "eval" / "knowledge.yaml"


@pytest.mark.parametrize("name", ["set.yaml", "set.jsonl"])
@pytest.mark.parametrize("shipped", [SET, SET.parent / "collections" / "village" / "set.yaml"])
def test_the_project_s_own_sets_come_back(tmp_path, shipped, name):
    own = load_cases(shipped, figures=FIGURES)
    path = tmp_path / name
    path.write_text(set_text(own, comment="a\nb", lines=name.endswith(".jsonl")), encoding="utf-8")
    assert load_cases(path, figures=FIGURES) == own


def test_hostile_text_comes_back(tmp_path):
    own = load_cases(SET, figures=FIGURES)
    case = replace(own.cases[0], question="a: [b] # c\u2028 'd' \"e\" \\ \x85 %f é 本?", facts=(("- x", "yes", "1.0"),))
    path = tmp_path / "set.yaml"
    path.write_text(set_text(CaseSet("x", 1, (case,), {"hit@1": Limit(at_least=0.5)})), encoding="utf-8")
    assert load_cases(path, figures=FIGURES).cases == (case,)


def test_one_case_changes_and_no_other_line(tmp_path):
    text = "# top\nname: s\nversion: 1\ncases:\n  # of a\n  - id: a\n    question: A?\n    answerable: false\n\n  # of b\n"
    text += "  - {id: b, question: 'B?', answerable: false}  # aside\n"
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    first, second = load_cases(path, figures=FIGURES).cases
    assert with_case(path, text, "a", replace(first, question="Z?")) == text.replace("A?", "Z?")
    assert with_case(path, text, "a", None) == text.replace(
        "  # of a\n  - id: a\n    question: A?\n    answerable: false\n\n", ""
    )
    assert "# of a" in with_case(path, text, "b", replace(second, question="Y?"))
    with pytest.raises(UsageError, match="no case 'c'"):
        with_case(path, text, "c", None)


def test_json_lines_change_by_the_line(tmp_path):
    text = '{"id": "a", "question": "A?", "answerable": false}\n{"id": "b",  "question": "B?", "answerable": false}\n'
    path = tmp_path / "s.jsonl"
    path.write_text(text, encoding="utf-8")
    assert with_case(path, text, "a", None) == text.split("\n", 1)[1]


def test_a_file_is_written_whole_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o600)
    write_whole(path, "new")
    assert (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["x.yaml"]
    assert shutil.disk_usage(tmp_path).total
