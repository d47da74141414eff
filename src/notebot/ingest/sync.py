"""Make the index equal to the notes and the pages they link to, working on changes only.

Words come first: what is read is stored at once and found by its words, vectors follow. Broken off at any point, the index is
usable, and the next run goes on from there.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from notebot.errors import NotesError
from notebot.fetch.client import Fetching, Request
from notebot.index.catalog import Reading, SourceRow
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter, text_hash
from notebot.ingest.changes import gone, is_news, read_note, refuse_to_empty, same, settled, without_notes
from notebot.ingest.chunking import CHUNKING_VERSION, chunk
from notebot.ingest.loaders import load
from notebot.ingest.pages import LinkRules, PageShelf, due
from notebot.ingest.sources import NoteFile, Scan, scan
from notebot.models.ports import Embedder, TokenEmbedder, Vectors
from notebot.states import IngestOptions, Problem, Progress, Summary
from notebot.types import Chunk, Document

_GROUP = 512  # chunks that are stored in one transaction
_BATCH = 16  # texts that are embedded together, and stored together
_AHEAD = 3  # batches at work at once, so that the embedder never waits for the disk; lost if the process is killed
_SHOW_EVERY = 2.0  # seconds after which vectors are made visible to searches while embedding goes on


@dataclass(frozen=True, slots=True)
class Stores:
    """What an ingest works on and with. `fetch` begins requests for pages."""

    catalog: CatalogWriter
    vectors: VectorIndex
    embedder: Embedder
    tokens: TokenEmbedder
    rules: LinkRules
    fetch: Callable[[Sequence[Request]], Fetching] = Fetching


@dataclass(slots=True)
class _Tally:
    """What has been done so far."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    embedded: int = 0
    fetched: int = 0
    failed: dict[str, str] = field(default_factory=dict)  # note to reason
    noticed: list[Problem] = field(default_factory=list)

    def problems(self) -> tuple[Problem, ...]:
        return (*(Problem(source, reason) for source, reason in sorted(self.failed.items())), *self.noticed)


@dataclass(frozen=True, slots=True)
class _Note:
    """A note that was read and waits to be stored."""

    document: Document
    chunks: list[Chunk]
    reading: Reading


@dataclass(frozen=True, slots=True)
class _Batch:
    """Texts that are being embedded, by the keys of their vectors; `ids` are of chunks that have them, the first of `source`."""

    ids: Sequence[str]
    source: str
    texts: dict[str, str]
    rows: Future[Vectors]


def sync(folders: Sequence[Path], stores: Stores, options: IngestOptions) -> Generator[Progress, None, Summary]:
    """Store what changed under `folders`, fetch the linked pages that are due, embed what is new; the summary is returned.

    A note is stored whole or not at all; one that cannot be read keeps what it had and is reported. Nothing is written if
    nothing changed. Closing the generator stops it; what was stored and embedded stays.
    Raises NotesError if a folder is missing, or is empty now and was not before (unless `options.allow_empty`).
    """
    started = time.monotonic()
    yield Progress("scanning", 0, 0)
    scanned = scan(folders)
    catalog = stores.catalog
    known = catalog.sources("note")
    if not options.allow_empty:
        refuse_to_empty(scanned, known)
    work = _Sync(stores, _Tally(failed={problem.source: problem.reason for problem in scanned.problems}))
    work.tally.noticed += [*scanned.warnings, *without_notes(scanned)]
    yield from work.follow_embedder(first=not known)
    anew = catalog.meta().get("chunking") != str(CHUNKING_VERSION)
    yield from work.read_changes(scanned.files, known, anew=anew)
    work.remove_gone(scanned, known)
    fetching = work.begin_fetching(options)
    try:
        yield from work.embed_and_fetch(fetching)
    finally:
        if fetching:
            fetching.close()
    work.settle_pages(options, anew=anew)
    yield from work.embed_and_fetch(None)
    work.finish(anew=anew)
    yield from stores.vectors.update(catalog)
    tally = work.tally
    return Summary(
        added=tally.added,
        changed=tally.changed,
        removed=tally.removed,
        unchanged=tally.unchanged,
        failed=len(tally.failed),
        chunks=catalog.chunk_count(),
        embedded=tally.embedded,
        fetched=tally.fetched,
        seconds=time.monotonic() - started,
        problems=tally.problems(),
    )


