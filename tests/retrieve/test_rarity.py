"""In a large collection, words that stand everywhere are not searched for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notebot.index.catalog import Catalog, Reading
from notebot.index.writer import CatalogWriter
from notebot.retrieve.rarity import MOST_MATCHES, telling
from notebot.types import Chunk, Document

SIZE = MOST_MATCHES + 1000


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """One note in many chunks: `stone` is in all of them, `river` in nearly half, `mill` in one of a hundred, `heron` in one."""
    data = tmp_path_factory.mktemp("large")
    texts = [
        " ".join(["stone", *["river"] * (at % 5 < 2), *["mill"] * (at % 100 == 0), *["heron"] * (at == 7)]) for at in range(SIZE)
    ]
    chunks = [Chunk(str(at), "n.md", "n", (), text, 1, 1, False, ()) for at, text in enumerate(texts)]
    with CatalogWriter.open(data) as writer, writer.transaction():
        writer.put(Document("n.md", "n", (), (), {}), chunks, Reading("", 0, ""))
    with Catalog.open(data) as opened:
        yield opened


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (["stone", "mill"], ["mill"]),
        (["stone", "river", "heron", "mill"], ["river", "heron", "mill"]),
        (["river", "mill"], ["river", "mill"]),
        (["stone"], ["stone"]),
        (["stone", "unheard"], ["stone", "unheard"]),
        (["stone", "???"], ["stone", "???"]),
        ([], []),
    ],
)
def test_the_rarest_words_stay_as_far_as_they_go(catalog: Catalog, asked: list[str], kept: list[str]) -> None:
    assert telling(asked, catalog) == kept


def test_in_a_small_collection_every_word_stays(tmp_path: Path) -> None:
    with CatalogWriter.open(tmp_path) as writer:
        with writer.transaction():
            writer.put(
                Document("n.md", "n", (), (), {}), [Chunk("1", "n.md", "n", (), "stone", 1, 1, False, ())], Reading("", 0, "")
            )
        assert telling(["stone", "stone"], writer) == ["stone", "stone"]
