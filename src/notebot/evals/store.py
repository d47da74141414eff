"""A run on disk: a folder with its manifest, one line of JSON for each case, and what was made of them.

manifest.json   everything that determines the run
cases.jsonl     an outcome a line, written as it comes; of two lines for the same case the later counts
report.json     figures and cases for programs, once the run has come to its end (report.md and junit.xml beside it)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TextIO

from pydantic import TypeAdapter, ValidationError

from notebot.errors import UsageError
from notebot.evals.manifest import Manifest
from notebot.evals.outcome import Outcome, from_line, to_line

MANIFEST, CASES, ENDED = "manifest.json", "cases.jsonl", "ended.json"


@dataclass(frozen=True, slots=True)
class Ending:
    """When a run ended, ISO 8601 in UTC, and the most memory of the process that ended it, in MB."""

    ended: str
    peak_mb: float | None


_FORM = TypeAdapter(Manifest)
_END = TypeAdapter(Ending)


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands on disk, each case once for each repeat, in the order in which they were first asked."""

    folder: Path
    manifest: Manifest
    outcomes: tuple[Outcome, ...]
    ending: Ending | None = None


class Keeper:
    """Writes the outcomes of one run, each before the next question is asked."""

    def __init__(self, folder: Path, file: TextIO) -> None:
        self.folder = folder
        self._file = file

    @classmethod
    def begin(cls, folder: Path, manifest: Manifest) -> Self:
        """A new run. Raises UsageError where one is there already."""
        if (folder / MANIFEST).exists():
            raise UsageError(f"There is a run in {folder} already. Go on with it (--resume), or name another folder.")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST).write_bytes(_FORM.dump_json(manifest, indent=2) + b"\n")
        return cls.go_on(folder)

    @classmethod
    def go_on(cls, folder: Path) -> Self:
        """The run that is in the folder. A line that was torn when it was stopped is cut off."""
        path = folder / CASES
        path.touch()
        whole = path.read_bytes()
        end = whole.rfind(b"\n") + 1
        if end < len(whole):
            with path.open("r+b") as torn:
                torn.truncate(end)
        return cls(folder, path.open("a", encoding="ascii", newline="\n"))

    def add(self, outcome: Outcome) -> None:
        """Write an outcome through to the system."""
        self._file.write(to_line(outcome) + "\n")
        self._file.flush()

    def put_in_order(self, outcomes: Sequence[Outcome]) -> None:
        """Write all of a run anew, in this order: questions that are asked side by side end in any."""
        self._file.close()
        write_whole(self.folder / CASES, "".join(to_line(outcome) + "\n" for outcome in outcomes))
        self._file = (self.folder / CASES).open("a", encoding="ascii", newline="\n")

    def end(self, ending: Ending) -> None:
        """The run has come to its end."""
        write_whole(self.folder / ENDED, _END.dump_json(ending).decode("ascii") + "\n")

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_run(folder: Path) -> Run:
    """The run in a folder. Raises UsageError where there is none, or one that this version cannot read."""
    try:
        manifest = _FORM.validate_json((folder / MANIFEST).read_bytes())
        lines = (folder / CASES).read_text(encoding="ascii").split("\n")
    except FileNotFoundError as error:
        raise UsageError(f"There is no run in {folder}. See those that there are: notebot eval runs") from error
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise UsageError(f"The run in {folder} cannot be read: {str(error).splitlines()[0]}.") from error
    found: dict[tuple[str, int], Outcome] = {}
    for number, line in enumerate(lines[:-1], 1):  # what follows the last end of a line was torn
        try:
            outcome = from_line(line)
        except UsageError as error:
            raise UsageError(f"{folder / CASES}, line {number}: {error}") from error
        found[outcome.key] = outcome
    return Run(folder, manifest, tuple(found.values()), _ending(folder))


def _ending(folder: Path) -> Ending | None:
    try:
        return _END.validate_json((folder / ENDED).read_bytes())
    except (OSError, ValidationError):
        return None


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    scratch = path.with_name(f".{path.name}.part")
    scratch.write_text(text, encoding="utf-8", newline="\n")
    scratch.replace(path)


def runs(home: Path) -> Iterator[Path]:
    """The folders of the runs in `home`, the oldest first."""
    found = [path.parent for path in home.glob(f"*/{MANIFEST}")]
    yield from sorted(found, key=lambda folder: (read_manifest(folder).started, folder.name))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a run alone. Raises UsageError."""
    try:
        return _FORM.validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise UsageError(f"The run in {folder} cannot be read: {str(error).splitlines()[0]}.") from error


def named(name: str, home: Path) -> Path:
    """The folder that a person means: a path, the name of a run in `home`, or `last`. Raises UsageError."""
    if (Path(name) / MANIFEST).is_file():
        return Path(name)
    if name == "last" and (there := list(runs(home))):
        return there[-1]
    if re.fullmatch(r"[\w.@-]+", name) and (home / name / MANIFEST).is_file():
        return home / name
    raise UsageError(f"There is no run '{name}', neither here nor in {home}. See those that there are: notebot eval runs")


def fresh_folder(home: Path, name: str) -> Path:
    """A folder for a run that begins now: the set's name and the time."""
    stem = f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-') or 'set'}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    taken = (home / f"{stem}{end}" for end in ["", *(f"-{number}" for number in range(2, 1000))])
    return next(folder for folder in taken if not folder.exists())


def unfinished(home: Path, manifest: Manifest) -> Path | None:
    """The latest run in `home` of the same set and the same selection that has not come to its end."""
    same = (manifest.name, manifest.set_digest, manifest.how)
    for folder in reversed(list(runs(home))):
        before = read_manifest(folder)
        if not (folder / ENDED).exists() and (before.name, before.set_digest, before.how) == same:
            return folder
    return None


def check_same(before: Manifest, now: Manifest, folder: Path) -> None:
    """Raises UsageError where a run cannot go on because something that matters is no longer as it was."""
    changed: Sequence[str] = before.asker.differences(now.asker)
    if before.set_digest != now.set_digest:
        changed = ["the question set", *changed]
    if before.how != now.how:
        changed = ["which cases are asked", *changed]
    if changed:
        raise UsageError(f"The run in {folder} cannot go on: since it began, {', '.join(changed)} changed. Begin a new one.")
