"""Measure search: its parts beside each other and beside plain LlamaIndex, on public data, and its time in a large collection.

    python eval/bench/retrieval.py PATH_TO_BENCH [--set squad2] [--large 100000] [--without llamaindex]

PATH_TO_BENCH holds squad2/corpus.jsonl and questions.jsonl (each paragraph becomes a note, each answerable question has to find
its own among all), and notes/til (each note's title has to find its note). A hit counts by its note. The time is of whole
searches, the embedding of the question included, after a few to warm up. LlamaIndex needs one package more:
pip install llama-index-vector-stores-chroma
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import quantiles

import numpy as np

from notebot import open_bot
from notebot.evals.metrics import Figure, mean, rate
from notebot.index.catalog import Catalog, Reading
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter, text_hash
from notebot.models.minilm import open_minilm
from notebot.models.ports import Vectors
from notebot.retrieve.fusion import fuse
from notebot.retrieve.rarity import search_by_words
from notebot.retrieve.retriever import CANDIDATES, VECTORS, WORDS, Retriever
from notebot.states import IngestOptions
from notebot.types import Chunk, Document, Passage

DEPTH = 10  # notes that are looked at
FETCHED = 30  # passages for that: a note can have several
SHOWN = 6  # passages that an answer rests on
ROUND = 200  # questions that each way is timed on

Way = Callable[[str], Sequence[str]]  # a question to the sources that it finds, best first


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, the note that has to be found, and strings one of which the right passage holds (or none are known)."""

    text: str
    source: str
    answers: tuple[str, ...] = ()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--set", action="append", choices=SETS, help="only this one; may be repeated")
    parser.add_argument("--large", type=int, default=100_000, help="chunks of the large collection; 0 leaves it out")
    parser.add_argument("--without", action="append", default=[], choices=["llamaindex"])
    parser.add_argument("--questions", type=int, default=0, help="how many, at random; 0 takes all")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    for name in given.set or SETS:
        with tempfile.TemporaryDirectory() as scratch:
            notes, questions = SETS[name](given.bench, Path(scratch) / "notes")
            if given.questions:
                questions = random.Random(given.seed).sample(questions, given.questions)  # noqa: S311 - no secret
            say(f"\n{name}: {len(questions)} questions, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
            measure(notes, Path(scratch) / "data", questions)
            if "llamaindex" not in given.without:
                report("LlamaIndex", questions, llamaindex(notes, Path(scratch)))
    if given.large:
        with tempfile.TemporaryDirectory() as scratch:
            large(given.bench, Path(scratch), given.large)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


# --- the sets -----------------------------------------------------------------------------------------------------


def squad2(bench: Path, notes: Path) -> tuple[Path, list[Question]]:
    """Each paragraph as a note under the title of its article."""
    notes.mkdir()
    for row in lines_of(bench / "squad2/corpus.jsonl"):
        (notes / note_of(row["id"])).write_text(f"# {row['title']}\n\n{row['text']}\n", encoding="utf-8")
    asked = [row for row in lines_of(bench / "squad2/questions.jsonl") if row["answerable"]]
    return notes, [Question(row["question"], note_of(row["paragraph_id"]), tuple(row["answers"])) for row in asked]


def til(bench: Path, _: Path) -> tuple[Path, list[Question]]:
    """Each note's first line as a question for it."""
    notes = bench / "notes/til"
    every = [path.relative_to(notes) for path in sorted(notes.rglob("*.md"))]
    kept = [source for source in every if not any(part.startswith(".") for part in source.parts)]
    titles = [((notes / source).read_text(encoding="utf-8").partition("\n")[0].lstrip("# ").strip(), source) for source in kept]
    return notes, [Question(title, source.as_posix()) for title, source in titles if any(map(str.isalnum, title))]


SETS = {"squad2": squad2, "til": til}


def lines_of(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def note_of(paragraph: object) -> str:
    return f"{str(paragraph).replace('/', '_')}.md"


# --- notebot, part by part ----------------------------------------------------------------------------------------


def measure(notes: Path, data: Path, questions: Sequence[Question]) -> None:
    with open_bot(knowledge=notes, data=data) as bot:
        bot.ingest(IngestOptions(offline=True))
        retriever = bot.retriever()
        for name, way in ways(retriever).items():
            report(name, questions, way)
        if any(question.answers for question in questions):
            shown(retriever, questions)


def ways(retriever: Retriever) -> dict[str, Way]:
    """Words alone, vectors alone, both, and the whole search, each asked as the whole search asks it."""

    def by_words(question: str) -> Sequence[str]:
        hits = search_by_words(question, retriever.catalog, CANDIDATES)
        return sources(retriever.catalog, [hit.chunk_id for hit in hits])

    def by_vectors(question: str) -> Sequence[str]:
        hits = retriever.vectors.search(retriever.embedder.embed([question])[0], CANDIDATES)
        return sources(retriever.catalog, [hit.chunk_id for hit in hits])

    def fused(question: str) -> Sequence[str]:
        vector = retriever.embedder.embed([question])[0]
        words = search_by_words(question, retriever.catalog, CANDIDATES)
        hits = fuse([words, retriever.vectors.search(vector, CANDIDATES)], [WORDS, VECTORS])
        return sources(retriever.catalog, [hit.chunk_id for hit in hits])

    def reranked(question: str) -> Sequence[str]:
        return [passage.chunk.source for passage in retriever.search(question, limit=FETCHED)]

    return {"words": by_words, "vectors": by_vectors, "fused": fused, "+ rerank": reranked}


def sources(catalog: Catalog, ids: Sequence[str]) -> list[str]:
    return [chunk.source for chunk in catalog.chunks(ids[:FETCHED]).values()]


def shown(retriever: Retriever, questions: Sequence[Question]) -> None:
    """Whether the passages that an answer rests on hold the answer, without and with the neighbours of the best one."""
    alone, among, brought = [], [], 0
    for question in questions:
        best = [passage for passage in retriever.search(question.text, limit=SHOWN + 4) if not passage.chunk.stub][:SHOWN]
        more = retriever.in_context(question.text, best)
        alone.append(holds(best, question))
        among.append(holds(more, question))
        brought += len(more) - len(best)
    say(f"the answer is in the first {SHOWN} passages {written(rate('', alone))}")
    say(f"  + sections {written(rate('', among))}, {brought / len(questions):.2f} passages more")


def holds(passages: Sequence[Passage], question: Question) -> bool:
    texts = [passage.chunk.text for passage in passages if passage.chunk.source == question.source]
    return any(answer in text for text in texts for answer in question.answers)


def report(name: str, questions: Sequence[Question], way: Way) -> None:
    """One line: is the note first, among the first five, 1 / its rank, and the milliseconds of a question."""
    ranks = [rank_of(way(question.text), question.source) for question in questions]
    first, five = rate("", [rank == 1 for rank in ranks]), rate("", [0 < rank <= 5 for rank in ranks])
    mrr = mean("", [1 / rank if rank else 0.0 for rank in ranks])
    times = timed(way, [question.text for question in questions[:ROUND]])
    say(f"{name:<12} hit@1 {written(first)}  hit@5 {written(five)}  mrr@10 {written(mrr)}  {times}")


def rank_of(found: Sequence[str], source: str) -> int:
    """The place of the note among the first DEPTH notes, from 1; 0 if it is not there."""
    notes = list(dict.fromkeys(found))[:DEPTH]
    return notes.index(source) + 1 if source in notes else 0


def timed(way: Way, questions: Sequence[str]) -> str:
    taken = []
    for question in [*questions[:10], *questions]:
        begun = time.perf_counter()
        way(question)
        taken.append(1000 * (time.perf_counter() - begun))
    cuts = quantiles(taken[10:], n=20)
    return f"p50 {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms"


def written(figure: Figure) -> str:
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})" if figure.value is not None else "-"


