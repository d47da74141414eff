"""A question set: a strict YAML file -> cases. What cannot be meant as written is refused with its line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BeforeValidator, StringConstraints, TypeAdapter, ValidationError, with_config
from pydantic.types import StrictFloat, StrictInt

from notebot.errors import UsageError
from notebot.types import Chunk, Status, Turn

ANSWERING = frozenset({Status.ANSWERED, Status.PARTIAL, Status.QUOTED, Status.DISAGREE})

Loc = tuple[int | str, ...]  # the way from the top of the file to a field: keys, and numbers of list items
Words = Annotated[str, StringConstraints(min_length=1, pattern=r"\w")]  # something in it can be read
HeadingPath = Annotated[tuple[Words, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands: under a heading of a note, or on some of its lines (first and last), or both.

    `heading` is the heading itself or the end of its path. Of a heading with content after a colon, as in
    "# CI/CD: GitHub Actions", the words before the colon are enough.
    """

    source: Words
    heading: HeadingPath = ()
    lines: tuple[StrictInt, StrictInt] | None = None

    def holds(self, heading: tuple[str, ...], first_line: int, last_line: int) -> bool:
        """Whether text under that heading path, on those lines of the same source, is at least partly in this place."""
        if self.lines and (last_line < self.lines[0] or first_line > self.lines[1]):
            return False
        width = len(self.heading)
        windows = (heading[start : start + width] for start in range(len(heading) - width + 1))
        return not width or any(all(map(_same_heading, self.heading, window)) for window in windows)

    def __str__(self) -> str:
        lines = f"lines {self.lines[0]} to {self.lines[1]}" if self.lines else ""
        return ", ".join(part for part in (self.source, " > ".join(self.heading), lines) if part)


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True)
class Case:
    """One question, and what an honest answer to it is.

    `expect` holds the statuses that would be right: all of them answer, or all of them keep silent. Of each group in
    `facts` one phrasing must be in the supported text; no phrase of `forbidden` may be.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    question: Words
    expect: tuple[Status, ...]
    facts: tuple[tuple[Words, ...], ...] = ()
    forbidden: tuple[Words, ...] = ()
    gold: tuple[Place, ...] = ()
    tags: tuple[Words, ...] = ()
    history: tuple[Turn, ...] = ()

    @property
    def answerable(self) -> bool:
        return not ANSWERING.isdisjoint(self.expect)


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on one figure."""

    at_least: StrictFloat | None = None
    at_most: StrictFloat | None = None


@with_config(extra="forbid")
@dataclass(frozen=True, slots=True)
class CaseSet:
    """A question set. `thresholds` maps a figure's name (metrics.FIGURES) to its bound."""

    name: Words
    version: StrictInt
    cases: tuple[Case, ...]
    thresholds: dict[str, Limit]


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


