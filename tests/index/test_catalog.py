"""Reading a catalog: words, places, links and counts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from notebot.errors import IndexBroken
from notebot.index.catalog import Catalog, Hit
from notebot.index.writer import CatalogWriter
from notebot.types import Link

if TYPE_CHECKING:
    from conftest import Shelf


def found(catalog: Catalog, *terms: str) -> list[str]:
    return [hit.chunk_id for hit in catalog.search_words(terms, 10)]


def test_words_in_the_heading_count_twice(shelf: Shelf) -> None:
    shelf.fill(
        "a.md", ("Kubernetes", "runs containers and more"), ("Containers", "kubernetes runs some and more"), ("Other", "text")
    )
    with Catalog.open(shelf.data) as catalog:
        assert found(catalog, "kubernetes") == ["a.md/1", "a.md/2"]
        hits = catalog.search_words(["kubernetes", "text"], 10)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert all(hit.score > 0 for hit in hits)
        assert len(catalog.search_words(["kubernetes"], 1)) == 1


@pytest.mark.parametrize(
    ("term", "hits"),
    [
        ("pipeline", ["a.md/1"]),
        ("PIPELINES", ["a.md/1"]),
        ("naive", ["a.md/2"]),
        ("nai\u0308ve", ["a.md/2"]),
        ("na\u00efve", ["a.md/2"]),
        ("C++", ["a.md/3"]),
        ("feature_extraction", ["a.md/3"]),
        ("scikit-learn", ["a.md/3"]),
        ("learn scikit", []),
        ("learning machines", []),
        ("機械", ["a.md/4"]),
        ("学習", ["a.md/4"]),
        ("犬猫", []),
        ("softhyphen", ["a.md/5"]),
        ('"; DROP TABLE chunks', []),
        ("heading:x", []),
        ("NEAR(a b)", []),
        ("*", []),
    ],
)
def test_a_term_is_a_word_or_a_phrase(shelf: Shelf, term: str, hits: list[str]) -> None:
    texts = [
        "data pipelines",
        "na\u00efve café",
        "c++ feature_extraction in scikit-learn",
        "これは機械学習です",
        "soft\u00adhyphen",
    ]
    shelf.fill("a.md", *[("", text) for text in texts])
    with Catalog.open(shelf.data) as catalog:
        assert found(catalog, term) == hits


def test_ties_go_by_id_and_no_terms_find_nothing(shelf: Shelf) -> None:
    shelf.fill("a.md", *[("Same", "text here")] * 3, ("Else", "where"))
    with Catalog.open(shelf.data) as catalog:
        assert found(catalog, "same") == ["a.md/1", "a.md/2", "a.md/3"]
        assert catalog.search_words([], 10) == []
        assert catalog.chunk_count() == 4


def test_chunks_come_back_as_they_went_in(shelf: Shelf) -> None:
    links = [Link("https://x.y/z", 1), Link("https://x.y/a", 1)]
    stored = shelf.chunks("a/ü b.md", ("Head ü", "# Head ü\n\ntext"), ("", "more"), links=links, stub=True)
    with CatalogWriter.open(shelf.data) as writer:
        shelf.put(writer, "a/ü b.md", stored)
    with Catalog.open(shelf.data) as catalog:
        (one, two) = catalog.chunks([stored[1].id, "unknown", stored[0].id, stored[1].id]).values()
        assert [two, one] == stored == catalog.chunks_of("a/ü b.md")
        assert catalog.chunks([]) == {}
        many = catalog.chunks([*(f"unknown {number}" for number in range(40_000)), stored[0].id])
        assert list(many) == [stored[0].id]


def test_vectors_of_equal_texts_are_kept_once(shelf: Shelf) -> None:
    shelf.fill("a.md", ("H", "same"), ("H", "same"), ("H", "other"))
    with Catalog.open(shelf.data) as catalog:
        ids, rows = catalog.vectors(shelf.model)
        assert ids == ["a.md/1", "a.md/2", "a.md/3"]
        assert rows.shape == (3, 8)
        assert rows.dtype == np.float32
        assert np.array_equal(rows[0], rows[1])
        assert np.array_equal(rows[2], shelf.vector("other"))
        some, row = catalog.vectors(shelf.model, ["a.md/3", "unknown"])
        assert some == ["a.md/3"]
        assert np.array_equal(row[0], rows[2])
        assert catalog.vectors("another@1")[0] == []
        assert catalog.unembedded("another@1") == ["a.md/1", "a.md/3"]  # one for each text
        assert catalog.unembedded_count("another@1") == 3
        assert catalog.unembedded(shelf.model) == []


def test_a_reader_sees_what_is_committed_while_it_is_open(shelf: Shelf) -> None:
    shelf.fill("a.md", ("One", "text"))
    with Catalog.open(shelf.data) as catalog:
        before = catalog.generation()
        shelf.fill("b.md", ("Two", "newer"))
        assert catalog.generation() == before + 1
        assert found(catalog, "newer") == ["b.md/1"]


def test_many_threads_share_one_catalog(shelf: Shelf) -> None:
    shelf.fill("a.md", *[("Head", f"text {number}") for number in range(50)])
    results: list[list[Hit]] = []
    with Catalog.open(shelf.data) as catalog:

        def work() -> None:
            for number in range(20):
                results.append(catalog.search_words([str(number)], 5))
                catalog.chunks(hit.chunk_id for hit in results[-1])

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(results) == 160
    assert all(len(hits) == 1 for hits in results)


def test_damage_met_while_reading_is_one_of_our_errors(shelf: Shelf) -> None:
    shelf.fill("a.md", *[("Head", f"text {number} " * 50) for number in range(50)])
    path = shelf.data / "catalog.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x55" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(IndexBroken), Catalog.open(shelf.data) as catalog:
        catalog.headings()
