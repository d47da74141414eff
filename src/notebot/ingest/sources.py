"""Walk the notes folders: which files are notes, what they are called, and which could not be looked at.

What is read lies inside the folders, also if somebody swaps a folder for a link meanwhile. A hard link is read where it is:
it is a name of its file like any other, and only who may read the file can have made it.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from notebot.errors import NotesError
from notebot.states import Problem

SUFFIXES = (".md", ".markdown", ".txt", ".rst", ".org", ".html", ".htm", ".ipynb", ".pdf", ".docx", ".pptx", ".xlsx")
LARGEST = 10_000_000  # bytes
# Besides everything whose name begins with a dot, and what office programs leave beside an open document.
_NOT_NOTES = frozenset({"node_modules", "__pycache__", "site-packages", "__MACOSX", "$RECYCLE.BIN", "lost+found"})
_NOT_BEGINNINGS = (".", "~$")
# How sync programs mark a file whose content is elsewhere: by a suffix, or by a flag of macOS or Windows.
_PLACEHOLDERS = (".icloud", ".nextcloud", ".owncloud")
_AWAY = "is a placeholder, its content is in the cloud only; download it first"
_DATALESS = 0x40000000
_RECALL = stat.FILE_ATTRIBUTE_OFFLINE | 0x400000 | 0x40000  # recall on data access, recall on open
_READ_AGAIN = 3  # times a file that changes while it is read


@dataclass(frozen=True, slots=True)
class NoteFile:
    """A file to read. `source` is its name in the index; `stamp` changes when the file does. It is below `root`.

    Times are in nanoseconds.
    """

    source: str
    path: Path
    stamp: str
    changed_at: int
    root: Path


@dataclass(slots=True)
class Scan:
    """What a walk found: the notes, and under `unread` the beginnings of names that could not be looked at this time.

    `problems` are of what is not among the notes, `warnings` of what is.
    """

    files: list[NoteFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
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
    found.warnings += _twins(found.files)
    return found


def is_note_name(name: str) -> bool:
    """Whether a file of this name, without its folders, is a note, as far as a name says."""
    return _is_wanted(name) and name.lower().endswith(SUFFIXES)


def _is_wanted(name: str) -> bool:
    return not name.startswith(_NOT_BEGINNINGS) and name not in _NOT_NOTES


def file_of(source: str, folders: Sequence[Path]) -> Path | None:
    """Where the note that the index calls `source` lies; None if it lies in none of `folders`. Raises as `scan` does."""
    for prefix, root in _named(folders):
        path = Path(os.path.normpath(root / source.removeprefix(prefix)))
        if source.startswith(prefix) and path != root and path.is_relative_to(root):
            return path
    return None


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
            before, data, after = _read_once(file)
            if before == after:
                break
    except OSError as error:
        raise NotesError(f"could not be read: {error.strerror or error}") from error
    return data, before


def _read_once(file: NoteFile) -> tuple[str, bytes, str]:
    descriptor = _opened(file)
    with os.fdopen(descriptor, "rb") as opened:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("it is not a regular file")
        data = opened.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise OSError(_too_large(len(data)))
        return _stamp(status), data, _stamp(os.fstat(descriptor))


def _opened(file: NoteFile) -> int:
    """A descriptor of the file, reached folder by folder from the root without following a link on the way."""
    # Without O_NONBLOCK a pipe that took the place of a file would hold us for ever.
    reading = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    if sys.platform == "win32":  # no folders by descriptor there, and links only for administrators
        if file.path.resolve() != file.path:
            raise OSError("a link took the place of it or of its folder")
        return os.open(file.path, reading | os.O_BINARY)
    *folders, name = file.path.relative_to(file.root).parts
    here = os.open(file.root, reading | os.O_DIRECTORY)
    try:
        for folder in folders:
            below = os.open(folder, reading | os.O_DIRECTORY, dir_fd=here)
            os.close(here)
            here = below
        return os.open(name, reading, dir_fd=here)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise OSError("a link took the place of it or of its folder") from error
        raise
    finally:
        os.close(here)


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
            if entry.name.endswith(_PLACEHOLDERS):
                _miss(entry.name, name, found)
            elif not _is_wanted(entry.name):
                continue
            elif entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), f"{name}{entry.name}/"))
            elif entry.name.lower().endswith(SUFFIXES):
                _take(entry, root, f"{name}{entry.name}", found)


def _miss(name: str, folder: str, found: Scan) -> None:
    """A note that is elsewhere keeps what it had, under the name that it has when it is here."""
    note = name.rpartition(".")[0].removeprefix(".")
    if is_note_name(note):
        found.problems.append(Problem(_shown(f"{folder}{note}"), _AWAY))


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
        else:
            status = (
                entry.stat(follow_symlinks=False) if sys.platform != "win32" else path.stat()
            )  # an entry lacks the inode there
        source.encode()
        reason = reason or _unfit(status)
    except UnicodeEncodeError:
        reason = "its name is not valid UTF-8; rename it"
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        reason = f"could not be looked at: {getattr(error, 'strerror', None) or 'the link leads to itself'}"
    if reason:
        found.problems.append(Problem(_shown(source), reason))
    else:
        found.files.append(NoteFile(source, path, _stamp(status), max(status.st_mtime_ns, status.st_ctime_ns), root))


def _unfit(status: os.stat_result) -> str:
    """Why a file of this status is not read, or ""."""
    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file"
    if status.st_size > LARGEST:
        return _too_large(status.st_size)
    away = getattr(status, "st_flags", 0) & _DATALESS or getattr(status, "st_file_attributes", 0) & _RECALL
    return _AWAY if away else ""


def _twins(files: Sequence[NoteFile]) -> Iterator[Problem]:
    """Notes whose names look the same and are not: their accents are composed in one and apart in the other."""
    first: dict[str, str] = {}
    for file in files:
        if not file.source.isascii():
            other = first.setdefault(unicodedata.normalize("NFC", file.source), file.source)
            if other != file.source:
                yield Problem(file.source, "another note has the same name, with its accents encoded otherwise; both were read")


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def _too_large(size: int) -> str:
    return f"has {size / 1e6:,.1f} MB; notes of up to {LARGEST / 1e6:.0f} MB are read"


def _shown(source: str) -> str:
    return source.encode("utf-8", "backslashreplace").decode()
