"""ingest and status on real folders, good and bad."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from notebot.index.lock import WriterLock

if TYPE_CHECKING:
    import subprocess

    from conftest import Program

    Inside = Callable[..., subprocess.CompletedProcess[str]]

COUNTS = ("added", "changed", "removed", "unchanged", "failed", "embedded", "fetched")


def test_ingest_tells_what_it_did_and_does_nothing_twice(notebot: Program, inside: Inside) -> None:
    (notebot.folder / "knowledge" / "second.txt").write_text("Spark processes data quickly.")
    first = notebot("ingest", "--json")
    summary = json.loads(first.stdout)
    assert (first.returncode, summary["schema"]) == (0, 1)
    assert {name: summary[name] for name in ("added", "changed", "removed", "unchanged", "failed")} == {
        "added": 2, "changed": 0, "removed": 0, "unchanged": 0, "failed": 0,
    }  # fmt: skip
    assert summary["embedded"] > 0
    progress = [json.loads(line) for line in first.stderr.splitlines()]
    assert {row["event"] for row in progress} == {"progress"}
    embedding = next(row for row in progress if row["stage"] == "embedding")
    assert (embedding["total"], embedding["unit"]) == (summary["embedded"], "passages")
    (notebot.folder / "knowledge" / "second.txt").unlink()
    again = json.loads(inside(notebot, "ingest", "--offline", "--no-links", "--json").stdout)
    assert (again["removed"], again["unchanged"], again["embedded"]) == (1, 1, 0)
    assert all(isinstance(again[name], int) for name in COUNTS)


def test_ingest_for_people(notebot: Program, inside: Inside) -> None:
    (notebot.folder / "knowledge" / "bad.md").write_bytes(bytes(range(256)) * 8)
    done = inside(notebot, "ingest")
    assert done.returncode == 0
    assert done.stdout.startswith("1 added, 0 changed, 0 removed, 0 unchanged, 1 failed.")
    assert "\n  bad.md: " in done.stdout
    code, shown = notebot.on_terminal("ingest")
    assert code == 0
    assert "1 unchanged" in shown
    (notebot.folder / "knowledge" / "more.md").write_text("# More\nSpark processes data.")
    _, shown = notebot.on_terminal("ingest", "--json")
    assert "\x1b[" in shown  # a bar for the person
    assert '"event"' not in shown


def test_a_folder_that_is_none_is_one_sentence(notebot: Program, inside: Inside) -> None:
    for name in ("absent", "knowledge/notes.md"):
        done = inside(notebot, "ingest", "--knowledge", name)
        assert (done.returncode, done.stdout) == (1, ""), name
        assert str(notebot.folder / name) in done.stderr
        assert "Traceback" not in done.stderr


def test_an_index_that_is_being_written_is_code_6(notebot: Program) -> None:
    data = notebot.folder / "index"
    data.mkdir()
    lock = WriterLock(data)
    try:
        done = notebot("ingest", "--data", str(data), "--json")
    finally:
        lock.release()
    assert done.returncode == 6
    told = json.loads(done.stdout)["error"]
    assert told["kind"] == "locked"
    assert str(os.getpid()) in told["message"]


def test_status_tells_what_is_there(ingested: Program, inside: Inside) -> None:
    state = json.loads(inside(ingested, "status", "--json").stdout)
    assert (state["schema"], state["indexed"], state["failed"]) == (1, 1, 0)
    assert state["sources"][0]["source"] == "notes.md"
    assert state["stubs"] == ["GraphRAG"]
    done = inside(ingested, "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(ingested.folder / "knowledge") in done.stdout


def test_an_interrupted_ingest_says_how_to_go_on_and_the_next_one_does(notebot: Program, inside: Inside) -> None:
    paragraphs = [f"# Topic {number}\n" + f"Words about number {number}. " * 30 for number in range(300)]
    (notebot.folder / "knowledge" / "long.md").write_text("\n\n".join(paragraphs))
    child = notebot.start("ingest", "--model", "packaged")
    assert child.stderr
    while not child.stderr.readline().startswith("embedding"):
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, out) == (130, "")
    assert err == "Stopped. What was stored stays. Run `notebot ingest` again to go on.\n"
    (notebot.folder / "knowledge" / "long.md").unlink()
    assert inside(notebot, "ingest").returncode == 0
    assert inside(notebot, "search", "data mining").returncode == 0


def files_under(folder: Path) -> dict[str, int]:
    """The files of an index and when they were written; without the two that SQLite needs to read."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if not path.name.endswith(("-shm", "-wal"))}


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(notebot: Program, inside: Inside) -> None:
    notes = notebot.folder / "knowledge"
    plan = json.loads(inside(notebot, "ingest", "--dry-run", "--json", "--data", "index").stdout)
    assert (plan["schema"], plan["added"], plan["removed"]) == (1, ["notes.md"], [])
    assert not (notebot.folder / "index").exists()
    (notes / "old.md").write_text("# Old\nSpark processes data.")
    assert inside(notebot, "ingest", "--data", "index").returncode == 0
    (notes / "old.md").unlink()
    (notes / "new.md").write_text("# New\nSpark processes data.")
    (notes / "notes.md").write_text("# Notes\nedited")
    before = files_under(notebot.folder / "index")
    done = inside(notebot, "ingest", "--dry-run", "--data", "index")
    assert done.stdout == (
        "1 to add, 1 changed, 1 to remove, 0 unchanged, 0 pages to ask for. Nothing was written.\n"
        "  + new.md\n  ~ notes.md\n  - old.md\n"
    )
    assert files_under(notebot.folder / "index") == before
    assert inside(notebot, "ingest", "--dry-run", "--watch").returncode == 2


