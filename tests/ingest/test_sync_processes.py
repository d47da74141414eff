"""Several processes at one index: killed while they write, writing at once, reading while another writes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from notebot.index.catalog import Catalog

if TYPE_CHECKING:
    from conftest import Desk

CHILD = Path(__file__).with_name("ingesting_child.py")
KILLS = int(os.environ.get("TORTURE_KILLS", "5"))  # more by hand, or at night


def start(desk: Desk, pause: float = 0.0) -> subprocess.Popen[str]:
    command = [sys.executable, str(CHILD), str(desk.notes), str(desk.data), str(pause)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def scribble(desk: Desk, chance: random.Random) -> None:
    """Change about a third of 60 notes."""
    for number in range(60):
        if chance.random() < 0.35 or not (desk.notes / f"{number}.md").exists():
            parts = (f"# Head {part}\n\ntext {chance.randrange(10_000)}\n" for part in range(6))
            desk.write(f"{number}.md", "".join(parts))


@pytest.mark.timeout(60 + 20 * KILLS)
def test_killed_anywhere_the_next_ingest_makes_it_whole(desk: Desk, tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311 - the same moments every time
    for _ in range(KILLS):
        scribble(desk, chance)
        with start(desk) as child:
            assert child.stdout is not None
            lines = chance.choice([1, 20, 25, 30, 1000])  # 1000: in its last step, which is Chroma's
            for count, line in enumerate(child.stdout, 1):
                if count >= lines or (lines == 1000 and line == "storing\n"):
                    time.sleep(chance.random() * 0.05)
                    break
            child.kill()
        with Catalog.open(desk.data) as catalog, closing(desk.vectors(catalog)) as vectors:
            ids = catalog.chunk_ids()
            embedded = catalog.vectors(desk.embedder.name)[0]
            assert set(embedded) <= set(ids)
            assert len(vectors.search(desk.embedder.embed(["head text"])[0], 5)) == min(5, len(embedded))
    desk.ingest()
    assert desk.everything() == desk.built_anew(tmp_path / "clean")


def test_of_two_ingests_at_once_one_is_told_who_is_first(desk: Desk) -> None:
    for number in range(30):
        desk.write(f"{number}.md", f"text {number}")
    with start(desk, 0.2) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "scanning\n"
        with start(desk) as second:
            said, _ = second.communicate(timeout=60)
        assert second.returncode == 6
        assert f"process {first.pid} since" in said
        first.kill()
    assert desk.ingest().chunks == 30


def test_an_open_reader_sees_what_another_process_ingests(desk: Desk) -> None:
    desk.write("a.md", "apples")
    desk.ingest()
    with Catalog.open(desk.data) as catalog, closing(desk.vectors(catalog)) as vectors:
        question = desk.embedder.embed(["b pears"])[0]
        assert len(vectors.search(question, 3)) == 1
        desk.write("b.md", "pears")
        (desk.notes / "a.md").unlink()
        with start(desk) as child:
            child.communicate(timeout=60)
        assert child.returncode == 0
        (hit,) = vectors.search(question, 3)
        assert catalog.chunks([hit.chunk_id])[hit.chunk_id].text == "pears"
        assert [found.chunk_id for found in catalog.search_words(["pears", "apples"], 5)] == [hit.chunk_id]
        assert vectors.fault() == ""
