"""What a note says about itself above its text, in YAML, TOML or JSON: kept as it is written, its tags as a list."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

import yaml

from notebot.ingest.decoding import storable

_LONGEST = 64_000  # characters; more is not front matter, and the parser is slow
_DEEPEST = 100  # brackets within brackets; the parsers are recursive
_YAML = re.compile(r"---[ \t]*\n(?P<body>.*?)(?:^(?:---|\.\.\.)[ \t]*(?:\n|\Z))", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\n(?P<body>.*?)(?:^\+\+\+[ \t]*(?:\n|\Z))", re.DOTALL | re.MULTILINE)
_TAG_KEYS = ("tags", "tag")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`values` as they are written; `tags` without their `#`. The note's text begins at character `end`.

    `body` is what stands between the marks, and begins on line `line`. What is wrong with it is in `warnings`; if it cannot
    be read it is the note's text, and `end` is 0.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    end: int = 0
    body: str = ""
    line: int = 1
    warnings: tuple[str, ...] = ()


def read_front_matter(text: str) -> FrontMatter:
    """The front matter at the beginning of `text`. Never raises: what is none, or broken, is text."""
    if text.startswith("---") and (block := _YAML.match(text)):
        return _from_yaml(block)
    if text.startswith("+++") and (block := _TOML.match(text)):
        return _from_toml(block)
    return _from_json(text) if text.startswith("{") else FrontMatter()


def _from_yaml(block: re.Match[str]) -> FrontMatter:
    """Only the syntax tree is read, and no deeper than a list: no type is guessed, no tag is obeyed, no alias is expanded."""
    body = block["body"]
    if warning := _too_much(body):
        return FrontMatter(warnings=(warning,))
    try:
        tree = yaml.compose(body, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problem = getattr(error, "problem", None) or type(error).__name__
        return FrontMatter(warnings=(f"its front matter is not valid YAML ({problem}) and was read as text",))
    if tree is None:
        return FrontMatter(end=block.end())
    if not isinstance(tree, yaml.MappingNode):
        return FrontMatter(warnings=("its front matter is not a list of keys and values and was read as text",))
    values: dict[str, str] = {}
    twice: set[str] = set()
    tags: tuple[str, ...] = ()
    for key, value in tree.value:
        name = _as_written(key, body)
        if name in values:
            twice.add(name)
        values[name] = _as_written(value, body)
        if name.lower() in _TAG_KEYS:
            listed = isinstance(value, yaml.SequenceNode)
            tags = _tags(_as_written(item, body) for item in value.value) if listed else _tags_in(values[name])
    warnings = tuple(f"its front matter has {name!r} twice; the last one counts" for name in sorted(twice))
    return FrontMatter(values, tags, block.end(), body, 2, warnings)


def _as_written(node: yaml.Node, body: str) -> str:
    if isinstance(node, yaml.ScalarNode):
        return storable(str(node.value))
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return storable(", ".join(str(item.value) for item in node.value))
    return body[node.start_mark.index : node.end_mark.index].strip()


def _from_toml(block: re.Match[str]) -> FrontMatter:
    body = block["body"]
    if warning := _too_much(body):
        return FrontMatter(warnings=(warning,))
    try:
        found = _from_mapping(tomllib.loads(body))
    except (ValueError, RecursionError) as error:
        return FrontMatter(warnings=(f"its front matter is not valid TOML ({error}) and was read as text",))
    return FrontMatter(*found, block.end(), body, 2)


def _from_json(text: str) -> FrontMatter:
    """A note may begin with a brace for other reasons: only a whole object that ends its line is front matter."""
    try:
        values, end = json.JSONDecoder().raw_decode(text[:_LONGEST])
        found = _from_mapping(values)
    except (ValueError, RecursionError):
        return FrontMatter()
    rest = text[end:].split("\n", 1)
    if rest[0].strip():
        return FrontMatter()
    return FrontMatter(*found, min(len(text), end + len(rest[0]) + 1), text[:end])


def _from_mapping(values: Mapping[str, object]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Values and tags. Raises ValueError for a number that is too long to be written."""
    written = {storable(str(key)): storable(_as_text(value)) for key, value in values.items()}
    tags: tuple[str, ...] = ()
    for key, value in values.items():
        if key.lower() in _TAG_KEYS:
            tags = _tags(map(_as_text, value)) if isinstance(value, list) else _tags_in(_as_text(value))
    return written, tags


def _as_text(value: object) -> str:
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return ", ".join(map(_as_text, value))
    if isinstance(value, list | dict | bool) or value is None:
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _tags_in(text: str) -> tuple[str, ...]:
    """Tags in one value: with commas between them, or else with spaces."""
    return _tags(text.split(",") if "," in text else text.split())


def _tags(items: Iterable[str]) -> tuple[str, ...]:
    names: Iterator[str] = (storable(item).strip().lstrip("#") for item in items)
    return tuple(dict.fromkeys(name for name in names if name))


def _too_much(body: str) -> str:
    steps = (1 if char in "[{" else -1 for char in body if char in "[]{}")
    if len(body) > _LONGEST or max(accumulate(steps), default=0) > _DEEPEST:
        return "its front matter is too long or too deep and was read as text"
    return ""
