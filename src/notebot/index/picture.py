"""Passages as points: what is alike in meaning lies near each other, as far as two dimensions can show it."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from notebot.index.catalog import Catalog
from notebot.models.ports import Vectors

MOST = 2_000  # points: more of them hide each other, and 2,000 are drawn and read in a blink
SEED = 7


@dataclass(frozen=True, slots=True)
class Point:
    """A passage and its place; both coordinates run from 0 to 1."""

    chunk_id: str
    source: str
    title: str
    heading: tuple[str, ...]
    stub: bool
    page: bool
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The points, and of how many passages with a vector they were drawn. `kept` is the share of all variance that they show."""

    points: tuple[Point, ...]
    total: int
    kept: float


def picture(catalog: Catalog, *, most: int = MOST) -> Picture:
    """At most `most` passages of the index, the same ones each time. Fewer than 3 make no picture: no points."""
    model = catalog.meta().get("embedder", "")
    ids = [
        row[0]
        for row in catalog.rows(
            """SELECT c.chunk_id FROM chunks c JOIN embeddings e ON e.text_hash = c.text_hash AND e.model = ?
               ORDER BY c.chunk_id""",
            (model,),
        )
    ]
    chosen = ids if len(ids) <= most else sorted(random.Random(SEED).sample(ids, most))  # noqa: S311 - a picture, no secret
    if len(chosen) < 3:
        return Picture((), len(ids), 0.0)
    named, vectors = catalog.vectors(model, chosen)
    places, kept = spread(vectors)
    chunks = catalog.chunks(named)
    points = tuple(
        Point(chunk.id, chunk.source, chunk.title, chunk.heading, chunk.stub, chunk.page is not None, float(x), float(y))
        for chunk_id, (x, y) in zip(named, places, strict=True)
        if (chunk := chunks.get(chunk_id))
    )
    return Picture(points, len(ids), kept)


def spread(vectors: Vectors) -> tuple[Vectors, float]:
    """The rows [count, dimension] as places [count, 2] from 0 to 1 by their two main directions, and the share of variance kept.

    The sign of a direction is free, and chosen so that its largest part is positive: the picture is the same on every machine.
    """
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    covariance = centred.T @ centred  # [dimension, dimension]: smaller than the rows, where there are many
    values, directions = np.linalg.eigh(covariance)
    two = directions[:, ::-1][:, :2]
    two = two * np.sign(two[np.abs(two).argmax(axis=0), [0, 1]])
    places = centred @ two
    low, high = places.min(axis=0), places.max(axis=0)
    span = np.where(high - low > 1e-9, high - low, 1.0)
    total = float(values.sum())
    kept = float(values[-2:].sum()) / total if total > 1e-12 else 0.0
    return ((places - low) / span).astype(np.float32), kept
