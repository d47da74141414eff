"""A notes folder, a quick embedder, and what an index says, in a form that two builds can be compared by."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from fakes import FakeWeb
from notebot.index.catalog import Catalog
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter
from notebot.ingest.pages import LinkRules
from notebot.ingest.sync import Stores, sync
from notebot.models.ports import TokenVectors, Vectors
from notebot.states import NORMAL, IngestOptions, Progress, Summary
from notebot.types import Chunk


@dataclass
class HashEmbedder:
    """An Embedder and TokenEmbedder that costs nothing: a text's vector is the sum of its words' hashes."""

    name: str = "hash@1"
    dimension: int = 16
    embedded: list[str] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vectors:
        words = re.findall(r"\w+", text.lower()) or ["nothing"]
        seeds = [hashlib.sha256(f"{self.name} {word}".encode()).digest()[: self.dimension] for word in words]
        row = np.sum([np.frombuffer(seed, dtype=np.uint8) - 127.5 for seed in seeds], axis=0).astype(np.float32)
        return row / np.linalg.norm(row)

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+|[^\w\s]", text))

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        raise AssertionError("an ingest needs none")


@dataclass
class Desk:
    """A folder of notes, the index made from it, the embedder that made it, and the web as far as it answers."""

    notes: Path
    data: Path
    embedder: HashEmbedder = field(default_factory=HashEmbedder)
    web: FakeWeb = field(default_factory=FakeWeb)
    rules: LinkRules = LinkRules()  # noqa: RUF009 - frozen

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.notes / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def ingest(self, *folders: Path, stop_after: int | None = None, options: IngestOptions = NORMAL) -> Summary:
        """Run an ingest to its end, or close it after some steps."""
        with CatalogWriter.open(self.data, rebuild=options.rebuild) as catalog, closing(self.vectors(catalog)) as vectors:
            steps = sync(folders or (self.notes,), self.stores(catalog, vectors), options)
            self.steps: list[Progress] = []
            while True:
                try:
                    self.steps.append(next(steps))
                except StopIteration as end:
                    return end.value
                if len(self.steps) == stop_after:
                    steps.close()
                    raise InterruptedError

    def stores(self, catalog: CatalogWriter, vectors: VectorIndex) -> Stores:
        return Stores(catalog, vectors, self.embedder, self.embedder, self.rules, self.web.fetch)

    def vectors(self, catalog: Catalog) -> VectorIndex:
        return VectorIndex(self.data, catalog, model=self.embedder.name, dimension=self.embedder.dimension)

    def search(self, words: str, limit: int = 5) -> list[str]:
        """The texts that a vector search finds, best first."""
        with Catalog.open(self.data) as catalog, closing(self.vectors(catalog)) as vectors:
            hits = vectors.search(self.embedder.embed([words])[0], limit)
            chunks = catalog.chunks(hit.chunk_id for hit in hits)
            return [chunks[hit.chunk_id].text for hit in hits]

    def says(self, word: str) -> list[str]:
        """The sources of the chunks that have `word`."""
        with Catalog.open(self.data) as catalog:
            hits = catalog.search_words([word], 50)
            return sorted({chunk.source for chunk in catalog.chunks(hit.chunk_id for hit in hits).values()})

    def everything(self) -> list[object]:
        """All that the index says, vectors and word rows included, and that Chroma holds just that."""
        with Catalog.open(self.data) as catalog, closing(self.vectors(catalog)) as vectors:
            assert vectors.fault() == ""
            sources = [*catalog.sources("note"), *catalog.sources("page")]
            chunks = [timeless(chunk) for source in sources for chunk in catalog.chunks_of(source)]
            ids, rows = catalog.vectors(self.embedder.name)
            vector = {chunk_id: hashlib.sha256(row.tobytes()).hexdigest() for chunk_id, row in zip(ids, rows, strict=True)}
            states = [(row.source, row.state, row.reason) for row in catalog.sources().values()]
            states += [(row.page, row.state, row.same_as) for row in catalog.pages().values()]
        with closing(sqlite3.connect(self.data / "catalog.db")) as connection:
            words = connection.execute(
                "SELECT c.chunk_id, w.heading, w.body FROM chunk_words w LEFT JOIN chunks c ON c.id = w.rowid"
            )
            said = {row[0]: row[1:] for row in words}
        assert set(said) == set(vector) == {chunk.id for chunk in chunks}
        return [*states, *((chunk, vector[chunk.id], said[chunk.id]) for chunk in chunks)]

    def built_anew(self, data: Path) -> list[object]:
        clean = Desk(self.notes, data, HashEmbedder(self.embedder.name, self.embedder.dimension), self.web, self.rules)
        clean.ingest()
        return clean.everything()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "notes").mkdir()
    return Desk(tmp_path / "notes", tmp_path / "data")


def timeless(chunk: Chunk) -> Chunk:
    return replace(chunk, page=replace(chunk.page, fetched_at="")) if chunk.page else chunk


def texts(chunks: Iterable[object]) -> list[str]:
    return [chunk.text for chunk in chunks]