# --- LlamaIndex ---------------------------------------------------------------------------------------------------


def llamaindex(notes: Path, scratch: Path) -> Way:
    """Its vector retriever, as its documentation shows it, with the same embedder."""
    import chromadb
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    model = open_minilm()

    class Embedding(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [row.tolist() for row in model.embed(texts)]

        _get_query_embedding = _get_text_embedding

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    documents = SimpleDirectoryReader(str(notes), recursive=True, required_exts=[".md"]).load_data()
    nodes = SentenceSplitter(chunk_size=256, chunk_overlap=20).get_nodes_from_documents(documents)
    store = ChromaVectorStore(chromadb.PersistentClient(str(scratch / "llamaindex")).create_collection("notes"))
    index = VectorStoreIndex(nodes, storage_context=StorageContext.from_defaults(vector_store=store), embed_model=Embedding())
    retriever = index.as_retriever(similarity_top_k=FETCHED)
    root = notes.resolve()

    def search(question: str) -> Sequence[str]:
        paths = [Path(found.node.metadata["file_path"]).resolve() for found in retriever.retrieve(question)]
        return [path.relative_to(root).as_posix() for path in paths]

    return search


# --- a large collection -------------------------------------------------------------------------------------------


def large(bench: Path, data: Path, size: int) -> None:
    """The time of a search among `size` chunks: those of til, again and again with other words in them, near in meaning."""
    notes, questions = til(bench, data)
    seed = data / "seed"
    with open_bot(knowledge=notes, data=seed) as bot:
        bot.ingest(IngestOptions(offline=True))
        embedder = bot.retriever().embedder
        chunks = bot.retriever().catalog.chunks(bot.retriever().catalog.chunk_ids())
        ids, rows = bot.retriever().catalog.vectors(embedder.name)
    chosen = np.random.default_rng(7)
    words = sorted({word for chunk in chunks.values() for word in chunk.text.split() if word.isalpha()})
    with CatalogWriter.open(data) as writer:
        stored = 0
        while stored < size:
            stored += copies(writer, [chunks[chunk_id] for chunk_id in ids], rows, (embedder.name, stored, words, chosen))
        with writer.transaction():
            writer.set_meta({"embedder": embedder.name})
        vectors = VectorIndex(data, writer, model=embedder.name, dimension=embedder.dimension)
        for _ in vectors.update(writer):
            pass
        vectors.close()
    with Catalog.open(data) as catalog:
        vectors = VectorIndex(data, catalog, model=embedder.name, dimension=embedder.dimension)
        say(f"\n{catalog.chunk_count()} chunks, load {os.getloadavg()[0]:.1f}")
        texts = [question.text for question in random.Random(7).sample(questions, ROUND)]  # noqa: S311 - no secret
        for name, way in ways(Retriever(catalog, vectors, open_minilm())).items():
            say(f"{name:<12} {timed(way, texts)}")
        vectors.close()


def copies(
    writer: CatalogWriter, chunks: Sequence[Chunk], rows: Vectors, told: tuple[str, int, Sequence[str], np.random.Generator]
) -> int:
    """Write the chunks once more with every fifth word another one, and each vector a little aside."""
    model, number, words, chosen = told
    made = []
    for chunk in chunks:
        text = " ".join(words[chosen.integers(len(words))] if chosen.random() < 0.2 else word for word in chunk.text.split(" "))
        made.append(replace(chunk, id=f"{number}-{chunk.id}", source=f"{number}/{chunk.source}", text=text, links=()))
    moved = rows + chosen.normal(0, 0.02, rows.shape).astype(np.float32)
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    by_source: dict[str, list[Chunk]] = {}
    for chunk in made:
        by_source.setdefault(chunk.source, []).append(chunk)
    with writer.transaction():
        for source, own in by_source.items():
            writer.put(Document(source, own[0].title, (), (), {}), own, Reading("", 0, ""))
        writer.store_vectors(model, [text_hash(chunk) for chunk in made], moved)
    return len(made)


if __name__ == "__main__":
    main()
