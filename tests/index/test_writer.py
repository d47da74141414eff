"""Writing a catalog: whole changes or none, and nothing left behind."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from notebot.errors import Locked
from notebot.index.catalog import Catalog, Reading
from notebot.index.writer import CatalogWriter, text_hash
from notebot.types import Link

if TYPE_CHECKING:
    from conftest import Shelf


def rows_left(shelf: Shelf) -> dict[str, int]:
    with closing(sqlite3.connect(shelf.data / "catalog.db")) as connection:
        tables = ("sources", "chunks", "links", "chunk_words")
        return {table: len(connection.execute(f"SELECT rowid FROM {table}").fetchall()) for table in tables}  # noqa: S608 - named above


def test_only_one_writer_and_any_readers(shelf: Shelf) -> None:
    with CatalogWriter.open(shelf.data) as writer:
        shelf.put(writer, "a.md", shelf.chunks("a.md", ("H", "text")))
        with pytest.raises(Locked):
            CatalogWriter.open(shelf.data)
        with Catalog.open(shelf.data) as reader:
            assert reader.chunk_count() == 1
    CatalogWriter.open(shelf.data).close()


def test_what_fails_half_way_leaves_nothing(shelf: Shelf) -> None:
    with CatalogWriter.open(shelf.data) as writer:
        shelf.put(writer, "a.md", shelf.chunks("a.md", ("H", "text")))
        generation = writer.generation()
        with pytest.raises(KeyboardInterrupt), writer.transaction():  # noqa: PT012 - the interrupt comes after a change
            writer.remove("a.md")
            raise KeyboardInterrupt
        assert (writer.chunk_count(), writer.generation()) == (1, generation)


def test_only_what_a_search_could_see_is_a_new_generation(shelf: Shelf) -> None:
    with CatalogWriter.open(shelf.data) as writer:
        shelf.put(writer, "a.md", shelf.chunks("a.md", ("H", "text")))
        generation = writer.generation()
        with writer.transaction(visible=False):
            writer.note_reading("a.md", Reading("new", 7, "6"))
        assert writer.generation() == generation
        assert writer.sources()["a.md"].reading == Reading("new", 7, "6")


def test_a_source_is_replaced_and_removed_with_all_that_came_from_it(shelf: Shelf) -> None:
    links = [Link("https://x.y", 1)]
    with CatalogWriter.open(shelf.data) as writer:
        shelf.put(writer, "a.md", shelf.chunks("a.md", ("H", "one"), ("H", "two"), links=links))
        shelf.put(writer, "b.md", shelf.chunks("b.md", ("H", "three")))
        shelf.put(writer, "a.md", shelf.chunks("a.md", ("H", "four"), links=links))
        assert rows_left(shelf) == {"sources": 2, "chunks": 2, "links": 1, "chunk_words": 2}
        assert [hit.chunk_id for hit in writer.search_words(["one", "two"], 5)] == []
        with writer.transaction():
            writer.remove("a.md")
            writer.remove("never-there.md")
        assert rows_left(shelf) == {"sources": 1, "chunks": 1, "links": 0, "chunk_words": 1}


def test_a_failed_source_keeps_its_chunks_and_is_read_again(shelf: Shelf) -> None:
    with CatalogWriter.open(shelf.data) as writer:
        shelf.put(writer, "a.md", shelf.chunks("a.md", ("H", "text")))
        with writer.transaction(visible=False):
            writer.mark_failed("a.md", "could not be read")
        row = writer.sources()["a.md"]
        assert (row.state, row.reason, row.reading.stamp) == ("failed", "could not be read", "")
        assert writer.chunk_count() == 1


def test_vectors_that_nothing_uses_are_forgotten_in_time(shelf: Shelf) -> None:
    with CatalogWriter.open(shelf.data) as writer:
        kept = shelf.chunks("a.md", ("H", "kept"))
        shelf.put(writer, "a.md", shelf.chunks("a.md", *[("H", f"old {number}") for number in range(1200)]))
        shelf.put(writer, "a.md", kept)
        old = text_hash(shelf.chunks("a.md", ("H", "old 7"))[0])
        assert writer.embedded(shelf.model, [old]) == {old}
        with writer.transaction(visible=False):
            writer.prune_vectors(shelf.model)
        assert writer.embedded(shelf.model, [old, text_hash(kept[0])]) == {text_hash(kept[0])}


def test_a_few_unused_vectors_are_kept_for_when_a_text_comes_back(shelf: Shelf) -> None:
    with CatalogWriter.open(shelf.data) as writer:
        old = shelf.chunks("a.md", ("H", "old"))
        shelf.put(writer, "a.md", old)
        shelf.put(writer, "a.md", [])
        with writer.transaction(visible=False):
            writer.prune_vectors(shelf.model)
        assert writer.embedded(shelf.model, [text_hash(old[0])])
