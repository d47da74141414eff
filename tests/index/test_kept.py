"""Looks that are kept: made once for each state of the catalog, whoever commits, and never of what may be rolled back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from notebot.index.catalog import Catalog, Reading
from notebot.index.kept import kept
from notebot.index.writer import CatalogWriter
from notebot.types import Document


def put(writer: CatalogWriter, name: str) -> None:
    writer.put(Document(name, name, (), (), {}), (), Reading("", 0, ""))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[CatalogWriter]:
    with CatalogWriter.open(tmp_path) as writer:
        with writer.transaction():
            put(writer, "a.md")
        yield writer


class Names:
    """The names of the notes, with a count of how often they were really looked up."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self, catalog: Catalog) -> list[str]:
        self.looks += 1
        return list(catalog.sources())

    __name__, __doc__ = "names", None


def test_it_is_made_once_until_somebody_commits(writer: CatalogWriter, tmp_path: Path) -> None:
    names = Names()
    seen = kept(names)
    with Catalog.open(tmp_path) as catalog:
        assert seen(catalog) is seen(catalog)
        assert names.looks == 1
        with writer.transaction(visible=False):  # no search sees it, and yet it is another state
            writer.mark_failed("b.md", "broken")
        assert seen(catalog) == ["a.md", "b.md"]
        assert kept(names)(catalog) is seen(catalog)  # the look counts, not who asks for it
        assert names.looks == 2


def test_each_catalog_has_its_own(writer: CatalogWriter, tmp_path: Path) -> None:
    names = Names()
    with Catalog.open(tmp_path) as one, Catalog.open(tmp_path) as other:
        assert kept(names)(one) is not kept(names)(other)


def test_what_a_writer_sees_is_never_kept(writer: CatalogWriter) -> None:
    seen = kept(Names())

    def undone() -> None:
        with writer.transaction():
            put(writer, "b.md")
            assert seen(writer) == ["a.md", "b.md"]
            raise InterruptedError

    with pytest.raises(InterruptedError):
        undone()
    assert seen(writer) == ["a.md"]


def test_who_comes_meanwhile_waits_for_it(writer: CatalogWriter, tmp_path: Path) -> None:
    looks = []

    @kept
    def slowly(catalog: Catalog) -> int:
        looks.append(1)
        time.sleep(0.2)
        return catalog.chunk_count()

    with Catalog.open(tmp_path) as catalog:
        together = [threading.Thread(target=slowly, args=(catalog,)) for _ in range(8)]
        for thread in together:
            thread.start()
        for thread in together:
            thread.join()
    assert len(looks) == 1
