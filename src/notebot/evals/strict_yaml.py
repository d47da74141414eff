"""YAML or JSON lines, read strictly: what a file holds, and on which line each part of it stands."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import yaml

from notebot.errors import UsageError

Loc = tuple[int | str, ...]  # the way from the top of the file to a field: keys, and numbers of list items


@dataclass(frozen=True, slots=True)
class Written:
    """What a file holds, and the nodes of its YAML, which know their lines."""

    path: Path
    data: object
    root: yaml.Node | None
    lines: tuple[int, ...] = ()  # of a file of JSON lines: the line of each case

    def line(self, loc: Loc) -> int:
        """The line of the innermost part of `loc` that stands in the file."""
        if self.lines:
            inside = len(loc) > 1 and loc[0] == "cases" and isinstance(loc[1], int)
            return self.lines[int(loc[1])] if inside else 1
        node, line = self.root, 1
        for step in loc:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            elif isinstance(node, yaml.MappingNode):
                pairs = [(key, value) for key, value in node.value if key.value == step]
                if not pairs:
                    break
                line, node = pairs[0][0].start_mark.line + 1, pairs[0][1]
                continue
            else:
                break
            line = node.start_mark.line + 1
        return line


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader, except that a key given twice is an error: YAML would keep the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # SafeLoader itself refuses it
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key '{key.value}' is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_strictly(path: Path) -> Written:
    """The content of a YAML file, or of a file of JSON lines (.jsonl) as if it were one. Raises UsageError with the line.

    In a .jsonl file each line is a case. A first line without a question holds the other keys; without it the set is called
    as the file is.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Cannot read the question set {path}: {error.strerror}. Name a YAML file.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text, so it is no question set.") from error
    if path.suffix.lower() == ".jsonl":
        return _json_lines(path, text)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        return Written(path, yaml.load(text, Loader=_StrictLoader), root)  # noqa: S506 - a SafeLoader that refuses more
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise UsageError(f"{path}{where}: {getattr(error, 'problem', None) or 'this is not YAML'}.") from error


def _json_lines(path: Path, text: str) -> Written:
    rows: list[tuple[int, object]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                rows.append((number, json.loads(line, object_pairs_hook=_once)))
            except _Twice as error:
                raise UsageError(f"{path}, line {number}: the key '{error}' is given twice.") from error
            except json.JSONDecodeError as error:
                raise UsageError(
                    f"{path}, line {number}, column {error.colno}: {error.msg[:1].lower()}{error.msg[1:]}."
                ) from error
    head: dict[str, object] = {"name": path.stem, "version": 1}
    first = rows[0][1] if rows else None
    if isinstance(first, dict) and "question" not in first and "id" not in first:
        head |= first
        rows.pop(0)
    return Written(path, {**head, "cases": [row for _, row in rows]}, None, tuple(number for number, _ in rows))


class _Twice(Exception):
    """A key that an object has twice."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(key)
        found[key] = value
    return found
