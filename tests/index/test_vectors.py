"""Search by vector on real Chroma: the same answers whether Chroma is well, gone, damaged or behind."""

from __future__ import annotations

import logging
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from notebot.errors import IndexBroken
from notebot.index.catalog import Catalog
from notebot.index.vectors import VectorIndex
from notebot.index.writer import CatalogWriter

if TYPE_CHECKING:
    from conftest import Shelf

COUNT = 60


@pytest.fixture
def full(shelf: Shelf) -> Shelf:
    shelf.fill("a.md", *[("Head", f"text {number}") for number in range(COUNT)], ("Head", "twin"), ("Head", "twin"))
    return shelf


def nearest(shelf: Shelf, text: str, limit: int = 5) -> list[tuple[str, float]]:
    with Catalog.open(shelf.data) as catalog, closing(shelf.vectors(catalog)) as vectors:
        return [(hit.chunk_id, hit.score) for hit in vectors.search(shelf.vector(text), limit)]


def expected(shelf: Shelf, text: str, limit: int = 5) -> list[tuple[str, float]]:
    with Catalog.open(shelf.data) as catalog:
        ids, rows = catalog.vectors(shelf.model)
    scores = [round(float(np.dot(row.astype(float), shelf.vector(text).astype(float))), 6) for row in rows]
    return sorted(zip(ids, scores, strict=True), key=lambda pair: (-pair[1], pair[0]))[:limit]


