"""A disk that takes no more: the old index or the new one, a clear message, and the next run makes it whole."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebot.errors import NotebotError
from notebot.index.catalog import Catalog

if TYPE_CHECKING:
    from conftest import Desk

SIZES = [4096 * pages for pages in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)]


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: the system refuses the write, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", SIZES)
def test_a_write_that_fails_anywhere_loses_nothing(desk: Desk, tmp_path: Path, size: int) -> None:
    desk.write("old.md", "# Old\n\nwords of old\n")
    desk.ingest()
    for number in range(30):
        desk.write(f"{number}.md", f"# Note {number}\n\n" + f"words of {number}. " * 40)
    with files_up_to(size):
        try:
            desk.ingest()
        except NotebotError as error:
            message = str(error)
            assert "free space" in message or "cannot be" in message, message
    assert desk.says("old") == ["old.md"]
    with Catalog.open(desk.data) as catalog:
        stored = len(catalog.sources())
        assert stored in (1, 31)  # all that was read, or nothing of it
    assert desk.search("words of old", 1)
    desk.ingest()
    assert desk.everything() == desk.built_anew(tmp_path / "clean")
