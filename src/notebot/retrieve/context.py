"""A passage -> what stands around it in its section: a hit is small, and what it is about may go on beside it."""

from __future__ import annotations

from notebot.index.catalog import Catalog
from notebot.types import Chunk

_BESIDE = """SELECT near.chunk_id FROM chunks best JOIN chunks near ON near.source_id = best.source_id
             WHERE best.chunk_id = ? AND near.heading = best.heading
                   AND near.position BETWEEN best.position - 1 AND best.position + 1 ORDER BY near.position"""


def beside(chunk: Chunk, catalog: Catalog) -> list[Chunk]:
    """The chunk before and the one after, as far as they are of the same section."""
    near = list(catalog.chunks(row[0] for row in catalog.rows(_BESIDE, (chunk.id,))).values())
    ids = [one.id for one in near]
    if chunk.id not in ids:  # it has left the index meanwhile
        return []
    at = ids.index(chunk.id)
    before = near[:at] if not _begins(chunk) else []
    return before + [one for one in near[at + 1 :] if not _begins(one)]


def _begins(chunk: Chunk) -> bool:
    """Whether it is the first of a section: the one before can be of another section of the same name."""
    return chunk.stub or chunk.text.startswith("#")