def test_the_order_is_exact_and_ties_go_by_id(full: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    for text in ("text 7", "twin", "something else"):
        assert nearest(full, text, 10) == expected(full, text, 10)
    assert [chunk_id for chunk_id, score in nearest(full, "twin", 2)] == ["a.md/61", "a.md/62"]
    assert nearest(full, "text 7")[0] == ("a.md/8", 1.0)
    assert len(nearest(full, "x", 1000)) == COUNT + 2
    assert nearest(full, "x", 0) == []
    assert caplog.records == []


def test_an_empty_index_finds_nothing(shelf: Shelf) -> None:
    shelf.fill("a.md")
    assert nearest(shelf, "x") == []
    with CatalogWriter.open(shelf.data) as writer:
        assert shelf.update(writer) == 0


def test_nothing_is_done_twice(full: Shelf) -> None:
    files = {path: path.read_bytes() for path in full.data.rglob("*") if path.is_file() and path.parent != full.data}
    assert files
    with CatalogWriter.open(full.data) as writer:
        assert full.update(writer) == 0
    assert {path: path.read_bytes() for path in files} == files


def test_only_the_difference_is_written(full: Shelf) -> None:
    full.fill("b.md", ("Head", "new one"))
    with CatalogWriter.open(full.data) as writer:
        full.put(writer, "b.md", full.chunks("b.md", ("Head", "newer one")))
        with writer.transaction():
            writer.remove("a.md")
        full.put(writer, "a.md", full.chunks("a.md", ("Head", "text 3")))
        full.update(writer)
        assert full.vectors(writer).fault() == ""
        assert writer.meta()["chroma_churn"] == str(COUNT + 1)
    assert nearest(full, "newer one") == expected(full, "newer one")
    assert len(nearest(full, "x", 100)) == 2


def test_after_many_deletions_chroma_is_made_anew(shelf: Shelf) -> None:
    shelf.fill("a.md", *[("Head", f"text {number}") for number in range(1200)])
    shelf.fill("a.md", ("Head", "one"))
    with CatalogWriter.open(shelf.data) as writer:
        assert writer.meta()["chroma_churn"] == "0"
    assert nearest(shelf, "one") == [("a.md/1", 1.0)]


def test_while_an_ingest_is_at_work_the_catalog_answers(full: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    with Catalog.open(full.data) as catalog, closing(full.vectors(catalog)) as vectors:
        vectors.search(full.vector("x"), 3)
        with CatalogWriter.open(full.data) as writer:
            full.put(writer, "b.md", full.chunks("b.md", ("Head", "just stored")))
            assert vectors.search(full.vector("just stored"), 1)[0].chunk_id == "b.md/1"
            assert "broke off" in vectors.fault()
            full.update(writer)
        assert vectors.search(full.vector("just stored"), 1)[0].chunk_id == "b.md/1"
        assert vectors.fault() == ""
    assert caplog.records == []


CHILD = """
import sys; from pathlib import Path; import runpy
Shelf = runpy.run_path(sys.argv[1])["Shelf"]
shelf = Shelf(Path(sys.argv[2])); shelf.fill("b.md", ("Head", "from another process")); shelf.fill("a.md", ("Head", "text 1"))
"""


def test_a_reader_sees_what_another_process_wrote(full: Shelf) -> None:
    with Catalog.open(full.data) as catalog, closing(full.vectors(catalog)) as vectors:
        assert vectors.search(full.vector("text 40"), 1)[0].chunk_id == "a.md/41"
        conftest = str(Path(__file__).with_name("conftest.py"))
        subprocess.run([sys.executable, "-c", CHILD, conftest, str(full.data)], check=True, timeout=60)
        found = vectors.search(full.vector("from another process"), 5)
        assert found[0].chunk_id == "b.md/1"
        assert sorted(hit.chunk_id for hit in found) == ["a.md/1", "b.md/1"]


def gone(folder: Path, _: random.Random) -> None:
    shutil.rmtree(folder)


def flipped(folder: Path, chance: random.Random) -> None:
    path = chance.choice(sorted(folder.glob("*/*.bin")))
    content = bytearray(path.read_bytes() or b"\0")
    content[chance.randrange(len(content))] ^= 0xFF
    path.write_bytes(content)


def cut_short(folder: Path, chance: random.Random) -> None:
    path = chance.choice(sorted(path for path in folder.glob("*/*") if path.stat().st_size))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def database_zeroed(folder: Path, _: random.Random) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"\0" * 100_000)


def database_damaged(folder: Path, _: random.Random) -> None:
    content = bytearray((folder / "chroma.sqlite3").read_bytes())
    content[8192:] = bytes(len(content) - 8192)
    (folder / "chroma.sqlite3").write_bytes(content)


@pytest.mark.parametrize("harm", [gone, flipped, cut_short, database_zeroed, database_damaged])
def test_damage_to_chroma_costs_no_answer_and_no_embedding(
    large: Path, shelf: Shelf, harm: Callable[[Path, random.Random], None], caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(large, shelf.data)
    harm(shelf.data / "chroma", random.Random(7))  # noqa: S311 - where to do harm is no secret
    with Catalog.open(shelf.data) as catalog, closing(shelf.vectors(catalog)) as vectors:
        with caplog.at_level(logging.WARNING):
            twice = [vectors.search(shelf.vector("text 7"), 5) for _ in range(2)]
        for hits in twice:
            assert [(hit.chunk_id, hit.score) for hit in hits] == expected(shelf, "text 7")
        assert vectors.fault() == "its files are damaged or missing"
    assert len([record for record in caplog.records if "run: notebot ingest" in record.message]) == 1
    with CatalogWriter.open(shelf.data) as writer:
        assert shelf.update(writer) > 0
        assert shelf.vectors(writer).fault() == ""
    assert nearest(shelf, "text 7") == expected(shelf, "text 7")


def test_an_update_that_breaks_off_is_made_good_by_the_next(full: Shelf) -> None:
    with CatalogWriter.open(full.data) as writer:
        full.put(writer, "b.md", full.chunks("b.md", ("Head", "late")))
        with closing(full.vectors(writer)) as vectors:
            steps = vectors.update(writer)
            next(steps)
            steps.close()
    assert nearest(full, "late")[0] == ("b.md/1", 1.0)
    with CatalogWriter.open(full.data) as writer:
        full.update(writer)
        assert full.vectors(writer).fault() == ""


def test_input_93_an_index_of_another_model_is_refused(full: Shelf) -> None:
    with Catalog.open(full.data) as catalog:
        other = VectorIndex(full.data, catalog, model="other@1", dimension=4)
        with pytest.raises(IndexBroken, match="embedder test@1, this run uses other@1"):
            other.search(np.ones(4, dtype=np.float32), 5)


@pytest.mark.parametrize("passing", [0, 3, 1050])
def test_of_chosen_chunks_the_nearest_come_all_and_exact_however_many_others_are_nearer(
    large: Path, shelf: Shelf, passing: int
) -> None:
    shutil.copytree(large, shelf.data)
    with Catalog.open(shelf.data) as catalog, closing(shelf.vectors(catalog)) as vectors:
        whole = vectors.search(shelf.vector("text 7"), 1100)
        chosen = {hit.chunk_id for hit in whole[len(whole) - passing :]}
        assert vectors.search(shelf.vector("text 7"), 60, among=chosen) == whole[len(whole) - passing :][:60]


def test_threads_share_one_index(full: Shelf) -> None:
    results: list[tuple[int, str]] = []
    with Catalog.open(full.data) as catalog, closing(full.vectors(catalog)) as vectors:

        def work(number: int) -> None:
            results.append((number, vectors.search(full.vector(f"text {number}"), 1)[0].chunk_id))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(results) == [(number, f"a.md/{number + 1}") for number in range(16)]
