"""The words of the notes themselves: which there are, which look like a given one, and how they are written."""

from __future__ import annotations

import json
from collections.abc import Sequence

from notebot.index.catalog import Catalog
from notebot.index.words import match_any

_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.chunk_terms USING fts5vocab('main', 'chunk_words', 'row')"
_PLACES = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.chunk_places USING fts5vocab('main', 'chunk_words', 'instance')"
_OF_TERM = """SELECT heading, text FROM chunks
              WHERE id IN (SELECT doc FROM temp.chunk_places WHERE term = ? LIMIT ?) ORDER BY chunk_id"""
_TEXTS = """SELECT c.heading, c.text FROM chunk_words JOIN chunks c ON c.id = chunk_words.rowid
            WHERE chunk_words MATCH ? ORDER BY c.chunk_id LIMIT ?"""
_HEADINGS = """SELECT c.heading FROM chunk_words JOIN chunks c ON c.id = chunk_words.rowid
               WHERE chunk_words MATCH ? ORDER BY bm25(chunk_words, 2.0, 1.0), c.chunk_id LIMIT ?"""


class Terms:
    """The vocabulary of one index. Terms are words as the word index keeps them, so mostly stems: `kubernet`."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def holds(self, word: str) -> bool:
        """Whether some note or page has this word, or another form of it."""
        query = match_any([word])
        return bool(query) and bool(self._catalog.rows("SELECT 1 FROM chunk_words WHERE chunk_words MATCH ? LIMIT 1", (query,)))

    def beginning(self, letter: str, *, longest: int) -> list[tuple[str, int]]:
        """Every term that begins with a letter and has at most so many, with the number of passages that hold it."""
        self._catalog.rows(_VOCABULARY)
        return [
            (term, count)
            for term, count in self._catalog.rows(
                "SELECT term, doc FROM temp.chunk_terms WHERE term >= ? AND term < ? AND length(term) <= ?",
                (letter, chr(ord(letter) + 1), longest),
            )
        ]

    def texts_of(self, term: str, limit: int) -> list[str]:
        """Some passages with a term as `beginning` gives it. (A search for it would take the stem of the stem.)"""
        self._catalog.rows(_PLACES)
        return [_read(heading, text) for heading, text in self._catalog.rows(_OF_TERM, (term, limit))]

    def texts(self, word: str, limit: int) -> list[str]:
        """Some passages with this word, the same ones each time: the heading path, and the text."""
        query = match_any([word])
        return [_read(heading, text) for heading, text in self._catalog.rows(_TEXTS, (query, limit))] if query else []

    def headings_of(self, words: Sequence[str], limit: int) -> list[str]:
        """The innermost headings of the passages that have these words, best first; empty for those without."""
        query = match_any(words)
        paths = self._catalog.rows(_HEADINGS, (query, limit)) if query else []
        return ["".join(json.loads(path)[-1:]) for (path,) in paths]

    def headings(self) -> list[tuple[str, ...]]:
        """The heading paths of the notes, each once, stubs among them."""
        return list(dict.fromkeys(path for _, path, _ in self._catalog.headings()))


def _read(heading: str, text: str) -> str:
    return "\n".join([*json.loads(heading), text])
