"""A question -> the passages that may answer it: words and vectors, fused."""

from __future__ import annotations

from notebot.index.catalog import Catalog, Hit
from notebot.index.vectors import VectorIndex
from notebot.models.ports import Embedder
from notebot.retrieve.fusion import fuse
from notebot.retrieve.question import asks_for, search_words
from notebot.types import Chunk, Passage

CANDIDATES = 60  # of each engine; more did not change the first ten in the measurements behind `fuse`

UNASKED_STUB = 0.3  # on the shipped questions, n = 79: MRR .912 without, .926 with .15, .940 with .3


class Retriever:
    """Searches one index. Safe to share between threads, as the catalog and the vector index are."""

    def __init__(self, catalog: Catalog, vectors: VectorIndex, embedder: Embedder) -> None:
        self.catalog = catalog
        self.vectors = vectors
        self.embedder = embedder

    def search(self, question: str, *, limit: int = 10) -> list[Passage]:
        """At most `limit` passages, best first, stubs among them. The same index and question give the same list."""
        vector = self.embedder.embed([question])[0]
        by_vector = self.vectors.search(vector, CANDIDATES)
        by_words = self.catalog.search_words(search_words(question), CANDIDATES)
        fused = fuse([by_words, by_vector], [1.0, 1.0])
        chunks = self.catalog.chunks(hit.chunk_id for hit in fused)  # one can leave the index between two reads
        ranked = sorted(
            (Hit(hit.chunk_id, _weighed(hit.score, chunks[hit.chunk_id], question)) for hit in fused if hit.chunk_id in chunks),
            key=lambda hit: (-hit.score, hit.chunk_id),
        )[:limit]
        ids, rows = self.catalog.vectors(self.embedder.name, [hit.chunk_id for hit in ranked])
        similarity = dict(zip(ids, (rows @ vector).tolist() if ids else [], strict=True))
        return [Passage(chunks[hit.chunk_id], hit.score, similarity.get(hit.chunk_id, 0.0)) for hit in ranked]


def _weighed(score: float, chunk: Chunk, question: str) -> float:
    """A heading with nothing under it answers only who asks for it by name; its few words are near to every question."""
    asked_for = not chunk.stub or not chunk.heading or asks_for(question, chunk.heading[-1])
    return score if asked_for else max(0.0, score - UNASKED_STUB)
