"""An index over a note with links to three web pages, one of which is here: made without a network, through the real parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from notebot.fetch.client import Response
from notebot.index.catalog import Catalog, Reading
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter, text_hash
from notebot.ingest.chunking import chunk
from notebot.ingest.loaders import load
from notebot.ingest.pages import LinkRules, PageShelf
from notebot.models.minilm import MiniLM
from notebot.retrieve.retriever import Retriever

STORE = "https://www.qwak.example/feature-store"
PAGE = "https://qwak.example/feature-store"  # its canonical address
LOST = "https://lost.example/crdt"
NOTES = {
    "mlops.md": f"""# Feature store: {STORE}#:~:text=keeps%20the%20inputs

# CRDT

{LOST}

# Tecton

https://unasked.example/tecton

# Training

Training runs every night on four machines.
""",
}
HTML = """<html><head><title>What is a feature store?</title></head><body><article>
<h1>What is a feature store?</h1>
<p>A feature store keeps the inputs of models in one place, so that training and serving see the same values.</p>
<h2>Who invented the feature store</h2>
<p>The term was coined by engineers at Uber in 2017, when they described a platform called Michelangelo to the public.</p>
<h2>Cost</h2>
<p>Running such a platform takes at least two engineers, and most teams with fewer than ten models do without one.</p>
</article></body></html>"""


@contextmanager
def linked(data: Path, minilm: MiniLM, *, notes: Mapping[str, str] = NOTES, embedded: bool = True) -> Iterator[Retriever]:
    """Search over `notes` and the page they link to. Without `embedded` as in the first seconds: by words only."""
    with CatalogWriter.open(data) as writer:
        with writer.transaction():
            for name, text in notes.items():
                document = load(name, text.encode())
                writer.put(document, chunk(document, minilm), Reading("", 0, ""))
            shelf = PageShelf(writer, minilm, LinkRules())
            body = HTML.encode()
            shelf.take(Response(PAGE, "fetched", url=STORE, body=body, content_type="text/html"), now=1_795_514_400)
            shelf.take(Response(LOST, "gone", reason="the server says that there is no such page (404)"), now=1_795_514_400)
            writer.set_meta({"embedder": minilm.name})
        if embedded:
            chunks = list(writer.chunks(writer.chunk_ids()).values())
            vectors = minilm.embed([one.indexed_text for one in chunks])
            with writer.transaction():
                writer.store_vectors(minilm.name, [text_hash(one) for one in chunks], vectors)
    with Catalog.open(data) as catalog:
        index = VectorIndex(data, catalog, model=minilm.name, dimension=minilm.dimension)
        yield Retriever(catalog, index, minilm)
        index.close()
