"""Cases -> the text of a question set, and single cases changed in a file without touching the rest of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import yaml

from notebot.errors import UsageError
from notebot.evals.cases import SHORT_FORMS, Case, CaseSet
from notebot.evals.yaml_text import yaml_text


def set_text(wanted: CaseSet, *, comment: str = "", lines: bool = False) -> str:
    """A question set as YAML, or as JSON lines. `comment` stands at its top, where the form has comments."""
    head: dict[str, object] = {"name": wanted.name, "version": wanted.version}
    if wanted.thresholds:
        head["thresholds"] = {name: _filled(asdict(limit)) for name, limit in wanted.thresholds.items()}
    if wanted.pages:
        head["pages"] = dict(wanted.pages)
    if lines:
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in [head, *map(case_data, wanted.cases)])
    top = "".join(f"# {line}\n" for line in comment.splitlines())
    cases = "\n".join(_yaml_case(case_data(case)) for case in wanted.cases)
    return f"{top}{yaml_text(head)}\ncases:\n{cases}" if wanted.cases else f"{top}{yaml_text({**head, 'cases': []})}"


def case_data(case: Case) -> dict[str, object]:
    """A case as it is written: without what is empty, and `answerable` in place of the statuses that it stands for."""
    data: dict[str, object] = {key: _plain(said) for key, said in _filled(asdict(case)).items()}
    answerable = next((flag for flag, statuses in SHORT_FORMS.items() if statuses == case.expect), None)
    if answerable is not None:
        data = {("answerable" if key == "expect" else key): answerable if key == "expect" else said for key, said in data.items()}
    if case.split == "dev":
        del data["split"]
    return data


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all, with the permissions that it has."""
    scratch = path.with_name(f".{path.name}.part")
    with scratch.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        scratch.chmod(path.stat().st_mode & 0o777)
    scratch.replace(path)


def with_case(path: Path, text: str, case_id: str, case: Case | None) -> str:
    """The text of a set with one case put in the place of another, or taken out. Every other line stays as it is.

    Raises UsageError where the case is not there, or does not stand on lines of its own.
    """
    return _in_lines(path, text, case_id, case) if path.suffix.lower() == ".jsonl" else _in_yaml(path, text, case_id, case)


def _in_lines(path: Path, text: str, case_id: str, case: Case | None) -> str:
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.strip() and json.loads(line).get("id") == case_id:
            lines[number] = json.dumps(case_data(case), ensure_ascii=False) + "\n" if case else ""
            return "".join(lines)
    raise _gone(path, case_id)


def _in_yaml(path: Path, text: str, case_id: str, case: Case | None) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    tops = root.value if isinstance(root, yaml.MappingNode) else []
    cases = next((list(value.value) for key, value in tops if key.value == "cases"), [])
    starts = [node.start_mark for node in cases]
    ids = [next((value.value for key, value in node.value if key.value == "id"), "") for node in cases]
    if case_id not in ids:
        raise _gone(path, case_id)
    at = ids.index(case_id)
    lines = text.splitlines(keepends=True)
    indent = lines[starts[at].line][: starts[at].column]
    if indent.strip() != "-" or (at + 1 < len(ids) and starts[at + 1].line == starts[at].line):
        raise UsageError(f"{path}, line {starts[at].line + 1}: the case '{case_id}' does not begin on a line of its own.")
    last = _last_line(cases[at])
    made = _yaml_case(case_data(case), indent=indent.index("-")) if case else ""
    if not case and at + 1 == len(ids) == 1:
        raise UsageError(f"'{case_id}' is the last case of {path}. Delete the file instead.")
    if case is None and last + 1 < len(lines) and not lines[last + 1].strip():
        last += 1  # the empty line that parted it from the next
    first = starts[at].line
    while case is None and first and lines[first - 1].lstrip().startswith("#"):
        first -= 1  # remarks on the case go with it
    return "".join([*lines[:first], made, *lines[last + 1 :]])


def _last_line(node: yaml.Node) -> int:
    """The line, from 0, on which what a node says ends: its own end mark may be behind comments."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        mark = node.end_mark
        return int(mark.line - 1 if mark.column == 0 and mark.line > node.start_mark.line else mark.line)
    inner = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
    return max([int(node.start_mark.line), *map(_last_line, inner[-1:])])


def _gone(path: Path, case_id: str) -> UsageError:
    return UsageError(f"There is no case '{case_id}' in {path} any more. Begin again.")


def _filled(data: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in data.items() if value not in (None, "", (), [])}


def _plain(value: object) -> object:
    """Without tuples and enums, which YAML would spell out."""
    if isinstance(value, Mapping):
        return {str(key): _short(str(key), _plain(part)) for key, part in _filled(value).items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, str) else value


def _short(key: str, value: object) -> object:
    """A heading that is no path is written as the text that it is."""
    return value[0] if key == "heading" and isinstance(value, list) and len(value) == 1 else value


def _yaml_case(data: Mapping[str, object], *, indent: int = 2) -> str:
    """A case as an item of a list: a line for each of its keys, what is inside them in short."""
    lines = []
    for key, value in data.items():
        short = yaml_text(value, width=10_000, flow=True).strip()
        lines.append(f"{key}: {short.removesuffix('...').strip()}")
    first, *rest = lines
    return "".join([f"{' ' * indent}- {first}\n", *(f"{' ' * indent}  {line}\n" for line in rest)])
