"""Search by vector. Chroma holds a disposable copy of the catalog's vectors; this is the only module that imports it."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from notebot.errors import IndexBroken
from notebot.index.catalog import Catalog, Hit
from notebot.index.seal import seal_of
from notebot.index.writer import CatalogWriter
from notebot.models.ports import Vectors
from notebot.states import Progress

# Bump when what is stored in Chroma, or how, changes. Another format is rebuilt from the catalog.
CHROMA_FORMAT = "1"

_COLLECTION = "chunks"
_BATCH = 1000
_SPARE = 20  # candidates asked for beyond twice the limit: Chroma's search is approximate, the order is then made exact
_FEW = 1000  # vectors that are read from the catalog for one search; for more of them, all are kept at hand
_log = logging.getLogger(__name__)


class VectorIndex:
    """Nearest chunks by cosine. Follows what any process commits to the catalog. Safe to share between threads.

    Chroma answers while it is known to hold exactly what the catalog holds. While it does not (an ingest is at work,
    its files are damaged or gone) the catalog's own vectors are searched instead: slower, and the same answers.
    """

    def __init__(self, data: Path, catalog: Catalog, *, model: str, dimension: int) -> None:
        self._folder = data / "chroma"
        self._catalog = catalog
        self._identity: dict[str, str | int] = {"model": model, "dimension": dimension, "format": CHROMA_FORMAT}
        self._model = model
        self._lock = threading.RLock()
        self._store: _Store | None = None
        self._opened = self._failed = ("", "")  # the generation and seal that the store was opened for, or failed for
        self._matrix: tuple[str, list[str], Vectors] = ("", [], np.zeros((0, dimension), dtype=np.float32))

    def search(self, vector: Vectors, limit: int, *, among: Collection[str] | None = None) -> list[Hit]:
        """The `limit` chunks nearest to the unit vector [dimension], by cosine; ties by id. Only of the ids `among`, where given.

        Raises IndexBroken if the index was made with another embedding model.
        """
        with self._lock:
            meta = self._catalog.meta()
            made_with = meta.get("embedder", self._model)
            if made_with != self._model:
                raise IndexBroken(
                    f"The index was made with the embedder {made_with}, this run uses {self._model}. Run: notebot ingest"
                )
            if among is not None and len(among) <= _FEW:
                return _nearest(*self._catalog.vectors(self._model, list(among)), vector, limit)
            # Chroma filters slower than all vectors are compared.
            candidates = None if among is not None else self._from_chroma(meta, vector, 2 * limit + _SPARE)
            if candidates is not None:
                return _nearest(*self._catalog.vectors(self._model, candidates), vector, limit)
            return self._exact(meta.get("generation", ""), vector, limit, among)

    def close(self) -> None:
        """Let go of Chroma's files. Idempotent; a later search opens them again."""
        with self._lock:
            if self._store:
                self._store.close()
            self._store, self._opened = None, ("", "")

    def fault(self) -> str:
        """What is wrong with Chroma's copy, for a report; empty if nothing is. Reads all of it."""
        meta = self._catalog.meta()
        if not _holds_all(meta):
            return "it does not hold what the catalog holds: an ingest is at work or broke off"
        if seal_of(self._folder, thorough=True) != meta["chroma_seal"]:
            return "its files are damaged or missing"
        return ""

    # --- reading --------------------------------------------------------------------------------------------------

    def _from_chroma(self, meta: Mapping[str, str], vector: Vectors, count: int) -> list[str] | None:
        """About `count` ids near `vector`, or None if Chroma cannot be trusted now."""
        wanted = _expected(meta)
        if not _holds_all(meta) or wanted == self._failed:
            return None
        try:
            if self._store is None or self._opened != wanted:
                self._open(wanted)
            assert self._store is not None  # noqa: S101 - for the type checker: _open sets it or raises
            return self._store.nearest(vector, count)
        except _ChromaError as error:
            self.close()
            if _expected(self._catalog.meta()) == wanted:  # else an ingest began meanwhile, and nothing is wrong
                self._failed = wanted
                _log.warning("Chroma cannot be used (%s); searching the catalog instead. To repair, run: notebot ingest", error)
            return None

    def _open(self, wanted: tuple[str, str]) -> None:
        self.close()
        # Chroma reads its HNSW files without checking them, and damage there can end the process: look first.
        if seal_of(self._folder, thorough=False) != wanted[1].partition(":")[0]:
            raise _ChromaError("its files are damaged or missing")
        self._store = _Store(self._folder, self._identity, create=False)
        self._opened = wanted

    def _exact(self, generation: str, vector: Vectors, limit: int, among: Collection[str] | None) -> list[Hit]:
        if self._matrix[0] != generation:
            self._matrix = (generation, *self._catalog.vectors(self._model))
        _, ids, rows = self._matrix
        if among is not None:
            places = [place for place, chunk_id in enumerate(ids) if chunk_id in among]
            ids, rows = [ids[place] for place in places], rows[places]
        if len(ids) > 2 * limit + _SPARE:
            near = np.argpartition(-(rows @ vector), 2 * limit + _SPARE)[: 2 * limit + _SPARE]
            ids, rows = [ids[place] for place in near], rows[near]
        return _nearest(ids, rows, vector, limit)

    # --- writing --------------------------------------------------------------------------------------------------

    def update(self, writer: CatalogWriter) -> Iterator[Progress]:
        """Make Chroma hold what the catalog holds: by the difference if it can be trusted, else anew. Embeds nothing.

        Nothing is written if nothing differs. If Chroma fails, searches go on without it and the next update tries again.
        """
        meta = writer.meta()
        intact = bool(meta.get("chroma_seal")) and seal_of(self._folder, thorough=True) == meta["chroma_seal"]
        if intact and _holds_all(meta):
            return
        with writer.transaction(visible=False):
            writer.set_meta({"chroma_seal": ""})  # from here until it is verified, no process trusts Chroma
        with self._lock:
            self.close()
        try:
            churn = yield from self._write(writer, int(meta.get("chroma_churn", "0")) if intact else -1)
        except _ChromaError as error:
            _log.warning("Chroma could not be written (%s); searches use the catalog. The next ingest tries again.", error)
            return
        seal = seal_of(self._folder, thorough=True)
        with writer.transaction(visible=False):
            writer.set_meta({"chroma_seal": seal, "chroma_generation": str(writer.generation()), "chroma_churn": str(churn)})

    def _write(self, writer: CatalogWriter, churn: int) -> Generator[Progress, None, int]:
        """Change the store that is there, or make it anew if `churn` is negative or that fails; the new churn."""
        wanted = writer.chunk_ids()
        if churn >= 0:
            try:
                with closing(_Store(self._folder, self._identity, create=False)) as store:
                    there = set(store.ids())
                    gone = sorted(there.difference(wanted))
                    if churn + len(gone) <= max(_BATCH, len(wanted) // 2):  # HNSW keeps what is deleted, and finds worse for it
                        yield from self._add(store, writer, [chunk_id for chunk_id in wanted if chunk_id not in there])
                        store.delete(gone)
                        store.verify(wanted)
                        return churn + len(gone)
            except _ChromaError as error:
                _log.info("Chroma's copy cannot be changed (%s); making it anew", error)
        shutil.rmtree(self._folder, ignore_errors=True)
        with closing(_Store(self._folder, self._identity, create=True)) as store:
            yield from self._add(store, writer, wanted)
            store.verify(wanted)
        return 0

    def _add(self, store: _Store, writer: CatalogWriter, ids: Sequence[str]) -> Iterator[Progress]:
        size = min(_BATCH, store.max_batch)
        for start in range(0, len(ids), size):
            yield Progress("storing", start, len(ids))
            store.add(*writer.vectors(self._model, ids[start : start + size]))
        yield Progress("storing", len(ids), len(ids))


class _ChromaError(Exception):
    """Chroma failed, whatever it raised."""


@contextmanager
def _chroma_errors() -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, _ChromaError):
        raise
    except BaseException as error:  # a panic in Chroma's Rust core is no Exception
        raise _ChromaError(f"{type(error).__name__}: {error}") from error


