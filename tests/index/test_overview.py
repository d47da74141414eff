"""What is shown of an index is what is in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notebot.index.catalog import Catalog, Reading
from notebot.index.linked import PageRow
from notebot.index.overview import overview
from notebot.index.writer import CatalogWriter
from notebot.states import SourceState
from notebot.types import Document, Link

if TYPE_CHECKING:
    from conftest import Shelf


def page(name: str) -> str:
    return f"https://x.y/{name}"


def test_notes_and_pages_are_listed_with_their_states(shelf: Shelf) -> None:
    names = ("good", "old", "twin", "login", "down", "new")
    links = [Link(page(name), line) for line, name in enumerate(names, 1)]
    with CatalogWriter.open(shelf.data) as writer:
        assert overview(writer).chunks == overview(writer).generation == 0
        shelf.put(writer, "b.md", shelf.chunks("b.md", ("Top", "text"), ("", "no head")))
        shelf.put(writer, "a-odd.md", shelf.chunks("a-odd.md", ("Stub", "# Stub"), links=links, stub=True))
        shelf.put(writer, "void.md", [])
        with writer.transaction(visible=False):
            writer.mark_failed("c.md", "is a PDF document, not text")
            writer.set_meta({"ingested_at": "2026-01-02T03:04:05+00:00"})
            for name, state in (("good", "fetched"), ("old", "stale")):
                writer.put_page(PageRow(page(name), state, "404" if state == "stale" else "", fetched_at=86_400))
                chunks = [replace(chunk, unit="") for chunk in shelf.chunks(page(name), ("P", f"text of {name}"))]
                writer.put(Document(page(name), name, (), (), {}, unit=""), chunks, Reading("", 0, ""), kind="page")
            writer.put_page(PageRow(page("twin"), "fetched", same_as=page("good"), fetched_at=86_400))
            writer.put_page(PageRow(page("login"), "refused", "no usable text: a login page"))
            writer.put_page(PageRow(page("down"), "failed", "the server answered 503"))
    with Catalog.open(shelf.data) as catalog:
        state = overview(catalog)
    day = "1970-01-02T00:00:00+00:00"
    assert state.sources == (
        SourceState("a-odd.md", "note", "indexed", "odd", "", 1, 1, 6),
        SourceState("b.md", "note", "indexed", "", "", 2, 0, 0),
        SourceState("c.md", "note", "failed", "is a PDF document, not text", "", 0, 0, 0),
        SourceState("void.md", "note", "skipped", "has no text", "", 0, 0, 0),
        SourceState(page("down"), "page", "failed", "the server answered 503", "", 0, 0, 0),
        SourceState(page("good"), "page", "indexed", "", day, 1, 0, 0),
        SourceState(page("login"), "page", "skipped", "no usable text: a login page", "", 0, 0, 0),
        SourceState(page("new"), "page", "waiting", "not asked for yet", "", 0, 0, 0),
        SourceState(page("old"), "page", "stale", "404", day, 1, 0, 0),
        SourceState(page("twin"), "page", "skipped", f"the same page as {page('good')}", day, 0, 0, 0),
    )
    assert (state.chunks, state.unembedded, state.stubs, state.links) == (5, 2, ("Stub",), 6)
    assert (state.embedder, state.generation, state.ingested_at) == ("test@1", 3, "2026-01-02T03:04:05+00:00")
