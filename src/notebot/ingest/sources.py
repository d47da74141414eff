"""Walk the notes folders: which files are notes, what they are called, and which could not be looked at."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from notebot.errors import NotesError
from notebot.types import Problem

SUFFIXES = (".md", ".markdown", ".txt")
LARGEST = 10_000_000  # bytes
_NOT_NOTES = frozenset({"node_modules", "__pycache__"})  # besides everything whose name begins with a dot
_READ_AGAIN = 3  # times a file that changes while it is read


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file to read. `source` is its name in the index; `stamp` changes when the file does; times are in nanoseconds."""

    source: str
    path: Path
    stamp: str
    changed_at: int


@dataclass(slots=True)
class Scan:
    """What a walk found: the notes, and under `unread` the beginnings of names that could not be looked at this time."""

    files: list[NoteFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    roots: list[tuple[str, Path]] = field(default_factory=list)


def scan(folders: Sequence[Path]) -> Scan:
    """Every note under `folders`, sorted by name. Raises NotesError if a folder is missing or is none.

    With one folder a source is its path relative to it; with several, the folder's name comes first, made unique.
    Symbolic links to folders are not followed: what is inside `folders` is read at its own place. Links to files are,
    unless they lead out.
    """
    found = Scan(roots=_named(folders))
    for prefix, root in found.roots:
        _walk(root, root, prefix, found)
    found.files.sort(key=lambda file: file.source)
    return found


def check_folders(folders: Sequence[Path]) -> None:
    """Raise NotesError if one of the folders is missing, is none, or cannot be looked at."""
    _named(folders)


def read(file: NoteFile) -> tuple[bytes, str]:
    """The content of `file` and the stamp of what was read. Raises NotesError with the reason.

    A file that is written meanwhile is read again; if it never settles, the stamp is one that the file no longer has,
    so that the next ingest looks again.
    """
    try:
        for _ in range(_READ_AGAIN):
            before, data, after = _read_once(file.path)
            if before == after:
                break
    except OSError as error:
        raise NotesError(f"could not be read: {error.strerror or error}") from error
    return data, before


def _read_once(path: Path) -> tuple[str, bytes, str]:
    # Without O_NONBLOCK a pipe that took the place of a file would hold us for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a regular file")
        data = opened.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise OSError(_too_large(len(data)))
        return _stamp(status), data, _stamp(os.fstat(descriptor))


def _named(folders: Sequence[Path]) -> list[tuple[str, Path]]:
    """Each folder once, with what its sources' names begin with. A folder inside another one is read as part of that."""
    roots = list(dict.fromkeys(_checked(folder) for folder in folders))
    roots = [root for root in roots if not any(other != root and root.is_relative_to(other) for other in roots)]
    if len(roots) == 1:
        return [("", roots[0])]
    named: dict[str, Path] = {}
    for root in roots:
        name, number = root.name or "root", 2
        while f"{name}/" in named:
            name, number = f"{root.name}-{number}", number + 1
        named[f"{name}/"] = root
    return list(named.items())


def _checked(folder: Path) -> Path:
    try:
        if folder.is_dir():
            return folder.resolve()
        there = folder.exists()
    except OSError as error:
        raise NotesError(f"The notes folder {folder} cannot be read ({error.strerror}). Check its permissions.") from error
    if there:
        raise NotesError(f"{folder} is a file, not a folder of notes. Name the folder it is in: --knowledge {folder.parent}")
    raise NotesError(
        f"The notes folder {folder} does not exist. Make it and put notes in it, or name another one: --knowledge FOLDER"
    )


def _walk(folder: Path, root: Path, prefix: str, found: Scan) -> None:
    waiting = [(folder, prefix)]  # a list, not recursion: folders can be nested deeper than Python's stack
    while waiting:
        here, name = waiting.pop()
        try:
            with os.scandir(here) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            if here == root:
                raise NotesError(f"The notes folder {root} cannot be read ({error.strerror}). Check its permissions.") from error
            found.unread.append(name)
            found.problems.append(Problem(_shown(name), f"the folder could not be read: {error.strerror}"))
            continue
        for entry in entries:
            if entry.name.startswith(".") or entry.name in _NOT_NOTES:
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), f"{name}{entry.name}/"))
            elif entry.name.lower().endswith(SUFFIXES):
                _take(entry, root, f"{name}{entry.name}", found)


def _take(entry: os.DirEntry[str], root: Path, source: str, found: Scan) -> None:
    reason = ""
    path = Path(entry.path)
    try:
        if entry.is_symlink():
            path = path.resolve(strict=True)
            reason = "" if path.is_relative_to(root) else "is a link that leads out of the notes folder, and was not followed"
            if path.is_dir():
                return
        status = path.stat(follow_symlinks=False)
        if not reason and not stat.S_ISREG(status.st_mode):
            reason = "is not a regular file"
        elif not reason and status.st_size > LARGEST:
            reason = _too_large(status.st_size)
        source.encode()
    except UnicodeEncodeError:
        reason = "its name is not valid UTF-8; rename it"
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        reason = f"could not be looked at: {getattr(error, 'strerror', None) or 'the link leads to itself'}"
    if reason:
        found.problems.append(Problem(_shown(source), reason))
    else:
        found.files.append(NoteFile(source, path, _stamp(status), max(status.st_mtime_ns, status.st_ctime_ns)))


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def _too_large(size: int) -> str:
    return f"has {size / 1e6:,.1f} MB; notes of up to {LARGEST / 1e6:.0f} MB are read"


def _shown(source: str) -> str:
    return source.encode("utf-8", "backslashreplace").decode()
