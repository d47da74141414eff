"""Time every view of the page, and the looks behind the API, over a large collection: seconds of the server, and the size sent.

    python eval/bench/views.py DATA [--notes 10000] [--passages 100000] [--rounds 3]

Where DATA has no index yet, one is made there of invented notes: words of every rarity, vectors at random, every tenth heading
with nothing under it, every third note with a web page that it links to, links from note to note. No model takes part in that.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from statistics import median

import numpy as np

from notebot import open_bot, render
from notebot.bot import Bot
from notebot.history.store import History
from notebot.index.catalog import Reading
from notebot.index.linked import PageRow
from notebot.index.writer import CatalogWriter, text_hash
from notebot.types import Chunk, Document, Link, NoteLink
from notebot.web.desk import Desk

MODEL, DIMENSION = "minilm", 384
WORDS = [
    f"{a}{b}{c}"
    for a in ("ka", "lo", "mi", "ter", "van")
    for b in ("do", "ra", "sel", "pi")
    for c in ("n", "ta", "rek", "s", "um")
]
BATCH = 200  # notes in a transaction


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if not (given.data / "catalog.db").exists():
        build(given.data, given.notes, given.passages // given.notes)
    knowledge = given.data / "notes"
    knowledge.mkdir(exist_ok=True)
    with open_bot(knowledge=knowledge, data=given.data, model="packaged") as bot:
        report(bot, given.rounds)


# --- a collection -------------------------------------------------------------------------------------------------


def build(data: Path, notes: int, each: int) -> None:
    """An index of so many notes, each with so many passages."""
    chance, rows = random.Random(7), np.random.default_rng(7)  # noqa: S311 - a collection for timing, no secret
    numbers = range(notes)
    with CatalogWriter.open(data) as writer:
        for first in range(0, notes, BATCH):
            made = [note(number, each, notes, chance) for number in numbers[first : first + BATCH]]
            with writer.transaction():
                for document, chunks in made:
                    writer.put(document, chunks, Reading("1", 10**18, ""))
                pages = [page_of_note(number) for number in numbers[first : first + BATCH] if number % 3 == 0]
                for document, chunks in pages:
                    writer.put(document, chunks, Reading("1", 10**18, ""), kind="page")
                    writer.put_page(PageRow(document.source, "fetched", url=document.source, fetched_at=10**9))
                stored = [chunk for _, chunks in (*made, *pages) for chunk in chunks]
                vectors = rows.normal(size=(len(stored), DIMENSION)).astype(np.float32)
                vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
                writer.store_vectors(MODEL, [text_hash(chunk) for chunk in stored], vectors)
        with writer.transaction():
            writer.set_meta({"embedder": MODEL, "ingested_at": "2026-11-24T12:00:00Z"})


def note(number: int, each: int, notes: int, chance: random.Random) -> tuple[Document, list[Chunk]]:
    name = f"folder {number % 97}/note {number:05}.md"
    links = (Link(page_name(number), 4),) if number % 3 == 0 else ()
    chunks = []
    for place in range(each):
        stub = place % 10 == 9
        heading = (f"Note {number}", f"{chance.choice(WORDS)} {place}")
        body = "" if stub else " ".join(chance.choices(WORDS, k=60)) + f" {number} {place}"
        text = f"## {heading[1]}\n{body}\n"
        line = 1 + 4 * place
        chunks.append(
            Chunk(
                f"{number:06x}{place:04x}",
                name,
                f"Note {number}",
                heading,
                text,
                line,
                line + 3,
                stub,
                links if not place else (),
            )
        )
    other = f"note {chance.randrange(notes):05}"
    return Document(name, f"Note {number}", (), links, {}, note_links=(NoteLink(other, 2),)), chunks


def page_name(number: int) -> str:
    return f"https://example.org/{number}"


def page_of_note(number: int) -> tuple[Document, list[Chunk]]:
    name = page_name(number)
    chunk = Chunk(
        f"p{number:06x}",
        name,
        f"Page {number}",
        ("Page",),
        f"A page about {WORDS[number % len(WORDS)]} {number}.",
        1,
        1,
        False,
        (),
    )
    return Document(name, f"Page {number}", (), (), {}), [chunk]


# --- its views ----------------------------------------------------------------------------------------------------


def report(bot: Bot, rounds: int) -> None:
    """One line a view: the first time, the median of those after it, and the bytes."""
    state = bot.state()
    say(f"{len(state.sources):,} notes and pages, {state.chunks:,} passages")
    with closing(History.open(bot.settings.data)) as history:
        for name, view in views(Desk(bot, history)):
            taken, size = [], 0
            for _ in range(1 + rounds):
                begun = time.perf_counter()
                size = len(view())
                taken.append(time.perf_counter() - begun)
            say(f"{name:<22} first {taken[0]:6.2f} s   then {median(taken[1:]):6.2f} s   {size / 1000:8,.0f} kB")


def views(desk: Desk) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each view, with what makes its HTML or JSON."""
    from notebot.web.page.chat_view import opening, standing
    from notebot.web.page.notes_view import VIEWS, looked

    one = "folder 5/note 00005.md"
    queries: dict[str, Mapping[str, str]] = {f"/notes {show or 'contents'}": {"show": show} for show in VIEWS}
    queries |= {
        "/notes last rows": {"from": "9800"},
        "/notes search words": {"show": "search", "q": "kadon tervans"},
        "/notes search filters": {"show": "search", "folder": "folder 5"},
        "/notes map of one": {"show": "map", "note": one},
        "/notes one note": {"source": one},
    }
    for name, query in queries.items():
        yield name, lambda query=query: str(looked(desk, query, "first")[-1])  # type: ignore[misc]  # bound now, not later
    yield "chat: opening", lambda: opening(desk)[0]
    yield "chat: last line", lambda: " ".join(standing(desk.bot))
    yield "/api/status", lambda: json.dumps(render.state_json(desk.bot.state()))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
