"""Which files are notes. Numbers are those of the list of bad inputs that notebot must survive."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from notebot.errors import NotesError
from notebot.ingest.sources import LARGEST, read, scan


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
    put(tmp_path, ".git/x.md", ".obsidian/x.md", "node_modules/x.md", ".hidden.md", "a/.trash/x.md")  # bad input 44
    assert names(tmp_path) == ["A.MD", "a.txt", "a/deep/er/c.markdown", "b.md"]
    assert reasons(tmp_path) == {}


def test_several_folders_have_names_of_their_own(tmp_path: Path) -> None:
    put(tmp_path, "x/notes/a.md", "y/notes/a.md", "z/b.md", "z/inner/c.md")
    folders = [tmp_path / "x/notes", tmp_path / "y/notes", tmp_path / "z", tmp_path / "z/inner", tmp_path / "z/../z"]
    assert names(*folders) == ["notes-2/a.md", "notes/a.md", "z/b.md", "z/inner/c.md"]


def test_a_file_can_be_read_with_its_stamp(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    (file,) = scan([tmp_path]).files
    assert read(file) == (b"a.md", file.stamp)
    (tmp_path / "a.md").write_text("A.MD")
    os.utime(tmp_path / "a.md", ns=(0, 0))
    (later,) = scan([tmp_path]).files
    assert later.stamp != file.stamp


@pytest.mark.parametrize("name", ["a\nb.md", 'q"%#?.md', "🙂.md", "ＡＢ.md", "é.md", "e\u0301.md", "x" * 250 + ".md"])
def test_bad_input_31_odd_names_are_names(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert names(tmp_path) == [name]


def test_bad_inputs_33_and_34_twins_are_both_kept(tmp_path: Path) -> None:
    put(tmp_path, "A.md", "a.md", "é.md", "e\u0301.md")
    assert len(names(tmp_path)) == 4


def test_bad_input_30_a_name_that_is_not_utf_8(tmp_path: Path) -> None:
    put(tmp_path, "good.md")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.md")).write_text("x")
    assert names(tmp_path) == ["good.md"]
    ((source, reason),) = reasons(tmp_path).items()
    assert source == "bad\\udcff.md"
    assert "rename" in reason


def test_bad_input_19_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(1_000_000_000)
    assert names(tmp_path) == []
    assert "1,000.0 MB" in reasons(tmp_path)["large.md"]


def test_bad_input_29_a_file_that_grows_or_goes(tmp_path: Path) -> None:
    put(tmp_path, "grows.md", "goes.md")
    goes, grows = scan([tmp_path]).files
    goes.path.unlink()
    with pytest.raises(NotesError, match="could not be read: No such file"):
        read(goes)
    with grows.path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(NotesError, match="MB"):
        read(grows)


def test_bad_input_36_pipes_and_sockets_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with tempfile.TemporaryDirectory(dir="/tmp") as short, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{short}/s.md")
        assert reasons(tmp_path) == {"pipe.md": "is not a regular file"}
        assert reasons(Path(short)) == {"s.md": "is not a regular file"}


def test_a_pipe_that_took_the_place_of_a_file_does_not_hold_us(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    (file,) = scan([tmp_path]).files
    file.path.unlink()
    os.mkfifo(file.path)
    with pytest.raises(NotesError, match="not a regular file"):
        read(file)


def test_bad_inputs_37_and_39_links(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root, "a.md", "folder/b.md")
    put(tmp_path, "secret.md", "outside/c.md")
    (root / "inside.md").symlink_to("a.md")
    (root / "out.md").symlink_to("../secret.md")
    (root / "circle.md").symlink_to("circle.md")
    (root / "nowhere.md").symlink_to("gone.md")
    (root / "loop").symlink_to(root)
    (root / "outward").symlink_to(tmp_path / "outside")
    assert names(root) == ["a.md", "folder/b.md", "inside.md"]
    assert sorted(reasons(root)) == ["circle.md", "nowhere.md", "out.md"]
    assert "leads out" in reasons(root)["out.md"]


def test_a_root_that_is_a_link_is_followed(tmp_path: Path) -> None:
    put(tmp_path, "real/a.md")
    (tmp_path / "link").symlink_to("real")
    assert names(tmp_path / "link") == ["a.md"]


def test_bad_input_40_a_root_that_is_missing_or_a_file(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    with pytest.raises(NotesError, match="does not exist"):
        scan([tmp_path / "nothing"])
    with pytest.raises(NotesError, match=r"is a file, not a folder"):
        scan([tmp_path / "a.md"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_bad_input_35_a_folder_without_permission(tmp_path: Path) -> None:
    put(tmp_path, "open/a.md", "closed/b.md")
    (tmp_path / "closed").chmod(0)
    try:
        found = scan([tmp_path])
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert [file.source for file in found.files] == ["open/a.md"]
    assert found.unread == ["closed/"]
