"""The words of a question -> those by which to search a large collection: the rare ones, as many as can be looked up in time."""

from __future__ import annotations

from collections.abc import Sequence

from notebot.index.catalog import Catalog
from notebot.index.words import match_any

MOST_MATCHES = 25_000  # chunks that FTS5 ranks in about 30 ms

_COUNT = "SELECT count(*) FROM (SELECT 1 FROM chunk_words WHERE chunk_words MATCH ? LIMIT ?)"


def telling(words: Sequence[str], catalog: Catalog) -> list[str]:
    """The words, in their order, without the commonest ones if together they would find more than MOST_MATCHES chunks.

    The rarest word always stays. A word that stands nearly everywhere tells little apart, and ranking all that have it takes
    most of the time of a search; what is found is looked at for all words again.
    """
    if len(words) < 2 or catalog.chunk_count() <= MOST_MATCHES:
        return list(words)
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