class _Sync:
    """One run: what it works with and what it has counted."""

    def __init__(self, stores: Stores, tally: _Tally) -> None:
        self.stores = stores
        self.catalog = stores.catalog
        self.tally = tally
        self.seen_again: dict[str, Reading] = {}
        self.pages = PageShelf(stores.catalog, stores.tokens, stores.rules)
        self.changed = False  # anything that a search could see

    # --- notes ----------------------------------------------------------------------------------------------------

    def follow_embedder(self, *, first: bool) -> Iterator[Progress]:
        """If the index was made with another embedder, embed its texts with this one, then change over in one step."""
        name = self.stores.embedder.name
        if self.catalog.meta().get("embedder") == name:
            return
        yield from self.embed_and_fetch(None)
        with self.catalog.transaction():
            self.catalog.set_meta({"embedder": name} | ({"chunking": str(CHUNKING_VERSION)} if first else {}))

    def read_changes(self, files: Sequence[NoteFile], known: dict[str, SourceRow], *, anew: bool) -> Iterator[Progress]:
        waiting: list[_Note] = []
        for number, file in enumerate(files):
            row = known.get(file.source)
            if row and not anew and settled(file, row):
                self.tally.unchanged += 1
                continue
            yield Progress("reading", number, len(files), file.source)
            note = self._read(file, row, anew=anew)
            if note:
                waiting.append(note)
            if sum(len(note.chunks) for note in waiting) >= _GROUP:
                self._store(waiting, known)
                waiting = []
        yield Progress("reading", len(files), len(files))
        self._store(waiting, known)

    def _read(self, file: NoteFile, row: SourceRow | None, *, anew: bool) -> _Note | None:
        """The note, if it has to be stored: it is new or says something else than before."""
        try:
            data, reading = read_note(file)
            if row and not anew and same(row, reading):
                self.tally.unchanged += 1
                self.seen_again[file.source] = reading
                return None
            document = load(file.source, data)
        except NotesError as error:
            self.tally.failed[file.source] = str(error)
            return None
        self.tally.noticed += [Problem(file.source, warning) for warning in document.warnings]
        return _Note(document, chunk(document, self.stores.tokens), reading)

    def _store(self, notes: Sequence[_Note], known: dict[str, SourceRow]) -> None:
        if not notes:
            return
        with self.catalog.transaction():
            for note in notes:
                self.catalog.put(note.document, note.chunks, note.reading)
        changed = sum(note.document.source in known for note in notes)
        self.tally.changed += changed
        self.tally.added += len(notes) - changed
        self.changed = True

    def remove_gone(self, scanned: Scan, known: dict[str, SourceRow]) -> None:
        """Take out what is gone and remember what failed, in one step."""
        failed = self.tally.failed
        lost = gone(scanned, known, failed)
        news = [source for source in failed if not source.endswith("/") and is_news(known.get(source), failed[source])]
        self.tally.removed = len(lost)
        touched = {source: reading for source, reading in self.seen_again.items() if reading.stamp != known[source].reading.stamp}
        self.changed |= bool(lost)
        if not (self.changed or news or touched):
            return
        with self.catalog.transaction(visible=bool(lost)):
            for source in lost:
                self.catalog.remove(source)
            for source in news:
                self.catalog.mark_failed(source, failed[source])
            for source, reading in (self.seen_again if self.changed else touched).items():
                self.catalog.note_reading(source, reading)

    # --- pages and vectors ----------------------------------------------------------------------------------------

    def begin_fetching(self, options: IngestOptions) -> Fetching | None:
        """Ask for the pages that are due, in the background; None if there are none."""
        if options.offline or not options.links:
            return None
        known, now = self.catalog.pages(), int(time.time())
        wanted = due(self.catalog.linked(), known, self.stores.rules, now=now, refresh=options.refresh)
        self.tally.fetched = len(wanted)
        return self.stores.fetch(wanted) if wanted else None

    def embed_and_fetch(self, fetching: Fetching | None) -> Iterator[Progress]:
        """Embed every text that has no vector yet, and store the pages that come meanwhile."""
        name, shown, done = self.stores.embedder.name, time.monotonic(), 0
        waiting = self.catalog.unembedded(name)
        running: deque[_Batch] = deque()
        with ThreadPoolExecutor(_AHEAD, thread_name_prefix="notebot-embed") as pool:
            try:
                while waiting or running or (fetching and fetching.left):
                    while waiting and len(running) < _AHEAD:
                        running.append(self._begin(pool, waiting[:_BATCH]))
                        waiting = waiting[_BATCH:]
                    if running:
                        batch = running[0]
                        left = len(waiting) + sum(len(other.texts) for other in running)
                        yield Progress("embedding", done, done + left, batch.source)
                        now = time.monotonic()
                        self._keep(running.popleft(), visible=now - shown > _SHOW_EVERY)
                        shown = now if now - shown > _SHOW_EVERY else shown
                        done += len(batch.texts)
                    elif fetching:
                        yield Progress("fetching", self.tally.fetched - fetching.left, self.tally.fetched)
                    if fetching and self._take_pages(fetching, wait=0 if running else 0.2):
                        begun = {chunk_id for batch in running for chunk_id in batch.ids}
                        waiting = [chunk_id for chunk_id in self.catalog.unembedded(name) if chunk_id not in begun]
            finally:
                while running:  # what was begun is nearly done: it is waited for, and not done again by the next run
                    if not (batch := running.popleft()).rows.cancel():
                        self._keep(batch, visible=False)
        if done:
            with self.catalog.transaction():  # the last vectors, seen by searches from here on
                pass

    def _begin(self, pool: ThreadPoolExecutor, ids: Sequence[str]) -> _Batch:
        chunks = list(self.catalog.chunks(ids).values())
        texts = {text_hash(chunk): chunk.indexed_text for chunk in chunks}
        return _Batch(ids, chunks[0].source, texts, pool.submit(self.stores.embedder.embed, list(texts.values())))

    def _keep(self, batch: _Batch, *, visible: bool) -> None:
        rows = batch.rows.result()
        with self.catalog.transaction(visible=visible):
            self.catalog.store_vectors(self.stores.embedder.name, list(batch.texts), rows)
        self.tally.embedded += len(batch.texts)

    def _take_pages(self, fetching: Fetching, *, wait: float) -> bool:
        """Whether there is text that was not there before."""
        new = False
        for response in fetching.results(wait):
            with self.catalog.transaction(visible=False):
                seen, reason = self.pages.take(response, now=int(time.time()))
                if seen:
                    self.catalog.grow_generation()
            new |= seen
            if reason:
                self.tally.noticed.append(Problem(response.page, reason))
        self.changed |= new
        return new

    def settle_pages(self, options: IngestOptions, *, anew: bool) -> None:
        """See to it that just the pages are in the index that are linked and may be; nothing is written if they are."""
        linked = list(self.catalog.linked())
        with self.catalog.transaction(visible=False):
            if self.pages.settle(linked if options.links else [], keep=linked, anew=anew):
                self.catalog.grow_generation()
                self.changed = True

    def finish(self, *, anew: bool) -> None:
        """Remember when and how the index was made."""
        if not (self.changed or anew or self.tally.embedded or "ingested_at" not in self.catalog.meta()):
            return
        with self.catalog.transaction(visible=False):
            self.catalog.prune_vectors(self.stores.embedder.name)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self.catalog.set_meta({"chunking": str(CHUNKING_VERSION), "ingested_at": now})
