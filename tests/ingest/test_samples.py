"""Sample notes go into a folder without notes, once, and over nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebot.errors import NotesError
from notebot.ingest.samples import put_samples


def test_they_are_put_into_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert put_samples(tmp_path / "new" / "notes") == 3
    written = sorted(path.relative_to(tmp_path / "new" / "notes").as_posix() for path in (tmp_path / "new").rglob("*.md"))
    assert written == ["garden.md", "recipes/bread.md", "welcome.md"]


def test_a_folder_with_notes_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("# Mine")
    with pytest.raises(NotesError, match="already"):
        put_samples(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.md"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "garden.md").mkdir()  # no note, and in the way
    with pytest.raises(NotesError, match="cannot be put"):
        put_samples(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("")
    with pytest.raises(NotesError, match="File exists"):
        put_samples(tmp_path / "notes")
