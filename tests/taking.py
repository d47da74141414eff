"""A note as it is taken in, up to its chunks: found, read, parsed and cut, within the time and the memory it may take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from notebot.ingest.chunking import chunk
from notebot.ingest.loaders import load
from notebot.ingest.sources import read, scan
from notebot.models.ports import TokenVectors
from notebot.types import Chunk, Document
from pace import check, within

SECONDS, MEGABYTES = 2, 200  # that one input may take


class Words:
    """Counts words as tokens: enough to say what fits."""

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def token_vectors(self, texts: object) -> list[TokenVectors]:
        raise AssertionError("chunking needs none")


def taken(folder: Path, data: str | bytes, name: str = "note.md") -> tuple[Document, list[Chunk]]:
    """The file as it comes through: found, read, parsed, cut, and quickly."""
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    with within(SECONDS):
        (file,) = [file for file in scan([folder]).files if file.source == name]
        document = load(name, read(file)[0])
        chunks = chunk(document, Words())
    return document, chunks


def texts(folder: Path, data: str | bytes, name: str = "note.md") -> list[str]:
    return [piece.text for piece in taken(folder, data, name)[1]]


CHILD = """
import json, resource, sys, time
from pathlib import Path
from notebot.ingest.chunking import chunk
from notebot.ingest.loaders import load
from notebot.ingest.sources import read, scan
class Words:
    def count_tokens(self, text): return len(text.split())
load("warm.md", b"# up")
before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
chunks = [piece for file in scan([Path(sys.argv[1])]).files for piece in chunk(load(file.source, read(file)[0]), Words())]
after, took = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time() - started
ends = [(piece.text, piece.context, piece.first_line, piece.last_line) for piece in chunks[:2] + chunks[-1:]]
print(json.dumps({"chunks": len(chunks), "seconds": took, "megabytes": (after - before) / 1024, "ends": ends}))
"""


def measured(folder: Path, text: str, *, seconds: float = SECONDS) -> dict[str, Any]:
    """The same in a process of its own, whose memory can be told."""
    (folder / "note.md").write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", CHILD, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    check(found["seconds"], seconds)
    assert found["megabytes"] < MEGABYTES
    return found
