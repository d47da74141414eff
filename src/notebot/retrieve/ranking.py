"""What passages are and where they stand -> the order they are shown in: notes before pages, each text once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from notebot.index.catalog import Hit
from notebot.types import Chunk

NEARLY_EQUAL = 0.05  # of a fused score, which runs to 1: passages that are no further apart fit equally well
MEANT = 0.3  # what it counts that a note points at just this part of a page
PARTS_OF_A_PAGE = 3  # that count in full: some part of a long page is near to every question
CROWDED = 0.3  # what each further part loses

Ranked = tuple[Hit, Chunk]


def prefer_notes(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The same passages, best first, pages weighed as what they are. Where there are no pages, nothing changes.

    A note stands before a page that fits equally well. Of one page, the part that a note points at comes first, unless it
    fits much less than another; it gains nothing on other sources by that. Parts after the third step back.
    """
    best: dict[str, float] = {}
    for hit, chunk in ranked:
        best[chunk.source] = max(best.get(chunk.source, 0.0), hit.score)

    def lifted(hit: Hit, chunk: Chunk) -> float:
        return min(hit.score + MEANT, best[chunk.source]) if _meant(chunk) else hit.score

    parts: Counter[str] = Counter()
    weighed: list[Ranked] = []
    for hit, chunk in sorted(ranked, key=lambda at: (-lifted(*at), not _meant(at[1]), -at[0].score, at[0].chunk_id)):
        score = lifted(hit, chunk)
        if chunk.page:
            parts[chunk.source] += 1
            score = max(0.0, score - NEARLY_EQUAL - (CROWDED if parts[chunk.source] > PARTS_OF_A_PAGE else 0.0))
        weighed.append((Hit(hit.chunk_id, score), chunk))
    return sorted(weighed, key=lambda at: (-at[0].score, at[1].page is not None))


def distinct(ranked: Iterable[Ranked]) -> list[Ranked]:
    """The same list with every text once, at its best rank: as the note, where a note and a page both have it.

    In two notes, or on two pages, the same words under different headings are about different things, and both stay.
    """
    kept: list[Ranked] = []
    places: dict[str, list[int]] = {}
    for hit, chunk in ranked:
        same = places.setdefault(" ".join(chunk.text.split()), [])
        at = next((place for place in same if _copies(kept[place][1], chunk)), None)
        if at is None:
            same.append(len(kept))
            kept.append((hit, chunk))
        elif chunk.page is None and kept[at][1].page is not None:
            kept[at] = (Hit(hit.chunk_id, kept[at][0].score), chunk)
    return kept


def _meant(chunk: Chunk) -> bool:
    return chunk.page is not None and chunk.page.meant


def _copies(one: Chunk, other: Chunk) -> bool:
    """Whether two chunks of one text are one and the same thing to a reader."""
    return one.heading == other.heading or (one.page is None) != (other.page is None)