def test_notes_that_are_meant_to_be_gone(notebot: Program, inside: Inside) -> None:
    assert inside(notebot, "ingest").returncode == 0
    (notebot.folder / "knowledge" / "notes.md").unlink()
    refused = inside(notebot, "ingest")
    assert refused.returncode == 1
    assert "--allow-empty" in refused.stderr
    assert json.loads(inside(notebot, "ingest", "--allow-empty", "--json").stdout)["removed"] == 1


def test_a_damaged_index_is_made_anew(notebot: Program, inside: Inside) -> None:
    data = notebot.folder / "index"
    assert inside(notebot, "ingest", "--data", "index").returncode == 0
    (data / "catalog.db").write_bytes(b"damage" * 1000)
    broken = inside(notebot, "ingest", "--data", "index")
    assert broken.returncode == 1
    assert "--rebuild" in broken.stderr
    assert json.loads(inside(notebot, "ingest", "--rebuild", "--data", "index", "--json").stdout)["added"] == 1


def test_status_lists_the_sources_in_one_state(notebot: Program, inside: Inside) -> None:
    (notebot.folder / "knowledge" / "bad.md").write_bytes(bytes(range(256)) * 8)
    inside(notebot, "ingest")
    listed = inside(notebot, "status", "--state", "failed").stdout.splitlines()
    assert len(listed) == 1
    assert listed[0].startswith("bad.md: ")
    state = json.loads(inside(notebot, "status", "--state", "indexed", "--json").stdout)
    assert [row["source"] for row in state["sources"]] == ["notes.md"]
    assert state["failed"] == 1
    assert inside(notebot, "status", "--state", "lost").returncode == 2


# --- watching -----------------------------------------------------------------------------------------------------

SOON = 2.0  # seconds from an edit to an index that has it


class Watched:
    """`notebot ingest --watch` in a process of its own, and what the index says meanwhile."""

    def __init__(self, program: Program, *arguments: str) -> None:
        self.notes, self.data = program.folder / "knowledge", program.folder / "index"
        self.child = program.start("ingest", "--watch", "--data", str(self.data), *arguments)
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.line(60)  # the first ingest is done

    def _read(self) -> None:
        assert self.child.stdout
        for line in self.child.stdout:
            self.lines.put(line)

    def line(self, seconds: float = 10) -> str:
        return self.lines.get(timeout=seconds)

    def says(self, words: str) -> bool:
        """Whether a passage in the index has these words."""
        with closing(sqlite3.connect(f"file:{self.data / 'catalog.db'}?mode=ro", uri=True)) as catalog:
            return catalog.execute("SELECT 1 FROM chunks WHERE instr(text, ?)", (words,)).fetchone() is not None

    def waits_for(self, condition: Callable[[], bool]) -> float:
        """Seconds until it holds."""
        begun = time.monotonic()
        while not condition():
            assert time.monotonic() - begun < 10
            time.sleep(0.02)
        return time.monotonic() - begun

    def interrupt(self) -> tuple[int, float, str]:
        """Exit code, seconds, and standard error."""
        begun = time.monotonic()
        self.child.send_signal(signal.SIGINT)
        code = self.child.wait(10)
        seconds = time.monotonic() - begun
        assert self.child.stderr
        return code, seconds, self.child.stderr.read()

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        self._reader.join()
        for stream in (self.child.stdin, self.child.stdout, self.child.stderr):
            assert stream
            stream.close()


@contextmanager
def watched(program: Program, *arguments: str) -> Iterator[Watched]:
    watching = Watched(program, *arguments)
    try:
        yield watching
    finally:
        watching.close()


def test_watching_follows_edits_and_deletions_and_ends_with_an_interrupt(notebot: Program) -> None:
    (notebot.folder / "knowledge" / "gone.md").write_text("# Gone\nAn ephemeral paragraph.")
    with watched(notebot) as watching:
        (watching.notes / "new.md").write_text("# New\nA perennial paragraph.")
        assert watching.waits_for(lambda: watching.says("perennial")) < SOON
        assert re.fullmatch(r"\d\d:\d\d:\d\d 1 added, 1 passages embedded, \d+\.\d s\n", watching.line())
        (watching.notes / "gone.md").unlink()
        assert watching.waits_for(lambda: not watching.says("ephemeral")) < SOON
        assert " 1 removed, " in watching.line()
        (watching.notes / ".new.md.swp").write_text("no note")
        (watching.notes / "bad.md").write_bytes(bytes(range(256)) * 8)
        assert watching.line().split(" ", 1)[1].startswith("0.")  # nothing was done, and the line below says why
        assert watching.line().startswith("  bad.md: ")
        code, seconds, err = watching.interrupt()
    assert (code, seconds < SOON) == (0, True)
    assert err.endswith("Watching the notes. Ctrl-C stops it.\nStopped.\n")


def test_an_error_while_watching_is_a_line_and_not_the_end(notebot: Program) -> None:
    with watched(notebot, "--json") as watching:
        away = notebot.folder / "away"
        watching.notes.rename(away)
        told = json.loads(watching.line())
        assert told["error"]["kind"] == "notes"
        away.rename(watching.notes)
        lock = WriterLock(watching.data)
        try:
            (watching.notes / "new.md").write_text("# New\nA perennial paragraph.")
            told = json.loads(watching.line())
            assert told["error"]["kind"] == "locked"
        finally:
            lock.release()
        assert watching.waits_for(lambda: watching.says("perennial")) < SOON + 1
        assert json.loads(watching.line())["added"] == 1
        assert watching.interrupt()[0] == 0


def test_watching_a_folder_that_is_not_there_is_an_error_at_once(notebot: Program, inside: Inside) -> None:
    assert inside(notebot, "ingest", "--watch", "--knowledge", "absent").returncode == 1
