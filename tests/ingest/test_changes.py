"""Unchanged is what can be shown to be unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebot.errors import NotesError
from notebot.index.catalog import Reading, SourceRow
from notebot.ingest.changes import gone, is_news, read_note, refuse_to_empty, same, settled, without_notes
from notebot.ingest.sources import NoteFile, Scan, scan

SECOND = 1_000_000_000


def row(stamp: str = "s", read_at: int = 0, state: str = "indexed", sha256: str = "x", reason: str = "") -> SourceRow:
    return SourceRow("a.md", state, reason, Reading(stamp, read_at, sha256))


@pytest.mark.parametrize(
    ("changed_at", "known", "is_settled"),
    [
        (0, row(read_at=10 * SECOND), True),
        (9 * SECOND, row(read_at=10 * SECOND), False),  # may have been written again within the clock's tick
        (0, row(stamp="other", read_at=10 * SECOND), False),
        (0, row(read_at=10 * SECOND, state="failed"), False),
        (20 * SECOND, row(read_at=10 * SECOND), False),  # the clock was set back
    ],
)
def test_a_stamp_is_trusted_only_when_it_is_old_enough(changed_at: int, known: SourceRow, is_settled: bool) -> None:
    assert settled(NoteFile("a.md", Path("a.md"), "s", changed_at, Path()), known) is is_settled


def test_the_content_decides_where_the_stamp_cannot(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("apples")
    (file,) = scan([tmp_path]).files
    data, reading = read_note(file)
    assert data == b"apples"
    assert same(row(sha256=reading.sha256), reading)
    assert not same(row(), reading)
    assert not same(row(sha256=reading.sha256, state="failed"), reading)


def test_gone_is_what_is_neither_there_nor_unreadable() -> None:
    scanned = Scan(files=[NoteFile("here.md", Path(), "", 0, Path())], unread=["locked/"])
    assert gone(scanned, ["here.md", "failed.md", "locked/in.md", "gone.md"], ["failed.md"]) == ["gone.md"]


def test_a_failure_is_news_once() -> None:
    assert is_news(None, "why")
    assert is_news(row(), "why")
    assert is_news(row(state="failed", reason="other"), "why")
    assert not is_news(row(state="failed", reason="why"), "why")


def test_an_emptied_folder_is_no_folder_without_notes(tmp_path: Path) -> None:
    scanned = scan([tmp_path])
    refuse_to_empty(scanned, {})
    (remark,) = without_notes(scanned)
    assert str(tmp_path) in remark.reason
    with pytest.raises(NotesError, match="0 of 1 notes"):
        refuse_to_empty(scanned, {"a.md": row()})
