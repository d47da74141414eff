"""Make the index equal to the notes, working on changes only. Broken off at any point, it leaves a usable index behind."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from notebot.errors import NotesError
from notebot.index.catalog import Reading, SourceRow
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter, text_hash
from notebot.ingest.chunking import CHUNKING_VERSION, chunk
from notebot.ingest.loaders import load
from notebot.ingest.sources import SUFFIXES, NoteFile, Scan, read, scan
from notebot.models.ports import Embedder, TokenEmbedder
from notebot.types import Chunk, Document, Problem, Progress, Summary

_GROUP = 256  # new texts that are embedded before the notes they come from are stored
_BATCH = 32  # texts embedded between two looks at whether to stop, and lost if the process is killed
_RACY = 2_000_000_000  # nanoseconds: a file changed so shortly before it was read may have changed again unseen


@dataclass(slots=True)
class _Tally:
    """What has been done so far."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    embedded: int = 0
    failed: dict[str, str] = field(default_factory=dict)  # source to reason
    noticed: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Note:
    """A note that was read and waits to be stored."""

    document: Document
    chunks: list[Chunk]
    reading: Reading


def sync(
    folders: Sequence[Path], *, catalog: CatalogWriter, vectors: VectorIndex, embedder: Embedder, tokens: TokenEmbedder
) -> Generator[Progress, None, Summary]:
    """Read what changed under `folders`, embed the texts that are new, take out what is gone; the summary is returned.

    A note is stored whole or not at all; one that cannot be read keeps what it had and is reported. Nothing is written if
    nothing changed. Closing the generator stops it; what was embedded stays, and the next run goes on from there.
    Raises NotesError if a folder is missing, or is empty now and was not before.
    """
    started = time.monotonic()
    yield Progress("scanning", 0, 0)
    scanned = scan(folders)
    known = catalog.sources()
    _refuse_to_empty(scanned, known, catalog.folder)
    work = _Sync(catalog, embedder, tokens, _Tally(failed={problem.source: problem.reason for problem in scanned.problems}))
    work.tally.noticed += _without_notes(scanned)
    yield from work.follow_embedder(first=not known)
    anew = catalog.meta().get("chunking") != str(CHUNKING_VERSION)
    yield from work.read_changes(scanned.files, known, anew=anew)
    work.finish(scanned, known, anew=anew)
    yield from vectors.update(catalog)
    tally = work.tally
    return Summary(
        added=tally.added,
        changed=tally.changed,
        removed=tally.removed,
        unchanged=tally.unchanged,
        failed=len(tally.failed),
        chunks=catalog.chunk_count(),
        embedded=tally.embedded,
        fetched=0,
        seconds=time.monotonic() - started,
        problems=(*(Problem(source, reason) for source, reason in sorted(tally.failed.items())), *tally.noticed),
    )


def _refuse_to_empty(scanned: Scan, known: dict[str, SourceRow], data: Path) -> None:
    """A drive that is not mounted looks like a folder from which every note was deleted."""
    there = [file.source for file in scanned.files] + [problem.source for problem in scanned.problems]
    for prefix, root in scanned.roots:
        had = sum(source.startswith(prefix) for source in known)
        if had and not any(source.startswith(prefix) for source in there):
            raise NotesError(
                f"0 of {had} notes are still in {root}; the index was left as it is. Is its drive there? "
                f"If the notes are meant to be gone, move the folder {data} away and run: notebot ingest"
            )


def _without_notes(scanned: Scan) -> Iterator[Problem]:
    kinds = ", ".join(f"*{suffix}" for suffix in SUFFIXES)
    for prefix, root in scanned.roots:
        if not any(file.source.startswith(prefix) for file in scanned.files):
            yield Problem(prefix or ".", f"there are no notes ({kinds}) in {root}")


