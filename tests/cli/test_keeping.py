"""ingest and status on real folders, good and bad."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

from notebot.index.lock import WriterLock

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

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
    assert "embedding: " in first.stderr
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
