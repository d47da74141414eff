"""Any notes: every citation stands on its lines of the file as it is on disk, and stays the same however the index came about."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from fakes import FakeChat
from notebot.answer.chat import Parts, converse
from notebot.answer.citations import cite
from notebot.answer.sentences import sentence_spans
from notebot.events import Done
from notebot.index.catalog import Catalog
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter
from notebot.ingest.chunking import chunk
from notebot.ingest.loaders import load
from notebot.ingest.pages import LinkRules
from notebot.ingest.sync import Stores, sync
from notebot.models.minilm import MiniLM
from notebot.retrieve.retriever import Retriever
from notebot.states import IngestOptions
from notebot.types import Answer, Citation, Passage, Span
from written_notes import Ask, Note, asks, notes, text_on_disk

LONG = "TORTURE_LONG" in os.environ  # by hand, or at night
CALM = settings(deadline=None, derandomize=not LONG, suppress_health_check=list(HealthCheck), database=None)


def write(folder: Path, written: Sequence[Note]) -> None:
    for note in written:
        path = folder / note.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(note.data)


def ingest(folder: Path, data: Path, minilm: MiniLM, *, rebuild: bool = False) -> None:
    with CatalogWriter.open(data, rebuild=rebuild) as writer, closing(near(data, writer, minilm)) as vectors:
        stores = Stores(writer, vectors, minilm, minilm, LinkRules())
        for _ in sync([folder], stores, IngestOptions(links=False, allow_empty=True)):
            pass


def near(data: Path, catalog: Catalog, minilm: MiniLM) -> VectorIndex:
    return VectorIndex(data, catalog, model=minilm.name, dimension=minilm.dimension)


@contextmanager
def searching(data: Path, minilm: MiniLM) -> Iterator[Retriever]:
    with Catalog.open(data) as catalog, closing(near(data, catalog, minilm)) as vectors:
        yield Retriever(catalog, vectors, minilm)


def answer(retriever: Retriever, minilm: MiniLM, ask: Ask) -> Answer:
    """By a model that says just that sentence, or, for every other question, that it does not know: then notes are quoted."""
    reply = ask.sentence if ask.said else "I don't know."
    parts = Parts(retriever, minilm, lambda: FakeChat([reply]), lambda: 0.0, lambda: "k3x9", 6, 400)
    *_, last = converse(ask.question, (), parts)
    assert isinstance(last, Done)
    return last.answer


def cited(answer: Answer) -> list[Citation]:
    return [citation for sentence in answer.sentences for citation in sentence.citations]


def stands(citation: Citation, folder: Path) -> bool:
    """Whether the quote begins on the first cited line of the file and ends on the last one, letter for letter."""
    lines = text_on_disk((folder / citation.source).read_bytes()).split("\n")
    there = lines[citation.first_line - 1 : citation.last_line]
    parts = citation.quote.split("\n")
    if len(parts) == 1:
        return len(there) == 1 and parts[0] in there[0]
    return (
        len(there) == len(parts)
        and there[0].endswith(parts[0])
        and there[1:-1] == parts[1:-1]
        and there[-1].startswith(parts[-1])
    )


def test_every_quote_stands_in_the_file_on_its_lines(minilm: MiniLM) -> None:
    seen: Counter[str] = Counter()

    @settings(CALM, max_examples=400 if LONG else 4)
    @given(notes(most=4))
    def hold(written: list[Note]) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            folder, data = Path(scratch) / "notes", Path(scratch) / "data"
            write(folder, written)
            ingest(folder, data, minilm)
            with searching(data, minilm) as retriever:
                for ask in asks(written):
                    found = answer(retriever, minilm, ask)
                    seen[found.status] += 1
                    for sentence in found.sentences:
                        assert bool(sentence.citations) == sentence.supported
                    for citation in cited(found):
                        assert stands(citation, folder), citation
                        passage = retriever.catalog.chunks([citation.passage_id])[citation.passage_id]
                        assert passage.text[citation.start : citation.end] == citation.quote
                        seen["citations"] += 1

    hold()
    assert seen["answered"], seen  # else this has looked at nothing
    assert seen["quoted"], seen


def test_every_sentence_of_every_passage_can_be_cited(minilm: MiniLM) -> None:
    seen: Counter[str] = Counter()

    @settings(CALM, max_examples=3000 if LONG else 60)
    @given(notes())
    def hold(written: list[Note]) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            write(Path(scratch), written)
            for note in written:
                for part in chunk(load(note.name, note.data), minilm):
                    passage = Passage(part, 1.0, 1.0)
                    for start, end in sentence_spans(part.text):
                        citation = cite(Span(0, start, end, part.text[start:end]), [passage])
                        assert stands(citation, Path(scratch)), citation
                        seen["one line" if citation.first_line == citation.last_line else "several"] += 1

    hold()
    assert min(seen["one line"], seen["several"]) > 20, seen


def test_a_place_off_by_one_line_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "n.md").write_bytes("\ufeffone\r\ntwo three\r\nfour\r\n".encode())

    def at(first: int, last: int, quote: str) -> bool:
        return stands(Citation("p", "n.md", (), first, last, quote, 0, len(quote)), tmp_path)

    assert at(2, 2, "two three")
    assert at(2, 3, "three\nfour")
    assert at(1, 1, "one")
    assert not at(1, 1, "two three")
    assert not at(1, 2, "two three")
    assert not at(2, 3, "two\nfour")
    assert not at(3, 4, "three\nfour")


def everything(data: Path, minilm: MiniLM, questions: Sequence[Ask]) -> list[object]:
    """What a person can see of an index: ids in order, searches with their scores, answers with their citations."""
    with searching(data, minilm) as retriever:
        said: list[object] = [sorted(retriever.catalog.chunk_ids())]
        for ask in questions:
            found = retriever.search(ask.question)
            said.append([(passage.chunk.id, passage.score, round(passage.similarity, 6)) for passage in found])
            one = answer(retriever, minilm, ask)
            said.append((one.status, one.text, [sentence.citations for sentence in one.sentences]))
    return said


def test_however_the_index_came_about_it_says_the_same(minilm: MiniLM) -> None:
    @settings(CALM, max_examples=60 if LONG else 2)
    @given(notes(most=3))
    def same(written: list[Note]) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            folder, data = Path(scratch) / "notes", Path(scratch) / "data"
            write(folder, written)
            ingest(folder, data, minilm)
            questions = asks(written)
            first = everything(data, minilm, questions)

            def again(what: str, *, into: Path = data, rebuild: bool = False) -> None:
                ingest(folder, into, minilm, rebuild=rebuild)
                assert everything(into, minilm, questions) == first, what

            again("nothing changed")
            for note in written:
                os.utime(folder / note.name, (1_000_000_000, 1_000_000_000))
            again("files were touched")
            (folder / written[0].name).unlink()
            ingest(folder, data, minilm)
            write(folder, written[:1])
            again("a note was deleted and came back")
            shutil.move(folder, Path(scratch) / "away")
            folder.mkdir()
            ingest(folder, data, minilm)
            shutil.rmtree(folder)
            shutil.move(Path(scratch) / "away", folder)
            again("all notes were away for a while")
            again("it was rebuilt", rebuild=True)
            shutil.rmtree(folder)
            write(folder, written[::-1])
            again("it was made elsewhere, from files written in another order", into=Path(scratch) / "other")

    same()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_quote_over_two_lines_is_in_the_file_s_own_bytes(tmp_path: Path, minilm: MiniLM, end: str) -> None:
    wrapped = "The harbour of Tbilisi was closed for nine days because the ferry" + end + "number 7 had lost its anchor there."
    data = ("# Harbour" + end + end + wrapped + end).encode("utf-8-sig")
    write(tmp_path / "notes", [Note("a.md", data, ())])
    ingest(tmp_path / "notes", tmp_path / "data", minilm)
    with searching(tmp_path / "data", minilm) as retriever:
        (citation,) = cited(answer(retriever, minilm, Ask("Why was the harbour of Tbilisi closed?", "", said=False)))
    assert (citation.first_line, citation.last_line) == (3, 4)
    assert citation.quote.replace("\n", end).encode() in data
