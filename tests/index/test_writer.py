"""Writing a catalog: whole changes or none, and nothing left behind."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from notebot.errors import Locked
from notebot.index.catalog import Catalog, Reading
from notebot.index.linked import PageRow
from notebot.index.schema import FORMAT_VERSION
from notebot.index.writer import CatalogWriter
from notebot.types import Chunk, Document, Link, NoteLine, Page

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
    many = shelf.chunks("a.md", *[("H", f"old {number}") for number in range(1200)])
    with CatalogWriter.open(shelf.data) as writer:
        shelf.put(writer, "a.md", many)
        shelf.put(writer, "a.md", shelf.chunks("a.md", ("H", "kept")))
        with writer.transaction(visible=False):
            writer.prune_vectors(shelf.model)
        assert writer.unembedded(shelf.model) == []
        with writer.transaction():
            writer.put(Document("b.md", "b", (), (), {}), [replace(many[7], id="b", source="b.md")], Reading("", 0, ""))
        assert writer.unembedded(shelf.model) == ["b"]


def test_a_few_unused_vectors_are_kept_for_when_a_text_comes_back(shelf: Shelf) -> None:
    with CatalogWriter.open(shelf.data) as writer:
        old = shelf.chunks("a.md", ("H", "old"))
        shelf.put(writer, "a.md", old)
        shelf.put(writer, "a.md", [])
        with writer.transaction(visible=False):
            writer.prune_vectors(shelf.model)
        with writer.transaction():
            writer.put(Document("a.md", "a", (), (), {}), old, Reading("", 0, ""))
        assert writer.unembedded(shelf.model) == []


def test_chunks_that_are_there_already_keep_their_rows(shelf: Shelf) -> None:
    def rows(writer: CatalogWriter) -> dict[str, int]:
        return dict(writer._rows("SELECT chunk_id, id FROM chunks"))

    with CatalogWriter.open(shelf.data) as writer:
        one, two, three = shelf.chunks("a.md", ("H", "one"), ("H", "two"), ("H", "three"))
        shelf.put(writer, "a.md", [one, two])
        before = rows(writer)
        moved = replace(two, first_line=7, last_line=9, links=(Link("https://x.y/z", 8),))
        shelf.put(writer, "a.md", [three, moved])
        assert writer.chunks_of("a.md") == [three, moved]
        after = rows(writer)
        assert after[two.id] == before[two.id]
        assert one.id not in after
        assert [hit.chunk_id for hit in writer.search_words(["one", "two", "three"], 9)] == sorted([two.id, three.id])


PAGE = PageRow("https://x.y/p", "fetched", url="https://www.x.y/p", sha256="s", fetched_at=86_400, due_at=90_000)


def put_page(writer: CatalogWriter, shelf: Shelf, row: PageRow, *entries: tuple[str, str]) -> list[Chunk]:
    chunks = [replace(chunk, unit="", anchor=chunk.heading[0].lower()) for chunk in shelf.chunks(row.page, *entries)]
    with writer.transaction():
        writer.put_page(row, b"<p>the copy</p>")
        writer.put(Document(row.page, row.page, (), (), {}, unit=""), chunks, Reading("", 0, row.sha256), kind="page")
    return chunks


def test_a_page_knows_the_note_lines_that_lead_to_it(shelf: Shelf) -> None:
    with CatalogWriter.open(shelf.data) as writer:
        links = [Link("http://www.x.y/p?utm_source=z#Two", 3), Link("https://x.y/p", 5), Link("mailto:a@b.c", 6)]
        shelf.put(writer, "n.md", shelf.chunks("n.md", ("H", "text"), links=links))
        one, two = put_page(writer, shelf, PAGE, ("One", "first part"), ("two", "second part"))
        found = writer.chunks([one.id, two.id])
        lines = (NoteLine("n.md", 3), NoteLine("n.md", 5))
        assert found[one.id].page == Page("https://www.x.y/p", "1970-01-02T00:00:00+00:00", False, lines, meant=False)
        assert writer.linked() == {"https://x.y/p": True}
        assert writer.page_states() == {}
        assert writer.body(PAGE.page) == b"<p>the copy</p>"
        assert writer.pages() == {PAGE.page: PAGE}
        assert list(writer.sources()) == ["n.md"]
        assert writer.headings() == [("n.md", ("H",), False)]
        with writer.transaction():
            writer.put_page(replace(PAGE, state="stale", reason="404"))
        assert writer.chunks([one.id])[one.id].page.stale
        assert writer.body(PAGE.page)
        with writer.transaction():
            writer.forget_pages([PAGE.page])
        assert writer.chunks([one.id, two.id]) == writer.pages() == {}
        assert writer.page_states() == {PAGE.page: "not asked for yet"}


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION))
def test_an_older_index_is_made_anew_and_keeps_its_vectors_and_pages(shelf: Shelf, version: int) -> None:
    shelf.fill("a.md", ("H", "text"))
    with CatalogWriter.open(shelf.data) as writer, writer.transaction():
        writer.put_page(PAGE, b"<p>the copy</p>")
    with closing(sqlite3.connect(shelf.data / "catalog.db")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    with CatalogWriter.open(shelf.data) as writer:
        assert writer.chunk_count() == 0
        assert (writer.pages(), writer.body(PAGE.page)) == ({PAGE.page: PAGE}, b"<p>the copy</p>")
        with writer.transaction():
            writer.put(Document("a.md", "a", (), (), {}), shelf.chunks("a.md", ("H", "text")), Reading("", 0, ""))
        assert writer.unembedded(shelf.model) == []


@pytest.mark.parametrize("damage", [b"not a database" * 500, b""])
def test_a_damaged_index_is_put_aside_when_asked(shelf: Shelf, damage: bytes) -> None:
    shelf.fill("a.md", ("H", "text"))
    path = shelf.data / "catalog.db"
    path.write_bytes(damage)
    reader_of_old = path.stat().st_ino
    with CatalogWriter.open(shelf.data, rebuild=True) as writer:
        assert writer.chunk_count() == 0
        assert writer.current()
    assert (shelf.data / "catalog.aside.db").read_bytes() == damage
    assert path.stat().st_ino != reader_of_old
