"""What passages are and where they stand -> the order they are shown in: notes before pages, no source crowding out others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notebot.index.catalog import Hit
from notebot.types import Chunk

NEARLY_EQUAL = 0.05  # of a fused score, which runs to 1: passages that are no further apart fit equally well
MEANT = 0.3  # what it counts that a note points at just this part of a page
PARTS = 3  # of one page, or of one section of a note, that count in full: some part of a long one is near to every question
CROWDED = 0.3  # what each further part of a page loses
SAME_SECTION = 0.1  # what each further part of a section loses, so that another note on the same topic is shown too

Ranked = tuple[Hit, Chunk]


def prefer_notes(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The same passages, best first, pages weighed as what they are.

    A note stands before a page that fits equally well. Of one page, the part that a note points at comes first, unless it
    fits much less than another; it gains nothing on other sources by that. Parts of a page, or of a section of a note, step
    back after the third.
    """
    best: dict[str, float] = {}
    for hit, chunk in ranked:
        best[chunk.source] = max(best.get(chunk.source, 0.0), hit.score)

    def lifted(hit: Hit, chunk: Chunk) -> float:
        return min(hit.score + MEANT, best[chunk.source]) if _meant(chunk) else hit.score

    parts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    weighed: list[Ranked] = []
    for hit, chunk in sorted(ranked, key=lambda at: (-lifted(*at), not _meant(at[1]), -at[0].score, at[0].chunk_id)):
        score = lifted(hit, chunk)
        whole = (chunk.source, () if chunk.page else chunk.heading)
        parts[whole] += 1
        if parts[whole] > PARTS:
            score -= CROWDED if chunk.page else SAME_SECTION
        score = max(0.0, score - NEARLY_EQUAL if chunk.page else score)
        weighed.append((Hit(hit.chunk_id, score), chunk))
    return sorted(weighed, key=lambda at: (-at[0].score, at[1].page is not None))


def _meant(chunk: Chunk) -> bool:
    return chunk.page is not None and chunk.page.meant