def load_cases(path: Path, *, figures: Iterable[str]) -> CaseSet:
    """The question set in a YAML file; `figures` are the names that its thresholds may use.

    Raises UsageError, with file, line and case, for a file that cannot be read, is not YAML, or holds an unknown or repeated
    key, a missing field, a wrong type, a repeated id, or a case that contradicts itself.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"Cannot read the question set {path}: {error.strerror}. Name a YAML file.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text, so it is no question set.") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader that refuses more
    except yaml.YAMLError as error:
        raise UsageError(f"{path}{_mark(error)}: {_problem(error)}.") from error
    try:
        found = TypeAdapter(CaseSet).validate_python(data)
    except ValidationError as error:
        first = min(
            error.errors(), key=lambda found: found["type"] != "unexpected_keyword_argument"
        )  # a misspelt field before a missing one
        raise UsageError(_at(path, root, data, first["loc"]) + _plainly(first["type"], first["loc"], first["msg"])) from error
    for loc, complaint in _contradictions(found, frozenset(figures)):
        raise UsageError(_at(path, root, data, loc) + complaint)
    return found


def check_places(cases: Iterable[Case], chunks_of: Callable[[str], Sequence[Chunk]]) -> None:
    """Raises UsageError, naming the case, when a gold place is not in the index. `chunks_of` gives the chunks of a source."""
    for case in cases:
        for place in case.gold:
            chunks = chunks_of(place.source)
            if not chunks:
                raise UsageError(f"Case '{case.id}': there is no note {place.source} in the index. Correct it, or ingest first.")
            if not any(place.holds(chunk.heading, chunk.first_line, chunk.last_line) for chunk in chunks):
                raise UsageError(f"Case '{case.id}': {place} is not in the index. Correct the heading or the lines.")


def _contradictions(found: CaseSet, figures: frozenset[str]) -> Iterator[tuple[Loc, str]]:
    """What is well formed and still cannot be meant: where it stands, and the complaint."""
    for name, limit in found.thresholds.items():
        if name not in figures:
            yield ("thresholds", name), f"there is no figure '{name}'; there are {', '.join(sorted(figures))}."
        if (limit.at_least is None) == (limit.at_most is None):
            yield ("thresholds", name), "give either at_least or at_most."
    if not found.cases:
        yield ("cases",), "there is no case."
    seen: set[str] = set()
    for number, case in enumerate(found.cases):
        if case.id in seen:
            yield ("cases", number, "id"), "this id is taken by an earlier case."
        seen.add(case.id)
        for field, complaint in _self_contradictions(case):
            yield ("cases", number, field), complaint


def _self_contradictions(case: Case) -> Iterator[tuple[str, str]]:
    if not case.expect:
        yield "expect", "name at least one status."
    if case.answerable and not ANSWERING.issuperset(case.expect):
        yield "expect", "all statuses answer (answered, partial, quoted, disagree) or all keep silent (not_in_notes, stub)."
    if case.answerable and not (case.facts and case.gold):
        yield "expect", "a question that can be answered needs facts and gold."
    if case.facts and not case.answerable:
        yield "facts", "a question that cannot be answered has no facts."
    if not all(case.facts):
        yield "facts", "a group of facts is empty."
    if not all(place.heading or place.lines for place in case.gold):
        yield "gold", "a place needs a heading, or lines."
    if any(place.lines and not 1 <= place.lines[0] <= place.lines[1] for place in case.gold):
        yield "gold", "lines are the first and the last, counted from 1."


def _same_heading(wanted: str, heading: str) -> bool:
    plain, full = wanted.strip().rstrip(":/").casefold(), heading.strip().rstrip(":/").casefold()
    return full == plain or full.startswith(plain + ":")


def _at(path: Path, root: yaml.Node | None, data: object, loc: Loc) -> str:
    """File, line and case of a complaint: the line of the innermost part of `loc` that stands in the file."""
    node, line = root, 1
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
    case = ""
    if len(loc) > 1 and loc[0] == "cases" and isinstance(data, dict) and isinstance(loc[1], int):
        entry = data["cases"][loc[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        case = f"case '{name}': " if name else f"case number {loc[1] + 1}: "
    return f"{path}, line {line}: {case}"


def _plainly(kind: str, loc: Loc, message: str) -> str:
    """What pydantic found, in words of the file."""
    if not loc:
        return "a question set starts with the keys name, version, thresholds and cases."
    if kind == "unexpected_keyword_argument":
        return f"there is no field '{loc[-1]}'."
    if isinstance(loc[-1], int) and kind in ("missing", "too_long"):
        return f"{loc[-2]}: give the first and the last, as in [3, 5]."
    if kind == "missing":
        return f"the field '{loc[-1]}' is missing."
    field = next(step for step in reversed(loc) if isinstance(step, str))
    if kind == "string_type":
        return f"{field}: this should be text; put it in quotes."
    return f"{field}: {message[:1].lower()}{message[1:].replace('tuple', 'list')}."


def _mark(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""


def _problem(error: yaml.YAMLError) -> str:
    return getattr(error, "problem", None) or "this is not YAML"
