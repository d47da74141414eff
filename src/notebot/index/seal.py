"""Whether Chroma's files are still the ones that were verified: a digest that is kept in the catalog."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path


def seal_of(folder: Path, *, thorough: bool) -> str:
    """A digest of Chroma's files: of its HNSW files, and if `thorough` also `:` and one of what its SQLite file says.

    The SQLite file cannot be compared byte by byte: Chroma writes to it whenever it opens it. Empty if unreadable.
    """
    try:
        digest = hashlib.sha256()
        for saved in sorted(folder.glob("*/index_metadata.pickle")):  # without it, the other files are not read
            for file in sorted(saved.parent.iterdir()):
                digest.update(f"{file.relative_to(folder)}\n".encode())
                digest.update(file.read_bytes())
        if not thorough:
            return digest.hexdigest() if (folder / "chroma.sqlite3").is_file() else ""
        return f"{digest.hexdigest()}:{_digest_of_rows(folder / 'chroma.sqlite3')}"
    except (OSError, sqlite3.Error):
        return ""


def _digest_of_rows(database: Path) -> str:
    digest = hashlib.sha256()
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        tables = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        ).fetchall()
        for name, sql in tables:
            if name != "acquire_write":  # where every opening leaves a row
                digest.update(f"{sql}\n".encode())
                for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - a name from the file's own schema
                    digest.update(repr(row).encode())
        if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("malformed")
    return digest.hexdigest()
