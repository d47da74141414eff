"""Names and folders that notebot must survive, by their number in the list of bad inputs. Real files, links, pipes and rights."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebot.errors import NotesError
from notebot.ingest.loaders import load
from notebot.ingest.sources import read, scan
from pace import within

if TYPE_CHECKING:
    from conftest import Desk

NOBODY = 65534


@contextmanager
def without_rights() -> Iterator[None]:
    """As somebody whom rights bind: root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def found(root: Path) -> tuple[list[str], dict[str, str]]:
    scanned = scan([root])
    for file in scanned.files:
        load(file.source, read(file)[0])
    return [file.source for file in scanned.files], {problem.source: problem.reason for problem in scanned.problems}


def test_input_30_a_name_that_is_not_utf8(desk: Desk) -> None:
    desk.write("good.md", "apples")
    Path(os.fsdecode(os.fsencode(desk.notes) + b"/bad\xff.md")).write_text("bananas")
    Path(os.fsdecode(os.fsencode(desk.notes) + b"/folder\xfe")).mkdir()
    Path(os.fsdecode(os.fsencode(desk.notes) + b"/folder\xfe/a.md")).write_text("cherries")
    problems = {problem.source: problem.reason for problem in desk.ingest().problems}
    assert problems == dict.fromkeys(["bad\\udcff.md", "folder\\udcfe/a.md"], "its name is not valid UTF-8; rename it")
    assert desk.says("apples") == ["good.md"]


@pytest.mark.parametrize("name", ["a\nb.md", 'q"%#?.md', "🙂.md", "ＡＢ.md", "é.md", "e\u0301.md", "a'b\\c.md", "<b>.md"])
def test_input_31_odd_names(desk: Desk, name: str) -> None:
    desk.write(name, "apples")
    assert desk.ingest().failed == 0
    assert desk.says("apples") == [name]


def test_input_32_the_longest_names(tmp_path: Path) -> None:
    put(tmp_path, "x" * 252 + ".md", "good.md")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):  # 5,000 characters: more than a path may have
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("deep.md", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    names, problems = found(tmp_path)
    assert names == ["good.md", "x" * 252 + ".md"]
    ((folder, reason),) = problems.items()
    assert folder.startswith("d" * 250 + "/")
    assert reason == "the folder could not be read: File name too long"
    shutil.rmtree(tmp_path / ("d" * 250))


def test_input_33_names_that_differ_in_case(desk: Desk) -> None:
    desk.write("A.md", "apples")
    desk.write("a.md", "bananas")
    assert desk.ingest().added == 2
    assert (desk.says("apples"), desk.says("bananas")) == (["A.md"], ["a.md"])


def test_input_34_names_that_differ_in_the_form_of_an_accent(tmp_path: Path) -> None:
    put(tmp_path, "é/a.md", "e\u0301/a.md", "é.md")
    scanned = scan([tmp_path])
    assert [file.source for file in scanned.files] == ["e\u0301/a.md", "é.md", "é/a.md"]
    assert [problem.source for problem in scanned.warnings] == ["é/a.md"]
    assert scanned.problems == []


def test_input_35_without_the_right_to_read() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        put(root, "open/a.md", "closed/b.md", "mine.md")
        root.chmod(0o755)
        (root / "closed").chmod(0)
        (root / "mine.md").chmod(0)
        try:
            with without_rights():
                scanned = scan([root])
                mine, given = scanned.files
                assert read(given)[0] == b"open/a.md"
                with pytest.raises(NotesError, match="could not be read: Permission denied"):
                    read(mine)
        finally:
            (root / "closed").chmod(0o700)
    assert scanned.unread == ["closed/"]
    assert [problem.reason for problem in scanned.problems] == ["the folder could not be read: Permission denied"]


def test_input_36_pipes_sockets_and_devices_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "device.md").symlink_to("/dev/zero")
    with suppress(PermissionError):  # only root may make a device
        os.mknod(tmp_path / "zero.md", 0o20666, os.makedev(1, 5))
    with tempfile.TemporaryDirectory(dir="/tmp") as short, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{short}/s.md")
        assert found(Path(short)) == ([], {"s.md": "is not a regular file"})
    names, problems = found(tmp_path)
    assert names == []
    assert problems.pop("device.md").startswith("is a link that leads out")
    assert set(problems.values()) == {"is not a regular file"}


