"""A question -> the passages that may answer it: words and vectors, fused, looked at again, and put in order."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from notebot.index.catalog import Catalog, Hit
from notebot.index.selection import newest_first, select
from notebot.index.vectors import VectorIndex
from notebot.models.ports import Embedder, Vectors
from notebot.retrieve.context import beside
from notebot.retrieve.copies import distinct
from notebot.retrieve.filters import narrowed
from notebot.retrieve.fusion import fuse
from notebot.retrieve.parts import questions_in
from notebot.retrieve.question import asks_for
from notebot.retrieve.ranking import Ranked, prefer_notes
from notebot.retrieve.rarity import search_by_words
from notebot.retrieve.rerank import rerank
from notebot.types import NO_FILTERS, Chunk, Filters, Passage

CANDIDATES = 60  # of each engine; more did not change the first ten in the measurements behind `fuse`
MOST_CANDIDATES = CANDIDATES * 64
WORDS, VECTORS = 1.0, 1.5  # what each engine counts in the fused score
LITERAL = 3  # of the best by words
REORDERED = 30  # passages that a reranker from the settings sees

Reorder = Callable[[str, Sequence[Passage]], list[Passage]]

UNASKED_STUB = 0.3  # on the shipped questions, n = 79: MRR .912 without, .926 with .15, .940 with .3


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Passages best first, and how many more were found that are copies of them."""

    passages: Sequence[Ranked]
    copies: int


class Retriever:
    """Searches one index. Safe to share between threads, as the catalog and the vector index are."""

    def __init__(self, catalog: Catalog, vectors: VectorIndex, embedder: Embedder, *, reorder: Reorder | None = None) -> None:
        """`reorder` has the last word on the order of the first passages, and may drop some."""
        self.catalog = catalog
        self.vectors = vectors
        self.embedder = embedder
        self._reorder = reorder

    def look_up(self, typed: str, *, limit: int = 10, filters: Filters = NO_FILTERS) -> list[Passage]:
        """What `search` finds for a question as a person types it: the filters in it count beside `filters`.

        Where they are all of it, what passes them is listed. Raises UsageError where nothing is asked, or by a wrong filter.
        """
        question, filters = narrowed(typed, filters)
        return self.search(question, limit=limit, filters=filters) if question else self.matching(filters, limit=limit)

    def search(self, question: str, *, limit: int = 10, filters: Filters = NO_FILTERS) -> list[Passage]:
        """At most `limit` passages, best first, stubs among them, each text once. The same index and question, the same list.

        All of them pass `filters`. A question that asks for two things finds the best for each. For what passes filters without
        a question, see `matching`.
        """
        apart = questions_in(question)
        among = select(self.catalog, filters)
        if len(apart) == 1:
            return self._search(question, limit, among)
        each = [self._search(part, limit, among) for part in apart]
        best: dict[str, Passage] = {}
        lowest = math.inf
        for passage in (passage for turn in zip_longest(*each) for passage in turn if passage):
            lowest = min(lowest, passage.score)
            best.setdefault(passage.chunk.id, replace(passage, score=lowest))
        return list(best.values())[:limit]

    def _search(self, question: str, limit: int, among: Collection[str] | None) -> list[Passage]:
        vector = self.embedder.embed([question])[0]
        ranked, candidates = self._ranked(question, vector, CANDIDATES, among), CANDIDATES
        while ranked.copies and len(ranked.passages) < limit and candidates < MOST_CANDIDATES:
            candidates *= 8  # the same text in a thousand files must not hide all else
            ranked = self._ranked(question, vector, candidates, among)
        chosen = ranked.passages[: max(limit, REORDERED) if self._reorder else limit]
        similarity = self._similarities([chunk for _, chunk in chosen], vector)
        passages = [Passage(chunk, hit.score, similarity[hit.chunk_id]) for hit, chunk in chosen]
        return self._reorder(question, passages)[:limit] if self._reorder else passages

    def matching(self, filters: Filters, *, limit: int = 10) -> list[Passage]:
        """The first passage that passes `filters` of each note or page that has one: the newest by date, then by path."""
        chunks = self.catalog.chunks(newest_first(self.catalog, filters, limit))
        return [Passage(chunk, 0.0, 0.0) for chunk in chunks.values()]

    def in_context(self, question: str, passages: Sequence[Passage]) -> list[Passage]:
        """The passages, best first, and behind them what stands beside the first one in its section, if it is not among them.

        What is brought is a passage with a place of its own. It takes no other's place: the list may grow by two.
        """
        there = {passage.chunk.id for passage in passages}
        around = [chunk for best in passages[:1] for chunk in beside(best.chunk, self.catalog) if chunk.id not in there]
        similarity = self._similarities(around, self.embedder.embed([question])[0]) if around else {}
        return [*passages, *(Passage(chunk, passages[0].score, similarity[chunk.id]) for chunk in around)]

    def _similarities(self, chunks: Sequence[Chunk], vector: Vectors) -> dict[str, float]:
        """The cosine of each with the question. What only words find yet, while the index is being built, is embedded here."""
        ids, rows = self.catalog.vectors(self.embedder.name, [chunk.id for chunk in chunks])
        known = dict(zip(ids, (rows @ vector).tolist() if ids else [], strict=True))
        rest = [chunk for chunk in chunks if chunk.id not in known]
        fresh = (self.embedder.embed([chunk.indexed_text for chunk in rest]) @ vector).tolist() if rest else []
        return known | {chunk.id: cosine for chunk, cosine in zip(rest, fresh, strict=True)}

    def _ranked(self, question: str, vector: Vectors, candidates: int, among: Collection[str] | None) -> _Ranking:
        by_vector = self.vectors.search(vector, candidates, among=among)
        by_words = search_by_words(question, self.catalog, candidates, among=among)
        fused = fuse([by_words, by_vector], [WORDS, VECTORS])
        chunks = self.catalog.chunks(hit.chunk_id for hit in fused)  # one can leave the index between two reads
        found = [(hit, chunks[hit.chunk_id]) for hit in fused if hit.chunk_id in chunks]
        literal = {hit.chunk_id for hit in by_words[:LITERAL]}  # looked at again, whatever their vectors: they may have none yet
        single = sorted(distinct(found), key=lambda at: at[0].chunk_id not in literal)
        weighed = [(_weighed(hit, chunk, question), chunk) for hit, chunk in rerank(question, single)]
        return _Ranking(prefer_notes(weighed), len(found) - len(single))


def _weighed(hit: Hit, chunk: Chunk, question: str) -> Hit:
    """A heading with nothing under it answers only who asks for it by name; its few words are near to every question."""
    asked_for = not chunk.stub or not chunk.heading or asks_for(question, chunk.heading[-1])
    return hit if asked_for else Hit(hit.chunk_id, max(0.0, hit.score - UNASKED_STUB))
