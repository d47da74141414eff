"""An index with a few chunks in it, made without reading any note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from notebot.index.catalog import Catalog, Reading
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter, text_hash
from notebot.models.ports import Vectors
from notebot.types import Chunk, Document, Link


@dataclass
class Shelf:
    """A data folder, and ways to put notes into it. The vector of a text is a random one, the same every time."""

    data: Path
    model: str = "test@1"
    dimension: int = 8

    def chunks(self, source: str, *entries: tuple[str, str], links: Sequence[Link] = (), stub: bool = False) -> list[Chunk]:
        """One chunk for each (heading, text), a line each; the heading may be empty."""
        title = source.removesuffix(".md")
        return [
            Chunk(f"{source}/{number}", source, title, (head,) if head else (), text, number, number, stub, tuple(links))
            for number, (head, text) in enumerate(entries, 1)
        ]

    def vector(self, text: str) -> Vectors:
        row = np.random.default_rng([ord(char) for char in text] or [0]).normal(size=self.dimension).astype(np.float32)
        return row / np.linalg.norm(row)

    def put(self, writer: CatalogWriter, source: str, chunks: Sequence[Chunk]) -> None:
        with writer.transaction():
            writer.set_meta({"embedder": self.model})
            if chunks:
                rows = np.stack([self.vector(chunk.text) for chunk in chunks])
                writer.store_vectors(self.model, [text_hash(chunk) for chunk in chunks], rows)
            document = Document(source, source.removesuffix(".md"), (), (), {"k": "v"}, ("odd",) if "odd" in source else ())
            writer.put(document, chunks, Reading("1:2:3:4", 5, "6"))

    def fill(self, source: str, *entries: tuple[str, str]) -> None:
        """Put one note in, and bring Chroma up to date."""
        with CatalogWriter.open(self.data) as writer:
            self.put(writer, source, self.chunks(source, *entries))
            self.update(writer)

    def update(self, writer: CatalogWriter) -> int:
        """Bring Chroma up to date; how many steps it took."""
        vectors = self.vectors(writer)
        steps = list(vectors.update(writer))
        vectors.close()
        return len(steps)

    def vectors(self, catalog: Catalog) -> VectorIndex:
        return VectorIndex(self.data, catalog, model=self.model, dimension=self.dimension)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data")


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an index so large that Chroma has saved its HNSW files. To be copied, not changed."""
    shelf = Shelf(tmp_path_factory.mktemp("large") / "data")
    shelf.fill("a.md", *[("Head", f"text {number}") for number in range(1100)])
    assert list(shelf.data.glob("chroma/*/index_metadata.pickle"))
    return shelf.data
