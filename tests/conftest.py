"""What many tests share: the packaged MiniLM, loaded once, and an index over a few notes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebot.index.catalog import Catalog
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter
from notebot.ingest.pages import LinkRules
from notebot.ingest.sync import Stores, sync
from notebot.models.minilm import MiniLM, open_minilm
from notebot.retrieve.retriever import Retriever
from notebot.states import IngestOptions

NOTES = {
    "platforms.md": """# Databricks

* Cloud platform for data engineering, data science, ML.
* Delta Lake
* Built on Apache Spark, a distributed processing framework that efficiently handles large datasets

# Apache Spark

# Kubernetes

# Feature store: https://example.org/feature-store#:~:text=storage
""",
    "learning/models.md": """# Foundation model

Massive model trained on broad data. Has 1B+ parameters.

All foundation models are pretrained models, but not all pretrained models are foundation models.

# Monitoring: Prometheus, Grafana
""",
    "garden.md": """# Tomatoes

Water them every morning. They need six hours of sun.
""",
}


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return open_minilm()


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the few notes above. Not to be changed."""
    folder = tmp_path_factory.mktemp("notes")
    for name, text in NOTES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def retriever(notes: Path, minilm: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    """Search over those notes: real catalog, real Chroma, real vectors."""
    data = tmp_path_factory.mktemp("data")
    with CatalogWriter.open(data) as writer:
        vectors = VectorIndex(data, writer, model=minilm.name, dimension=minilm.dimension)
        for _ in sync([notes], Stores(writer, vectors, minilm, minilm, LinkRules()), IngestOptions(links=False)):
            pass
        vectors.close()
    with Catalog.open(data) as catalog:
        vectors = VectorIndex(data, catalog, model=minilm.name, dimension=minilm.dimension)
        yield Retriever(catalog, vectors, minilm)
        vectors.close()
