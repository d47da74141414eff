"""The words of a question -> what has them, in a large collection too: ranked by all of them, among what has a rare one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from notebot.index.catalog import Catalog, Hit
from notebot.index.words import match_any
from notebot.retrieve.question import search_words

MOST_MATCHES = 6_000  # chunks that FTS5 ranks in about 12 ms; all that have a word of a question can be half of a collection

_COUNT = "SELECT count(*) FROM (SELECT 1 FROM chunk_words WHERE chunk_words MATCH ? LIMIT ?)"


def search_by_words(question: str, catalog: Catalog, limit: int, *, among: Collection[str] | None = None) -> list[Hit]:
    """At most `limit` chunks with words of the question, best first; only of the ids `among`, where given.

    Where its words stand in more than MOST_MATCHES chunks, only those that have one of its rarer words are ranked, by all of
    its words. What has none but common words would hardly be the best: among 100,000 chunks the right note came first for .974
    of 500 titles of til, as without the limit (.972), in 14 ms instead of 35 (eval/README.md).
    """
    words = search_words(question)
    few = among is not None and len(among) <= MOST_MATCHES
    return catalog.search_words(words, limit, having=() if few else _rarer(words, catalog), among=among)


def _rarer(words: Sequence[str], catalog: Catalog) -> list[str]:
    """The rarest of the words, in their order, as many as stand in MOST_MATCHES chunks together, and always one that is found.

    None where there is no need to choose.
    """
    if len(words) < 2 or catalog.chunk_count() <= MOST_MATCHES:
        return []
    counts = {word: _count(word, catalog) for word in words}
    left, kept = MOST_MATCHES, set[str]()
    for word in sorted(counts, key=lambda one: counts[one]):
        left -= counts[word]
        if left < 0 and any(counts[one] for one in kept):
            break
        kept.add(word)
    return [word for word in words if word in kept]


def _count(word: str, catalog: Catalog) -> int:
    query = match_any([word])
    return int(catalog.rows(_COUNT, (query, MOST_MATCHES + 1))[0][0]) if query else 0
