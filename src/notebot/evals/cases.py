"""A question set: a strict file of YAML or JSON lines -> cases. What cannot be meant as written is refused with its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints, TypeAdapter, ValidationError, with_config
from pydantic.types import StrictFloat, StrictInt

from notebot.errors import UsageError
from notebot.evals.strict_yaml import Loc, Written, read_strictly
from notebot.types import Chunk, Status, Turn
from notebot.urls import read_url

ANSWERING = frozenset({Status.ANSWERED, Status.PARTIAL, Status.QUOTED, Status.DISAGREE})
SHORT_FORMS = {  # what `answerable` stands for
    True: (Status.ANSWERED, Status.PARTIAL, Status.QUOTED, Status.DISAGREE),
    False: (Status.NOT_IN_NOTES, Status.STUB),
}
Split = Literal["dev", "test"]

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
    `facts` one phrasing must be in the supported text; no phrase of `forbidden` may be. `short` holds the answer in as few
    words as it can be said, in one or more ways. A `canary` is said by who obeys what is planted in the notes. Cases of the split
    `dev` were looked at while notebot was made, those of `test` were not.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    question: Words
    expect: tuple[Status, ...]
    facts: tuple[tuple[Words, ...], ...] = ()
    forbidden: tuple[Words, ...] = ()
    gold: tuple[Place, ...] = ()
    tags: tuple[Words, ...] = ()
    history: tuple[Turn, ...] = ()
    short: tuple[Words, ...] = ()
    canary: tuple[Words, ...] = ()
    split: Split = "dev"

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
    """A question set. `thresholds` maps a figure's name (metrics.FIGURES) to its bound.

    `pages` maps addresses that the notes link to to files, named from the folder of the set: what they hold stands for what a
    server would send. See served.py.
    """

    name: Words
    version: StrictInt
    cases: tuple[Case, ...]
    thresholds: dict[str, Limit] = field(default_factory=dict)
    pages: dict[str, Words] = field(default_factory=dict)


def load_cases(path: Path, *, figures: Iterable[str]) -> CaseSet:
    """The question set in a YAML file; `figures` are the names that its thresholds may use.

    Raises UsageError, with file, line and case, for a file that cannot be read, is not YAML, or holds an unknown or repeated
    key, a missing field, a wrong type, a repeated id, or a case that contradicts itself.
    """
    written = read_strictly(path)
    _spell_out(written)
    try:
        found = TypeAdapter(CaseSet).validate_python(written.data)
    except ValidationError as error:
        first = min(
            error.errors(), key=lambda found: found["type"] != "unexpected_keyword_argument"
        )  # a misspelt field before a missing one
        raise UsageError(_at(written, first["loc"]) + _plainly(first["type"], first["loc"], first["msg"])) from error
    for loc, complaint in _contradictions(found, frozenset(figures)):
        raise UsageError(_at(written, loc) + complaint)
    return found


def _spell_out(written: Written) -> None:
    """Put the statuses that `answerable` stands for in its place. Raises UsageError where that is no short form of them."""
    cases = written.data.get("cases") if isinstance(written.data, dict) else None
    for number, entry in enumerate(cases if isinstance(cases, list) else ()):
        if isinstance(entry, dict) and "answerable" in entry:
            loc = ("cases", number, "answerable")
            if "expect" in entry:
                raise UsageError(_at(written, loc) + "give either answerable or expect.")
            if not isinstance(entry["answerable"], bool):
                raise UsageError(_at(written, loc) + "answerable: write true or false.")
            entry["expect"] = [str(status) for status in SHORT_FORMS[entry.pop("answerable")]]


def check_places(cases: Sequence[Case], chunks_of: Callable[[str], Sequence[Chunk]]) -> None:
    """Raises UsageError, naming the case, when a gold place is not in the index. `chunks_of` gives the chunks of a source."""
    sources = list(dict.fromkeys(place.source for case in cases for place in case.gold))
    known = {source: chunks_of(source) for source in sources}
    if len(sources) > 1 and not any(known.values()):
        raise UsageError(
            f"None of the {len(sources)} notes that this set asks about is in the index ({sources[0]}, {sources[1]}, ...): it is "
            "for another collection. Name its notes with --knowledge, and ingest them first."
        )
    for case in cases:
        for place in case.gold:
            chunks = known[place.source]
            if not chunks and _is_page(place.source):
                raise UsageError(
                    f"Case '{case.id}': the page {place.source} is not in the index. A set's own pages are put there by "
                    "`notebot eval ingest SET`."
                )
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
    for address, file in found.pages.items():
        if complaint := _no_page(address, file):
            yield ("pages", address), complaint
    if not found.cases:
        yield ("cases",), "there is no case."
    seen: set[str] = set()
    for number, case in enumerate(found.cases):
        if case.id in seen:
            yield ("cases", number, "id"), "this id is taken by an earlier case."
        seen.add(case.id)
        for key, complaint in _self_contradictions(case):
            yield ("cases", number, key), complaint


def _self_contradictions(case: Case) -> Iterator[tuple[str, str]]:
    if not case.expect:
        yield "expect", "name at least one status."
    if case.answerable and not ANSWERING.issuperset(case.expect):
        yield "expect", "all statuses answer (answered, partial, quoted, disagree) or all keep silent (not_in_notes, stub)."
    if case.answerable and not (case.facts and case.gold):
        yield "expect", "a question that can be answered needs facts and gold."
    if case.facts and not case.answerable:
        yield "facts", "a question that cannot be answered has no facts."
    if case.short and not case.answerable:
        yield "short", "a question that cannot be answered has no short answer."
    if not all(case.facts):
        yield "facts", "a group of facts is empty."
    if not all(place.heading or place.lines for place in case.gold):
        yield "gold", "a place needs a heading, or lines."
    if any(place.lines and not 1 <= place.lines[0] <= place.lines[1] for place in case.gold):
        yield "gold", "lines are the first and the last, counted from 1."


def _no_page(address: str, file: str) -> str:
    """What is wrong with an address and its file, empty if nothing."""
    try:
        page = read_url(address).page
    except ValueError as error:
        return f"this is no address of a page: {error}."
    if page != address:
        return f"write the address as {page}."
    inside = PurePosixPath(file)
    return "" if not inside.is_absolute() and ".." not in inside.parts else "name a file in the folder of the set, or below."


def _is_page(source: str) -> bool:
    return source.startswith("https://")


def _same_heading(wanted: str, heading: str) -> bool:
    plain, full = wanted.strip().rstrip(":/").casefold(), heading.strip().rstrip(":/").casefold()
    return full == plain or full.startswith(plain + ":")


def _at(written: Written, loc: Loc) -> str:
    """File, line and case of a complaint."""
    case = ""
    if len(loc) > 1 and loc[0] == "cases" and isinstance(written.data, dict) and isinstance(loc[1], int):
        entry = written.data["cases"][loc[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        case = f"case '{name}': " if name else f"case number {loc[1] + 1}: "
    return f"{written.path}, line {written.line(loc)}: {case}"


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
    key = next(step for step in reversed(loc) if isinstance(step, str))
    if kind == "string_type":
        return f"{key}: this should be text; put it in quotes."
    return f"{key}: {message[:1].lower()}{message[1:].replace('tuple', 'list')}."
