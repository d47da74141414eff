"""A seal breaks with any change that could matter, and only then."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebot.index.catalog import Catalog
from notebot.index.seal import seal_of

if TYPE_CHECKING:
    from conftest import Shelf


@pytest.fixture
def copy(large: Path, shelf: Shelf) -> Path:
    shutil.copytree(large, shelf.data)
    return shelf.data / "chroma"


def test_searching_does_not_break_it(copy: Path, shelf: Shelf) -> None:
    before = seal_of(copy, thorough=True)
    for _ in range(2):
        with Catalog.open(shelf.data) as catalog, closing(shelf.vectors(catalog)) as vectors:
            vectors.search(shelf.vector("x"), 5)
    assert seal_of(copy, thorough=True) == before
    assert seal_of(copy, thorough=False) == before.partition(":")[0]


def test_any_saved_file_that_changes_breaks_it(copy: Path) -> None:
    before = seal_of(copy, thorough=False)
    for path in sorted(copy.glob("*/*")):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if content else b"x")
        assert seal_of(copy, thorough=False) != before, path.name
        path.write_bytes(content)
    assert seal_of(copy, thorough=False) == before


def test_a_row_that_changes_breaks_the_thorough_one(copy: Path) -> None:
    before = seal_of(copy, thorough=True)
    with closing(sqlite3.connect(copy / "chroma.sqlite3")) as connection, connection:
        connection.execute("UPDATE embeddings SET embedding_id = 'b.md/700' WHERE embedding_id = 'a.md/700'")
    after = seal_of(copy, thorough=True)
    assert after != before
    assert after.partition(":")[0] == before.partition(":")[0]


def test_what_is_missing_or_unreadable_has_none(copy: Path, tmp_path: Path) -> None:
    assert seal_of(tmp_path / "nothing", thorough=True) == seal_of(tmp_path / "nothing", thorough=False) == ""
    (copy / "chroma.sqlite3").write_bytes(b"no database at all")
    assert seal_of(copy, thorough=True) == ""