class _Sync:
    """One run: what it works with and what it has counted."""

    def __init__(self, catalog: CatalogWriter, embedder: Embedder, tokens: TokenEmbedder, tally: _Tally) -> None:
        self.catalog = catalog
        self.embedder = embedder
        self.tokens = tokens
        self.tally = tally
        self.seen_again: dict[str, Reading] = {}

    def follow_embedder(self, *, first: bool) -> Iterator[Progress]:
        """If the index was made with another embedder, embed its texts with this one, then change over in one step."""
        if self.catalog.meta().get("embedder") == self.embedder.name:
            return
        yield from self._embed(self.catalog.without_vector(self.embedder.name))
        with self.catalog.transaction():
            self.catalog.set_meta({"embedder": self.embedder.name} | ({"chunking": str(CHUNKING_VERSION)} if first else {}))

    def read_changes(self, files: Sequence[NoteFile], known: dict[str, SourceRow], *, anew: bool) -> Iterator[Progress]:
        waiting: list[_Note] = []
        for number, file in enumerate(files):
            row = known.get(file.source)
            if row and not anew and _settled(file, row):
                self.tally.unchanged += 1
                continue
            yield Progress("reading", number, len(files), file.source)
            note = self._read(file, row, anew=anew)
            if note:
                waiting.append(note)
            if sum(len(note.chunks) for note in waiting) >= _GROUP:
                yield from self._store(waiting, known)
                waiting = []
        yield Progress("reading", len(files), len(files))
        yield from self._store(waiting, known)

    def _read(self, file: NoteFile, row: SourceRow | None, *, anew: bool) -> _Note | None:
        """The note, if it has to be stored: it is new or says something else than before."""
        now = time.time_ns()
        try:
            data, stamp = read(file)
            reading = Reading(stamp, now, hashlib.sha256(data).hexdigest())
            if row and row.state == "indexed" and row.reading.sha256 == reading.sha256 and not anew:
                self.tally.unchanged += 1
                self.seen_again[file.source] = reading
                return None
            document = load(file.source, data)
        except NotesError as error:
            self.tally.failed[file.source] = str(error)
            return None
        self.tally.noticed += [Problem(file.source, warning) for warning in document.warnings]
        return _Note(document, chunk(document, self.tokens), reading)

    def _store(self, notes: Sequence[_Note], known: dict[str, SourceRow]) -> Iterator[Progress]:
        """Embed first, then swap: until the last vector is there, the index says what it said before."""
        if not notes:
            return
        yield from self._embed([chunk for note in notes for chunk in note.chunks])
        with self.catalog.transaction():
            for note in notes:
                self.catalog.put(note.document, note.chunks, note.reading)
        changed = sum(note.document.source in known for note in notes)
        self.tally.changed += changed
        self.tally.added += len(notes) - changed

    def _embed(self, chunks: Sequence[Chunk]) -> Iterator[Progress]:
        """Embed the texts that the cache lacks, in batches of like length, and keep each batch at once."""
        texts = {text_hash(chunk): chunk.indexed_text for chunk in chunks}
        cached = self.catalog.embedded(self.embedder.name, texts)
        missing = sorted((key for key in texts if key not in cached), key=lambda key: (len(texts[key]), key))
        for start in range(0, len(missing), _BATCH):
            yield Progress("embedding", start, len(missing))
            keys = missing[start : start + _BATCH]
            rows = self.embedder.embed([texts[key] for key in keys])
            with self.catalog.transaction(visible=False):
                self.catalog.store_vectors(self.embedder.name, keys, rows)
            self.tally.embedded += len(keys)

    def finish(self, scanned: Scan, known: dict[str, SourceRow], *, anew: bool) -> None:
        """Take out what is gone and remember what failed, in one step."""
        failed = self.tally.failed
        there = {file.source for file in scanned.files}.union(failed)
        gone = [source for source in known if source not in there and not source.startswith(tuple(scanned.unread))]
        news = [source for source in failed if not source.endswith("/") and _is_news(known.get(source), failed[source])]
        self.tally.removed = len(gone)
        touched = {source: reading for source, reading in self.seen_again.items() if reading.stamp != known[source].reading.stamp}
        worked = bool(gone or self.tally.added or self.tally.changed or anew)
        if not (worked or news or touched):
            return
        with self.catalog.transaction(visible=bool(gone)):
            for source in gone:
                self.catalog.remove(source)
            for source in news:
                self.catalog.mark_failed(source, failed[source])
            for source, reading in (self.seen_again if worked else touched).items():
                self.catalog.note_reading(source, reading)
            if worked:
                self.catalog.prune_vectors(self.embedder.name)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self.catalog.set_meta({"chunking": str(CHUNKING_VERSION), "ingested_at": now})


def _is_news(row: SourceRow | None, reason: str) -> bool:
    return row is None or row.state != "failed" or row.reason != reason


def _settled(file: NoteFile, row: SourceRow) -> bool:
    """Whether the file can be taken as unchanged without reading it."""
    return row.state == "indexed" and row.reading.stamp == file.stamp and file.changed_at < row.reading.read_at - _RACY
