"""In a large collection, what has none but common words of a question is not looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from notebot.index.catalog import Catalog, Reading
from notebot.index.writer import CatalogWriter
from notebot.retrieve.rarity import MOST_MATCHES, search_by_words
from notebot.types import Chunk, Document

SIZE = MOST_MATCHES + 1000
PLACES: dict[str, Callable[[int], bool]] = {
    "reed": lambda at: at % 15 < 7,
    "river": lambda at: at % 5 < 2,
    "mill": lambda at: at % 100 == 0,
    "heron": lambda at: at == 7,
}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """One note in many chunks: `stone` is in all of them, `reed` and `river` in less than half, `mill` in few, `heron` in one.

    All are of one length, filled up with `sand`.
    """
    data = tmp_path_factory.mktemp("large")
    texts = [" ".join(["stone", *(word if has(at) else "sand" for word, has in PLACES.items())]) for at in range(SIZE)]
    chunks = [Chunk(str(at), "n.md", "n", (), text, 1, 1, False, ()) for at, text in enumerate(texts)]
    with CatalogWriter.open(data) as writer, writer.transaction():
        writer.put(Document("n.md", "n", (), (), {}), chunks, Reading("", 0, ""))
    with Catalog.open(data) as opened:
        yield opened


def found(question: str, catalog: Catalog) -> list[int]:
    """Which chunks are found, in the order of the note."""
    return sorted(int(hit.chunk_id) for hit in search_by_words(question, catalog, SIZE))


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        ("stone mill", "mill"),  # not by what has only "stone"
        ("stone river heron mill", "river heron mill"),
        ("river mill", "river mill"),
        ("reed river", "river"),
        ("stone", "stone"),
        ("stone unheard", "stone"),
        ("stone ???", "stone"),
        ("", ""),
    ],
)
def test_only_what_has_one_of_the_rarest_words_is_found(catalog: Catalog, asked: str, by: str) -> None:
    assert found(asked, catalog) == sorted({at for word in by.split() for at in found(word, catalog)})


def test_of_what_a_filter_leaves_all_that_has_a_word_is_found(catalog: Catalog) -> None:
    among = {str(at) for at in range(101, 200)}  # none has "mill"
    assert {hit.chunk_id for hit in search_by_words("stone mill", catalog, SIZE, among=among)} == among


def test_what_is_found_by_its_rare_words_is_ranked_by_all(catalog: Catalog) -> None:
    ranked = [int(hit.chunk_id) for hit in search_by_words("reed river", catalog, SIZE)]
    with_both = sum(PLACES["reed"](at) for at in ranked)
    assert all(map(PLACES["reed"], ranked[:with_both]))
    assert 0 < with_both < len(ranked)


def test_in_a_small_collection_all_that_has_a_word_is_found(tmp_path: Path) -> None:
    with CatalogWriter.open(tmp_path) as writer:
        with writer.transaction():
            texts = ("stone", "stone mill", "heron", "reed", "river")
            chunks = [Chunk(text, "n.md", "n", (), text, 1, 1, False, ()) for text in texts]
            writer.put(Document("n.md", "n", (), (), {}), chunks, Reading("", 0, ""))
        assert [hit.chunk_id for hit in search_by_words("stone mill", writer, 5)] == ["stone mill", "stone"]
