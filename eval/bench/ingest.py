"""Time an ingest of a folder of notes, beside the bare embedder on the same chunks and beside plain LlamaIndex.

    python eval/bench/ingest.py FOLDER [--notes 250] [--rounds 3]

Each runs in a process of its own, in turns, on the same sample of the notes, so that a busy machine slows all of them alike:
quote the ratios. LlamaIndex needs one package more: pip install llama-index-vector-stores-chroma
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

WAYS = ("notebot", "again", "edited", "bare", "llamaindex")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--notes", type=int, default=250, help="how many notes to take, at random; 0 takes all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--without", action="append", default=[], choices=WAYS)
    parser.add_argument("--run", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        seconds, counted = RUNS[given.run](given.folder, given.data)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(json.dumps({"seconds": seconds, "chunks": counted, "mb": peak}) + "\n")
        return
    with tempfile.TemporaryDirectory() as scratch:
        notes = sample(given.folder, Path(scratch) / "notes", given.notes, given.seed)
        rounds = [one_round(notes, Path(scratch) / str(number), set(WAYS) - set(given.without)) for number in range(given.rounds)]
    report(rounds, len(list(notes_of(given.folder))) if not given.notes else given.notes)


def notes_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.md") if not any(part.startswith(".") for part in path.parts))


def sample(folder: Path, target: Path, count: int, seed: int) -> Path:
    """Copy `count` of the notes, the same ones for the same seed."""
    paths = notes_of(folder)
    chosen = random.Random(seed).sample(paths, min(count, len(paths))) if count else paths  # noqa: S311 - no secret
    for path in chosen:
        copy = target / path.relative_to(folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return target


def one_round(notes: Path, data: Path, ways: set[str]) -> dict[str, dict[str, float]]:
    found = {}
    for way in (way for way in WAYS if way in ways):
        if way == "edited":
            first = notes_of(notes)[0]
            first.write_text(first.read_text() + f"\nOne more line, {time.time_ns()}.\n")
            time.sleep(2.5)  # so that nothing else is young enough to be looked at twice
        command = [sys.executable, __file__, str(notes), "--run", way, "--data", str(data)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very file
        found[way] = json.loads(done.stdout.splitlines()[-1])
    return found


def rate_of(run: dict[str, float]) -> float:
    return run["chunks"] / run["seconds"]


def report(rounds: list[dict[str, dict[str, float]]], notes: int) -> None:
    out = [f"{notes} notes, {len(rounds)} rounds, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"]
    for way in WAYS:
        runs = [each[way] for each in rounds if way in each]
        if not runs:
            continue
        seconds = median(run["seconds"] for run in runs)
        rate = median(map(rate_of, runs))
        line = f"{way:<12}{seconds:8.2f} s {runs[0]['chunks']:7.0f} chunks {rate:7.1f}/s {max(run['mb'] for run in runs):6.0f} MB"
        if way in ("bare", "llamaindex") and "notebot" in rounds[0]:
            ratios = [
                each["notebot"]["chunks"] / each["notebot"]["seconds"] / (each[way]["chunks"] / each[way]["seconds"])
                for each in rounds
            ]
            line += f"   notebot is {median(ratios):.2f} times as fast, from {min(ratios):.2f} to {max(ratios):.2f}"
        out.append(line)
    sys.stdout.write("\n".join(out) + "\n")


def notebot(notes: Path, data: Path) -> tuple[float, int]:
    """Read, cut, embed, store, and build Chroma's copy. The clock starts when the models are loaded."""
    from notebot import open_bot
    from notebot.states import IngestOptions

    with open_bot(knowledge=notes, data=data) as bot:
        bot._text_models()  # loading is no part of the work
        begun = time.perf_counter()
        summary = bot.ingest(IngestOptions(offline=True))
        return time.perf_counter() - begun, summary.embedded or summary.chunks


def bare(_notes: Path, data: Path) -> tuple[float, int]:
    """Nothing but the embedder, on the texts that notebot has embedded, those of like length together."""
    from notebot.index.catalog import Catalog
    from notebot.models.minilm import open_minilm

    model = open_minilm()
    with Catalog.open(data) as catalog:
        texts = sorted({chunk.indexed_text for chunk in catalog.chunks(catalog.chunk_ids()).values()}, key=len)
    model.embed(texts[:8])
    begun = time.perf_counter()
    for start in range(0, len(texts), 32):
        model.embed(texts[start : start + 32])
    return time.perf_counter() - begun, len(texts)


def llamaindex(notes: Path, data: Path) -> tuple[float, int]:
    """What its documentation shows, with the same embedder."""
    import chromadb
    from llama_index.core import Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    from notebot.models.minilm import open_minilm

    model = open_minilm()

    class Embedding(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [row.tolist() for row in model.embed(texts)]

        _get_query_embedding = _get_text_embedding

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_text_embedding(query)

    Settings.embed_model = Embedding()
    model.embed(["warm"])
    begun = time.perf_counter()
    documents = SimpleDirectoryReader(str(notes), recursive=True).load_data()
    nodes = SentenceSplitter(chunk_size=256, chunk_overlap=20).get_nodes_from_documents(documents)
    client = chromadb.PersistentClient(str(data / "llamaindex"))
    storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(client.create_collection(f"c{time.time_ns()}")))
    VectorStoreIndex(nodes, storage_context=storage)
    return time.perf_counter() - begun, len(nodes)


RUNS: dict[str, Callable[[Path, Path], tuple[float, int]]] = {
    "notebot": notebot,
    "again": notebot,
    "edited": notebot,
    "bare": bare,
    "llamaindex": llamaindex,
}

if __name__ == "__main__":
    main()
