"""Opening catalog.db: what is missing, foreign or damaged is said, and what to do."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from notebot.errors import IndexBroken, IndexMissing, Locked, NotebotError
from notebot.index.catalog import Catalog
from notebot.index.schema import FORMAT_VERSION, connect, translated
from notebot.index.writer import CatalogWriter


def test_reading_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="Run: notebot ingest"):
        Catalog.open(tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_catalog_that_was_only_just_begun_is_none_yet(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").touch()
    with pytest.raises(IndexMissing, match="has begun, or broke off"):
        Catalog.open(tmp_path)
    with CatalogWriter.open(tmp_path) as writer:
        assert writer.chunk_count() == 0


def test_a_new_catalog_is_its_owner_s_alone(tmp_path: Path) -> None:
    CatalogWriter.open(tmp_path / "deep" / "data").close()
    assert stat.S_IMODE((tmp_path / "deep" / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "deep" / "data" / "catalog.db").stat().st_mode) == 0o600


def test_writing_survives_power_loss_by_setting(tmp_path: Path) -> None:
    with closing(connect(tmp_path, write=True)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


@pytest.mark.parametrize(
    ("opened", "version", "words"),
    [
        (Catalog, FORMAT_VERSION + 1, "newer notebot.*Update notebot"),
        (CatalogWriter, FORMAT_VERSION + 1, "newer notebot.*Update notebot"),
        (Catalog, FORMAT_VERSION - 1, "older notebot.*run: notebot ingest"),
    ],
)
def test_another_format_is_refused(tmp_path: Path, opened: type[Catalog], version: int, words: str) -> None:
    CatalogWriter.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "catalog.db")) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(IndexBroken, match=words):
        opened.open(tmp_path)
    CatalogWriter.open(tmp_path / "other").close()  # the lock of the refused one is free again
    with pytest.raises(IndexBroken, match=words):
        opened.open(tmp_path)


@pytest.mark.parametrize("opened", [Catalog, CatalogWriter])
def test_damage_is_said_and_the_notes_are_untouched(tmp_path: Path, opened: type[Catalog]) -> None:
    CatalogWriter.open(tmp_path).close()
    path = tmp_path / "catalog.db"
    path.write_bytes(b"not a database" * 500)
    with pytest.raises(IndexBroken, match=r"Your notes are untouched\. .*run: notebot ingest --rebuild"):
        opened.open(tmp_path)


def test_a_writer_looks_for_damage_inside(tmp_path: Path) -> None:
    CatalogWriter.open(tmp_path).close()
    path = tmp_path / "catalog.db"
    content = bytearray(path.read_bytes())
    content[4096 : 2 * 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(IndexBroken, match="damaged"):
        CatalogWriter.open(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_bad_input_94_a_read_only_folder_can_be_read(tmp_path: Path) -> None:
    CatalogWriter.open(tmp_path / "data").close()
    (tmp_path / "data").chmod(0o500)
    try:
        with Catalog.open(tmp_path / "data") as catalog:
            assert catalog.chunk_count() == 0
    finally:
        (tmp_path / "data").chmod(0o700)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (sqlite3.SQLITE_BUSY, Locked, "Try again"),
        (sqlite3.SQLITE_FULL, NotebotError, "free space"),
        (sqlite3.SQLITE_READONLY, NotebotError, "permissions"),
        (sqlite3.SQLITE_CANTOPEN, NotebotError, "permissions"),
        (sqlite3.SQLITE_CORRUPT, IndexBroken, "damaged"),
    ],
)
def test_sqlite_s_errors_become_ours(code: int, kind: type[NotebotError], words: str) -> None:
    error = sqlite3.OperationalError("why")
    error.sqlite_errorcode = code
    found = translated(error, Path("data/catalog.db"))
    assert type(found) is kind
    assert words in str(found)
