"""Which notes are not as they were when they were last read."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping

from notebot.errors import NotesError
from notebot.index.catalog import Reading, SourceRow
from notebot.ingest.sources import SUFFIXES, NoteFile, Scan, read
from notebot.states import Problem

_RACY = 2_000_000_000  # nanoseconds: a file changed so shortly before it was read may have changed again unseen


def refuse_to_empty(scanned: Scan, known: Mapping[str, SourceRow]) -> None:
    """Raise NotesError if a folder that had notes has none: a drive that is not mounted looks just so."""
    there = [file.source for file in scanned.files] + [problem.source for problem in scanned.problems]
    for prefix, root in scanned.roots:
        had = sum(source.startswith(prefix) for source in known)
        if had and not any(source.startswith(prefix) for source in there):
            raise NotesError(
                f"0 of {had} notes are still in {root}; the index was left as it is. Is its drive there? "
                "If the notes are meant to be gone, run: notebot ingest --allow-empty"
            )


def without_notes(scanned: Scan) -> Iterator[Problem]:
    """A remark for each folder that has no notes."""
    kinds = ", ".join(f"*{suffix}" for suffix in SUFFIXES)
    for prefix, root in scanned.roots:
        if not any(file.source.startswith(prefix) for file in scanned.files):
            yield Problem(prefix or ".", f"there are no notes ({kinds}) in {root}")


def read_note(file: NoteFile) -> tuple[bytes, Reading]:
    """The content of `file`, and how it was. Raises NotesError."""
    now = time.time_ns()
    data, stamp = read(file)
    return data, Reading(stamp, now, hashlib.sha256(data).hexdigest())


def same(row: SourceRow, reading: Reading) -> bool:
    """Whether the note says what it said before."""
    return row.state == "indexed" and row.reading.sha256 == reading.sha256


def gone(scanned: Scan, known: Iterable[str], failed: Iterable[str]) -> list[str]:
    """The notes that are no longer there; one that could not be looked at may still be."""
    there = {file.source for file in scanned.files}.union(failed)
    return [source for source in known if source not in there and not source.startswith(tuple(scanned.unread))]


def is_news(row: SourceRow | None, reason: str) -> bool:
    """Whether this failure was not known."""
    return row is None or row.state != "failed" or row.reason != reason


def settled(file: NoteFile, row: SourceRow) -> bool:
    """Whether the file can be taken as unchanged without reading it."""
    return row.state == "indexed" and row.reading.stamp == file.stamp and file.changed_at < row.reading.read_at - _RACY
