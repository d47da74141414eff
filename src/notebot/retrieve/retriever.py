"""A question -> the passages that may answer it: words and vectors, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notebot.index.catalog import Catalog, Hit
from notebot.index.vectors import VectorIndex
from notebot.models.ports import Embedder, Vectors
from notebot.retrieve.fusion import fuse
from notebot.retrieve.question import asks_for, search_words
from notebot.retrieve.ranking import Ranked, distinct, prefer_notes
from notebot.types import Chunk, Passage

CANDIDATES = 60  # of each engine; more did not change the first ten in the measurements behind `fuse`
MOST_CANDIDATES = CANDIDATES * 64

UNASKED_STUB = 0.3  # on the shipped questions, n = 79: MRR .912 without, .926 with .15, .940 with .3


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Passages best first, and how many more were found that are copies of them."""

    passages: Sequence[Ranked]
    copies: int


class Retriever:
    """Searches one index. Safe to share between threads, as the catalog and the vector index are."""

    def __init__(self, catalog: Catalog, vectors: VectorIndex, embedder: Embedder) -> None:
        self.catalog = catalog
        self.vectors = vectors
        self.embedder = embedder

    def search(self, question: str, *, limit: int = 10) -> list[Passage]:
        """At most `limit` passages, best first, stubs among them, each text once. The same index and question, the same list."""
        vector = self.embedder.embed([question])[0]
        ranked, candidates = self._ranked(question, vector, CANDIDATES), CANDIDATES
        while ranked.copies and len(ranked.passages) < limit and candidates < MOST_CANDIDATES:
            candidates *= 8  # the same text in a thousand files must not hide all else
            ranked = self._ranked(question, vector, candidates)
        chosen = ranked.passages[:limit]
        similarity = self._similarities([chunk for _, chunk in chosen], vector)
        return [Passage(chunk, hit.score, similarity[hit.chunk_id]) for hit, chunk in chosen]

    def _similarities(self, chunks: Sequence[Chunk], vector: Vectors) -> dict[str, float]:
        """The cosine of each with the question. What only words find yet, while the index is being built, is embedded here."""
        ids, rows = self.catalog.vectors(self.embedder.name, [chunk.id for chunk in chunks])
        known = dict(zip(ids, (rows @ vector).tolist() if ids else [], strict=True))
        rest = [chunk for chunk in chunks if chunk.id not in known]
        fresh = (self.embedder.embed([chunk.indexed_text for chunk in rest]) @ vector).tolist() if rest else []
        return known | {chunk.id: cosine for chunk, cosine in zip(rest, fresh, strict=True)}

    def _ranked(self, question: str, vector: Vectors, candidates: int) -> _Ranking:
        by_vector = self.vectors.search(vector, candidates)
        by_words = self.catalog.search_words(search_words(question), candidates)
        fused = fuse([by_words, by_vector], [1.0, 1.0])
        chunks = self.catalog.chunks(hit.chunk_id for hit in fused)  # one can leave the index between two reads
        found = [
            (Hit(hit.chunk_id, _weighed(hit.score, chunks[hit.chunk_id], question)), chunks[hit.chunk_id])
            for hit in fused
            if hit.chunk_id in chunks
        ]
        passages = distinct(prefer_notes(found))
        return _Ranking(passages, len(found) - len(passages))


def _weighed(score: float, chunk: Chunk, question: str) -> float:
    """A heading with nothing under it answers only who asks for it by name; its few words are near to every question."""
    asked_for = not chunk.stub or not chunk.heading or asks_for(question, chunk.heading[-1])
    return score if asked_for else max(0.0, score - UNASKED_STUB)