class _Store:
    """One open Chroma collection."""

    def __init__(self, folder: Path, identity: Mapping[str, str | int], *, create: bool) -> None:
        with _chroma_errors():
            if create:
                folder.mkdir(mode=0o700, parents=True)
            import chromadb
            from chromadb.api.shared_system_client import SharedSystemClient

            # A client opened earlier in this process is kept by path, and does not see what other processes wrote since.
            SharedSystemClient.clear_system_cache()
            self._client = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
            self.max_batch = int(self._client.get_max_batch_size())
            self._size: int | None = None  # counting 100,000 vectors takes Chroma three times as long as finding the nearest
            try:
                self._collection = self._make(identity) if create else self._find(identity)
            except BaseException:
                self._client.close()
                raise

    def _make(self, identity: Mapping[str, str | int]) -> Any:
        configuration = {"hnsw": {"space": "cosine", "ef_search": 200}}
        return self._client.create_collection(
            _COLLECTION, embedding_function=None, metadata=dict(identity), configuration=configuration
        )

    def _find(self, identity: Mapping[str, str | int]) -> Any:
        collection = self._client.get_collection(_COLLECTION, embedding_function=None)
        if dict(collection.metadata or {}) != dict(identity):
            raise _ChromaError(f"it was made for {collection.metadata}")
        return collection

    def close(self) -> None:
        with _chroma_errors():
            self._client.close()

    def ids(self) -> list[str]:
        with _chroma_errors():
            return list(self._collection.get(include=[])["ids"])

    def add(self, ids: Sequence[str], rows: Vectors) -> None:
        with _chroma_errors():
            self._size = None
            self._collection.add(ids=list(ids), embeddings=rows)

    def delete(self, ids: Sequence[str]) -> None:
        with _chroma_errors():
            self._size = None
            for start in range(0, len(ids), _BATCH):
                self._collection.delete(ids=list(ids[start : start + _BATCH]))

    def nearest(self, vector: Vectors, count: int) -> list[str]:
        """`count` ids near `vector`, or all there are; about the nearest. Raises if there should have been more."""
        with _chroma_errors():
            if self._size is None:
                self._size = int(self._collection.count())
            count = min(count, self._size)
            if count == 0:
                return []
            found = self._collection.query(query_embeddings=vector[np.newaxis], n_results=count, include=[])["ids"][0]
            if len(found) < count:
                raise _ChromaError(f"{len(found)} of {count} vectors can be reached")
            return list(found)

    def verify(self, ids: Sequence[str]) -> None:
        """Raise unless exactly `ids` (sorted) are there and a search works."""
        if sorted(self.ids()) != list(ids):
            raise _ChromaError("it does not hold what was written to it")
        with _chroma_errors():
            for chunk_id in ids[:: max(1, len(ids) // 3)]:
                row = np.asarray(self._collection.get(ids=[chunk_id], include=["embeddings"])["embeddings"][0], dtype=np.float32)
                self.nearest(row, 10)


def _expected(meta: Mapping[str, str]) -> tuple[str, str]:
    """What Chroma has to hold, and how its files have to be."""
    return meta.get("generation", ""), meta.get("chroma_seal", "")


def _holds_all(meta: Mapping[str, str]) -> bool:
    return bool(meta.get("chroma_seal")) and meta.get("chroma_generation") == meta.get("generation")


def _nearest(ids: Sequence[str], rows: Vectors, vector: Vectors, limit: int) -> list[Hit]:
    """Exact cosines of a few rows. Rounded, so that the same pair gives the same number whatever stands beside it."""
    scores = (rows.astype(np.float64) @ vector.astype(np.float64)).round(6).tolist() if len(ids) else []
    best = sorted(zip(ids, scores, strict=True), key=lambda pair: (-pair[1], pair[0]))
    return [Hit(chunk_id, score) for chunk_id, score in best[:limit]]
