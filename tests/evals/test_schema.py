"""The schemas: the files beside the sets are what the program says, and they see what an editor should see."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from notebot.evals.schema import report_schema, set_schema

EVAL = Path(__file__).parents[2] / "eval"


@pytest.mark.parametrize(("name", "made"), [("set.schema.json", set_schema()), ("report.schema.json", report_schema())])
def test_the_files_are_up_to_date(name, made):
    assert json.loads((EVAL / name).read_text()) == json.loads(json.dumps(made))


@pytest.mark.parametrize(
    "path", ["knowledge.yaml", *(f"collections/{name}/set.yaml" for name in ("household", "village", "workshop"))]
)
def test_the_project_s_own_sets_keep_to_it(path):
    text = (EVAL / path).read_text(encoding="utf-8")
    jsonschema.validate(yaml.safe_load(text), set_schema())
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert ((EVAL / path).parent / first.partition("=")[2]).resolve() == (EVAL / "set.schema.json").resolve()


@pytest.mark.parametrize(
    "changed",
    [
        {"expect": None}, {"answerable": True}, {"questoin": "x"}, {"id": "A b"}, {"split": "train"},
        {"gold": [{"heading": "x"}]}, {"gold": [{"source": "a", "lines": [1, 2, 3]}]},
    ],
)  # fmt: skip
def test_an_editor_sees_it(changed):
    case = {"id": "a", "question": "One?", "expect": ["answered"], "gold": [{"source": "a", "heading": "H", "lines": [1, 2]}]}
    jsonschema.validate({"name": "x", "version": 1, "cases": [case]}, set_schema())
    broken = {key: value for key, value in {**case, **changed}.items() if value is not None}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "x", "version": 1, "cases": [broken]}, set_schema())
