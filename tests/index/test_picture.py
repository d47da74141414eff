"""Passages as points: the main directions, the same on every run, and no more points than can be seen."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from notebot.bot import Bot
from notebot.index.picture import Picture, picture, spread
from notebot.settings import Settings


def test_the_two_directions_are_those_in_which_the_rows_differ_most() -> None:
    rng = np.random.default_rng(1)
    plane = rng.normal(size=(200, 2)) * [9, 3]
    basis = np.linalg.qr(rng.normal(size=(20, 20)))[0]
    rows = (plane @ basis[:2] + 0.01 * rng.normal(size=(200, 20))).astype(np.float32)
    places, kept = spread(rows)
    assert kept > 0.999
    assert (places.min(), places.max()) == (0, 1)
    assert abs(np.corrcoef(places[:, 0], plane[:, 0])[0, 1]) > 0.95
    assert abs(np.corrcoef(places[:, 1], plane[:, 1])[0, 1]) > 0.95


def test_it_does_not_depend_on_the_order_of_the_rows_or_fall_over_equal_ones() -> None:
    rows = np.random.default_rng(2).normal(size=(50, 8)).astype(np.float32)
    turned = spread(rows[::-1].copy())[0][::-1]
    assert np.allclose(spread(rows)[0], turned, atol=1e-5)
    same, kept = spread(np.ones((5, 8), dtype=np.float32))
    assert kept == 0
    assert np.isfinite(same).all()


def test_many_passages_take_no_time() -> None:
    rows = np.random.default_rng(3).normal(size=(2_000, 384)).astype(np.float32)
    begun = time.monotonic()
    spread(rows)
    assert time.monotonic() - begun < 2


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    base = tmp_path_factory.mktemp("picture")
    (base / "notes").mkdir()
    topics = "\n\n".join(f"# Topic {n}\nSomething about number {n}." for n in range(30))
    (base / "notes" / "a.md").write_text(f"{topics}\n\n# Not written\n")
    bot = Bot(Settings(knowledge=(base / "notes",), data=base / "data", links=False))
    bot.ingest()
    return bot


def test_every_passage_is_a_point(bot: Bot) -> None:
    drawn = bot.read(picture)
    assert (len(drawn.points), drawn.total) == (31, 31)
    assert [point.heading for point in drawn.points if point.stub] == [("Not written",)]
    assert 0 < drawn.kept <= 1
    assert all(0 <= point.x <= 1 and 0 <= point.y <= 1 and not point.page for point in drawn.points)


def test_a_sample_is_the_same_each_time(bot: Bot) -> None:
    def few(catalog: object) -> Picture:
        return picture(catalog, most=10)  # type: ignore[arg-type]

    drawn = bot.read(few)
    assert (len(drawn.points), drawn.total) == (10, 31)
    assert bot.read(few) == drawn


def test_two_passages_make_no_picture(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# A\nOne.\n\n# B\nTwo.\n")
    with Bot(Settings(knowledge=(tmp_path / "notes",), data=tmp_path / "data", links=False)) as bot:
        bot.ingest()
        assert bot.read(picture) == Picture((), 2, 0.0)
