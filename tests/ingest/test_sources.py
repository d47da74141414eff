"""Which files are notes, and that nothing else is read. Bad names and folders: test_bad_folders.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from notebot.errors import NotesError
from notebot.ingest.sources import SUFFIXES, file_of, is_note_name, read, scan


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def names(*folders: Path) -> list[str]:
    return [file.source for file in scan(folders).files]


def reasons(root: Path) -> dict[str, str]:
    return {problem.source: problem.reason for problem in scan([root]).problems}


def test_notes_are_found_at_any_depth_in_order(tmp_path: Path) -> None:
    put(tmp_path, "b.md", "a/deep/er/c.markdown", "a.txt", "A.MD", "image.png", "no-suffix", "a/b.md.bak")
    assert names(tmp_path) == ["A.MD", "a.txt", "a/deep/er/c.markdown", "b.md"]
    assert reasons(tmp_path) == {}


def test_several_folders_have_names_of_their_own(tmp_path: Path) -> None:
    put(tmp_path, "x/notes/a.md", "y/notes/a.md", "z/b.md", "z/inner/c.md")
    folders = [tmp_path / "x/notes", tmp_path / "y/notes", tmp_path / "z", tmp_path / "z/inner", tmp_path / "z/../z"]
    assert names(*folders) == ["notes-2/a.md", "notes/a.md", "z/b.md", "z/inner/c.md"]


def test_a_name_leads_back_to_its_file_and_nowhere_else(tmp_path: Path) -> None:
    put(tmp_path, "x/notes/a.md", "y/notes/deep/a.md", "secret.md")
    folders = [tmp_path / "x/notes", tmp_path / "y/notes"]
    for found in scan(folders).files:
        assert file_of(found.source, folders) == found.path
    assert file_of("a.md", folders[:1]) == tmp_path / "x/notes/a.md"
    for name in ("../../secret.md", "", ".", "https://a.example/b"):
        path = file_of(name, folders[:1])
        assert path is None or path.is_relative_to(tmp_path / "x/notes")
    assert file_of("../../secret.md", folders[:1]) is None
    assert file_of("elsewhere/a.md", folders) is None


def test_a_file_can_be_read_with_its_stamp(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    (file,) = scan([tmp_path]).files
    assert read(file) == (b"a.md", file.stamp)
    (tmp_path / "a.md").write_text("A.MD")
    os.utime(tmp_path / "a.md", ns=(0, 0))
    (later,) = scan([tmp_path]).files
    assert later.stamp != file.stamp


def test_a_pipe_that_took_the_place_of_a_file_does_not_hold_us(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    (file,) = scan([tmp_path]).files
    file.path.unlink()
    os.mkfifo(file.path)
    with pytest.raises(NotesError, match="not a regular file"):
        read(file)


def test_a_root_that_is_a_link_is_followed(tmp_path: Path) -> None:
    put(tmp_path, "real/a.md")
    (tmp_path / "link").symlink_to("real")
    assert names(tmp_path / "link") == ["a.md"]


def test_what_a_name_says() -> None:
    assert all(is_note_name(f"a{suffix}") and is_note_name(f"A{suffix.upper()}") for suffix in SUFFIXES)
    assert not any(map(is_note_name, ["a", "a.png", ".a.md", "~$a.docx", "a.md.bak", "md", "node_modules"]))


def test_a_link_that_took_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "root/a.md", "secret.md")
    (file,) = scan([tmp_path / "root"]).files
    file.path.unlink()
    file.path.symlink_to(tmp_path / "secret.md")
    with pytest.raises(NotesError, match="a link took the place"):
        read(file)


@pytest.mark.parametrize("swapped", ["root/one", "root/one/two"])
def test_a_link_that_took_the_place_of_a_folder_is_not_followed(tmp_path: Path, swapped: str) -> None:
    put(tmp_path, "root/one/two/a.md", "outside/a.md", "outside/two/a.md")
    (file,) = scan([tmp_path / "root"]).files
    assert read(file)[0] == b"root/one/two/a.md"
    (tmp_path / swapped).rename(tmp_path / "away")
    (tmp_path / swapped).symlink_to(tmp_path / "outside")
    with pytest.raises(NotesError, match="a link took the place"):
        read(file)
    (tmp_path / swapped).unlink()
    (tmp_path / "away").rename(tmp_path / swapped)
    assert read(file)[0] == b"root/one/two/a.md"


def test_reading_leaves_no_descriptor_open(tmp_path: Path) -> None:
    put(tmp_path, "one/two/a.md")
    (file,) = scan([tmp_path]).files
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(5):
        read(file)
    file.path.unlink()
    with pytest.raises(NotesError):
        read(file)
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_a_link_to_a_note_inside_is_read_as_that_note(tmp_path: Path) -> None:
    put(tmp_path, "deep/a.md")
    (tmp_path / "b.md").symlink_to("deep/a.md")
    assert {file.source: read(file)[0] for file in scan([tmp_path]).files} == {"b.md": b"deep/a.md", "deep/a.md": b"deep/a.md"}