def test_input_37_links_that_lead_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root, "a.md", "folder/b.md")
    put(tmp_path, "secret.md", "outside/c.md", "root-2/d.md")
    (root / "inside.md").symlink_to("a.md")
    (root / "out.md").symlink_to("../secret.md")
    (root / "beside.md").symlink_to("../root-2/d.md")
    (root / "outward").symlink_to(tmp_path / "outside")
    (root / "around.md").symlink_to(root / "outward" / "c.md")
    names, problems = found(root)
    assert names == ["a.md", "folder/b.md", "inside.md"]
    assert problems == dict.fromkeys(
        ["around.md", "beside.md", "out.md"], "is a link that leads out of the notes folder, and was not followed"
    )


def test_input_38_a_hard_link_is_a_file_like_any_other(tmp_path: Path) -> None:
    put(tmp_path, "outside.md", "root/a.md")
    (tmp_path / "root" / "b.md").hardlink_to(tmp_path / "outside.md")
    assert found(tmp_path / "root") == (["a.md", "b.md"], {})


def test_input_39_links_in_a_circle(tmp_path: Path) -> None:
    put(tmp_path, "a.md")
    (tmp_path / "circle.md").symlink_to("circle.md")
    (tmp_path / "one.md").symlink_to("two.md")
    (tmp_path / "two.md").symlink_to("one.md")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "nowhere.md").symlink_to("gone.md")
    names, problems = found(tmp_path)
    assert names == ["a.md"]
    assert sorted(problems) == ["circle.md", "nowhere.md", "one.md", "two.md"]
    assert all(reason.startswith("could not be looked at: ") for reason in problems.values())


def test_input_40_a_root_that_is_missing_or_a_file(desk: Desk) -> None:
    path = desk.write("a.md", "apples")
    with pytest.raises(NotesError, match="does not exist"):
        desk.ingest(desk.notes / "nothing")
    with pytest.raises(NotesError, match=r"is a file, not a folder"):
        desk.ingest(path)


def test_input_41_an_empty_root(desk: Desk) -> None:
    summary = desk.ingest()
    assert (summary.chunks, summary.failed) == (0, 0)
    assert "there are no notes (*.md, " in summary.problems[0].reason


def test_input_42_a_root_that_is_suddenly_empty(desk: Desk) -> None:
    desk.write("a.md", "apples")
    desk.ingest()
    (desk.notes / "a.md").unlink()
    with pytest.raises(NotesError, match=r"0 of 1 notes are still in"):
        desk.ingest()
    assert desk.says("apples") == ["a.md"]


@pytest.mark.alone
def test_input_43_a_hundred_thousand_files(tmp_path: Path) -> None:
    for folder in range(100):  # hard links: quicker made than files, and the walk cannot tell
        put(tmp_path, f"{folder}/0.md")
        for number in range(1, 1000):
            os.link(tmp_path / f"{folder}/0.md", tmp_path / f"{folder}/{number}.md")
    with within(8):
        assert len(scan([tmp_path]).files) == 100_000


def test_input_44_folders_that_hold_no_notes(tmp_path: Path) -> None:
    put(tmp_path, ".git/x.md", ".obsidian/x.md", "a/node_modules/x.md", ".hidden.md", "a/.trash/x.md", "a/~$open.docx", "a/b.md")
    assert found(tmp_path) == (["a/b.md"], {})


def test_input_45_a_file_whose_content_is_in_the_cloud(desk: Desk) -> None:
    note = desk.write("a/note.md", "apples")
    desk.write("b.md", "bananas")
    desk.ingest()
    note.rename(note.with_name(".note.md.icloud"))
    desk.write("c.md.nextcloud", "")
    desk.write("other.png.icloud", "")
    problems = {problem.source: problem.reason for problem in desk.ingest().problems}
    assert problems == dict.fromkeys(
        ["a/note.md", "c.md"], "is a placeholder, its content is in the cloud only; download it first"
    )
    assert desk.says("apples") == ["a/note.md"]
