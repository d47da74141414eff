"""The index equals the notes, whatever happens to them. Real SQLite, real Chroma; numbers are those of the bad inputs."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebot.errors import NotesError
from notebot.index.catalog import Catalog
from notebot.index.overview import overview
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter
from notebot.ingest import sync as sync_module
from notebot.ingest.pages import LinkRules
from notebot.ingest.sync import Stores, sync
from notebot.models.minilm import MiniLM
from notebot.states import IngestOptions, Problem, Progress, Summary

if TYPE_CHECKING:
    from conftest import Desk

NOTES = Path(__file__).parents[2] / "knowledge"


def files(data: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in data.rglob("*") if path.is_file() and path.name != "catalog.db-shm"}


def finished(steps: Generator[Progress, None, Summary]) -> Summary:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_the_story_of_the_user_s_notes(tmp_path: Path, minilm: MiniLM) -> None:
    data = tmp_path / "data"
    name = {"model": minilm.name, "dimension": minilm.dimension}
    for embedded in (45, 0):
        with CatalogWriter.open(data) as writer, closing(VectorIndex(data, writer, **name)) as vectors:
            summary = finished(sync([NOTES], Stores(writer, vectors, minilm, minilm, LinkRules()), IngestOptions(links=False)))
        assert (summary.chunks, summary.embedded, summary.problems) == (45, embedded, ())
    with Catalog.open(data) as catalog, closing(VectorIndex(data, catalog, **name)) as vectors:
        asked = {
            "Which tools do I use for monitoring?": "Monitoring: Prometheus, Grafana",
            "continuous integration with GitHub": "CI/CD: GitHub Actions",
            "cluster analysis and anomaly detection": "Data mining",
            "what is an LxM": "Foundation model",
            "predicting several outputs": "Regression",
            "RLHF": "Alignment techniques: instruction-based finetuning, RLHF",
        }
        for question, heading in asked.items():
            hits = vectors.search(minilm.embed([question])[0], 3)
            assert (heading,) in [chunk.heading for chunk in catalog.chunks(hit.chunk_id for hit in hits).values()]
        state = overview(catalog)
        assert (state.chunks, len(state.stubs), state.links, state.embedder) == (45, 31, 9, minilm.name)


def test_notes_come_change_and_go(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.md", "# Alpha\n\napples\n\n# Beta\n\nbananas\n")
    desk.write("deep/er/b.txt", "cherries and mailto:x@y.org\n")
    summary = desk.ingest()
    assert (summary.added, summary.changed, summary.removed, summary.unchanged, summary.failed) == (2, 0, 0, 0, 0)
    assert (summary.chunks, summary.embedded, summary.fetched) == (3, 3, 0)
    assert summary.seconds > 0
    assert desk.steps[0].step == "scanning"
    assert {step.step for step in desk.steps} == {"scanning", "reading", "embedding", "storing"}

    desk.write("a.md", "# Alpha\n\napples\n\n# Beta\n\nblueberries\n")
    desk.embedder.embedded.clear()
    summary = desk.ingest()
    assert (summary.added, summary.changed, summary.unchanged, summary.embedded) == (0, 1, 1, 1)
    assert desk.embedder.embedded == ["Beta\nblueberries"]
    assert desk.says("bananas") == []
    assert desk.says("blueberries") == ["a.md"]
    assert desk.search("Beta blueberries", 1) == ["# Beta\n\nblueberries"]

    (desk.notes / "deep/er/b.txt").rename(desk.notes / "b.txt")
    summary = desk.ingest()
    assert (summary.added, summary.removed, summary.unchanged, summary.embedded, summary.chunks) == (1, 1, 1, 0, 3)
    (desk.notes / "b.txt").unlink()
    assert desk.ingest().removed == 1
    assert desk.says("cherries") == []
    assert desk.everything() == desk.built_anew(tmp_path / "clean")


def test_a_second_ingest_writes_nothing(desk: Desk) -> None:
    desk.write("a.md", "# Alpha\n\napples\n")
    desk.write("b.md", b"caf\xe9")
    desk.write("broken.md", b"%PDF-1.7")
    desk.ingest()
    before = files(desk.data)
    desk.embedder.embedded.clear()
    summary = desk.ingest()
    assert (summary.unchanged, summary.failed, summary.embedded) == (2, 1, 0)
    assert desk.embedder.embedded == []
    after = files(desk.data)
    assert [path.name for path in after if before.get(path) != after[path]] == []
    assert set(before) == set(after)


def test_an_edit_that_leaves_size_and_time_alone_is_seen(desk: Desk) -> None:
    path = desk.write("a.md", "apples")
    status = path.stat()
    desk.ingest()
    path.write_text("grapes")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert desk.ingest().changed == 1
    assert desk.says("grapes") == ["a.md"]


@pytest.mark.parametrize("seconds", [0, 4_102_444_800])  # 1970 and 2100
def test_impossible_times_hide_nothing(desk: Desk, seconds: int) -> None:
    path = desk.write("a.md", "apples")
    os.utime(path, (seconds, seconds))
    desk.ingest()
    path.write_text("grapes")
    os.utime(path, (seconds, seconds))
    assert desk.ingest().changed == 1
    assert desk.ingest().unchanged == 1


def test_a_touched_file_is_read_once_and_not_changed(desk: Desk) -> None:
    path = desk.write("a.md", "apples")
    desk.ingest()
    with Catalog.open(desk.data) as catalog:
        generation = catalog.generation()
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert desk.ingest().unchanged == 1
    with Catalog.open(desk.data) as catalog:
        assert catalog.generation() == generation
        size, changed = catalog.sources()["a.md"].reading.stamp.split(":")[:2]
        assert (size, changed) == ("6", "1000000000000000000")


def test_a_note_that_cannot_be_read_any_more_keeps_what_it_had(desk: Desk) -> None:
    path = desk.write("a.md", "apples")
    desk.write("b.md", "bananas")
    desk.ingest()
    path.write_bytes(b"\x89PNG")
    summary = desk.ingest()
    assert (summary.failed, summary.unchanged, summary.removed, summary.chunks) == (1, 1, 0, 2)
    assert summary.problems == (Problem("a.md", "is a PNG image, not text"),)
    assert desk.says("apples") == ["a.md"]
    path.write_text("apples")
    assert desk.ingest().changed == 1
    path.unlink()
    path.symlink_to("nowhere.md")
    assert desk.ingest().failed == 1
    assert desk.says("apples") == ["a.md"]
    path.unlink()
    assert desk.ingest().removed == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_bad_input_35_a_folder_that_cannot_be_looked_into_loses_nothing(desk: Desk) -> None:
    desk.write("closed/a.md", "apples")
    desk.write("b.md", "bananas")
    desk.ingest()
    (desk.notes / "closed").chmod(0)
    try:
        summary = desk.ingest()
    finally:
        (desk.notes / "closed").chmod(0o700)
    assert (summary.failed, summary.removed, summary.unchanged, summary.chunks) == (1, 0, 1, 2)
    assert summary.problems == (Problem("closed/", "the folder could not be read: Permission denied"),)
    assert desk.says("apples") == ["closed/a.md"]
    assert desk.ingest().unchanged == 2


def test_what_was_guessed_is_reported_and_remembered(desk: Desk) -> None:
    desk.write("a.md", "café".encode("cp1252"))
    (problem,) = desk.ingest().problems
    assert problem.source == "a.md"
    with Catalog.open(desk.data) as catalog:
        (source,) = overview(catalog).sources
        assert (source.state, source.reason) == ("indexed", problem.reason)


def test_bad_input_41_an_empty_folder(desk: Desk) -> None:
    summary = desk.ingest()
    assert (summary.chunks, summary.failed) == (0, 0)
    assert "there are no notes (*.md, *.markdown, *.txt, " in summary.problems[0].reason
    assert desk.search("anything") == []


def test_bad_input_42_a_folder_that_is_suddenly_empty(desk: Desk) -> None:
    desk.write("a.md", "apples")
    desk.ingest()
    shutil.rmtree(desk.notes)
    desk.notes.mkdir()
    with pytest.raises(NotesError, match=r"0 of 1 notes are still in .* Is its drive there"):
        desk.ingest()
    assert desk.says("apples") == ["a.md"]


def test_several_folders_and_one_that_is_suddenly_empty(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.md", "apples")
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("pears")
    assert desk.ingest(desk.notes, other).added == 2
    assert desk.says("pears") == ["other/a.md"]
    (other / "a.md").unlink()
    with pytest.raises(NotesError, match=r"0 of 1 notes are still in .*other"):
        desk.ingest(desk.notes, other)
    summary = desk.ingest(desk.notes)
    assert (summary.added, summary.removed, summary.embedded) == (1, 2, 0)


def test_bad_input_27_the_same_text_everywhere_is_embedded_once(desk: Desk) -> None:
    for number in range(30):
        desk.write(f"{number}.md", "# Same\n\ntext\n")
    summary = desk.ingest()
    assert (summary.chunks, summary.embedded) == (30, 1)


def test_another_embedder_is_followed_and_never_mixed(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.md", "# Alpha\n\napples\n\n# Beta\n\nbananas\n")
    desk.ingest()
    desk.embedder.name, desk.embedder.dimension = "hash@2", 32
    desk.write("b.md", "cherries")
    summary = desk.ingest()
    assert (summary.unchanged, summary.added, summary.embedded) == (1, 1, 3)
    assert desk.everything() == desk.built_anew(tmp_path / "clean")
    assert desk.search("Alpha apples", 1) == ["# Alpha\n\napples"]
    desk.embedder.name, desk.embedder.dimension = "hash@1", 16
    assert desk.ingest().embedded == 1  # the old vectors were still there


def test_another_way_of_chunking_is_followed(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.md", "apples")
    desk.ingest()
    with CatalogWriter.open(desk.data) as writer, writer.transaction():
        writer.set_meta({"chunking": "0"})
    summary = desk.ingest()
    assert (summary.changed, summary.embedded) == (1, 0)
    assert desk.ingest().unchanged == 1
    assert desk.everything() == desk.built_anew(tmp_path / "clean")


def test_broken_off_anywhere_the_next_run_goes_on(desk: Desk, tmp_path: Path) -> None:
    for number in range(40):
        desk.write(f"{number:02}.md", "".join(f"# Head {number} {part}\n\ntext {number} {part}\n" for part in range(10)))
    asked = 0  # once for each search below
    for stop in (1, 5, 20, 44, 8, 50, 3, 60):
        try:
            desk.ingest(stop_after=stop)
        except InterruptedError:
            pass
        else:
            break
        with Catalog.open(desk.data) as catalog:
            ids = catalog.chunk_ids()
            vectors = catalog.vectors(desk.embedder.name)[0]
            assert len(ids) in (0, 400)
            assert set(vectors) <= set(ids)
            assert len(vectors) == 400 - catalog.unembedded_count(desk.embedder.name) if ids else not vectors
        if vectors:  # so the words are all there
            asked += 1
            assert len(desk.search("text 3 4", 3)) == 3
            assert desk.says("39") == ["39.md"]
    assert len(desk.embedder.embedded) - asked == 400  # no text twice
    assert desk.everything() == desk.built_anew(tmp_path / "clean")


def test_an_embedder_that_fails_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.md", "# A\n\napples\n\n# B\n\npears")
    desk.ingest()
    desk.write("a.md", "# A\n\napples\n\n# B\n\nplums")
    broken = desk.embedder.embed
    desk.embedder.embed = lambda _: (_ for _ in ()).throw(MemoryError())  # type: ignore[method-assign] - a model that breaks
    with pytest.raises(MemoryError):
        desk.ingest()
    desk.embedder.embed = broken  # type: ignore[method-assign] - and works again
    assert desk.says("plums") == ["a.md"]  # by its words
    assert desk.search("plums") == ["# A\n\napples"]  # vectors follow
    assert desk.ingest().embedded == 1
    assert desk.everything() == desk.built_anew(tmp_path / "clean")


def test_the_words_and_rows_hold_no_rest(desk: Desk) -> None:
    desk.write("a.md", "# A\nhttps://x.y one\n# B\ntwo\n")
    desk.write("b.md", "three")
    desk.ingest()
    desk.write("a.md", "# A\nfour\n")
    desk.ingest()
    with closing(sqlite3.connect(desk.data / "catalog.db")) as connection:
        assert connection.execute("SELECT (SELECT count(*) FROM chunk_words), (SELECT count(*) FROM links)").fetchone() == (2, 0)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_long_waits_are_broken_into_steps() -> None:
    assert sync_module._BATCH * sync_module._AHEAD <= 64  # what is lost when the process is killed, and how long a stop takes
