"""Words in conversations: what is stored to be searched, and which conversations have all words of a search."""

from __future__ import annotations

import sqlite3
from typing import Literal

from notebot.index.words import fold, match_phrase, plain

MOST_WORDS = 20  # of one search
Table = Literal["title_words", "entry_words"]
TABLES: tuple[Table, ...] = ("title_words", "entry_words")

_WITH_WORD = """
    SELECT row FROM conversations WHERE user = :user AND (
        row IN (SELECT rowid FROM title_words WHERE title_words MATCH :word)
        OR row IN (SELECT e.conversation FROM entry_words w JOIN entries e ON e.row = w.rowid WHERE entry_words MATCH :word))
"""
_WITH_TEXT = """
    SELECT DISTINCT c.row FROM conversations c LEFT JOIN entries e ON e.conversation = c.row
    WHERE c.user = :user AND (instr(c.title, :text) OR instr(e.question, :text)
        OR json_valid(e.answer) AND instr(json_extract(e.answer, '$.text') || json_extract(e.answer, '$.beyond'), :text))
"""


def keep(connection: sqlite3.Connection, table: Table, row: int, text: str) -> None:
    """Have `row` found by the words of `text`, and no longer by those it had before."""
    connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))  # noqa: S608 - names of ours
    connection.execute(f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", (row, storable(fold(text))))  # noqa: S608


def forget(connection: sqlite3.Connection) -> None:
    """Take deleted words out of the word index for real; FTS5 only marks them. Costs one rewrite of the index."""
    for table in TABLES:
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 - names of ours


def found(connection: sqlite3.Connection, search: str, *, user: str) -> set[int]:
    """The rows of the conversations that have every word of `search`, the last one at least its beginning.

    A search without a word in it (an emoji, a sign) is looked for as it stands.
    """
    words = [match for word in plain(search).split()[:MOST_WORDS] if (match := match_phrase(storable(word)))]
    if not words:
        return {row for (row,) in connection.execute(_WITH_TEXT, {"user": user, "text": storable(search.strip())})}
    words[-1] += " *"  # it is perhaps still being typed
    groups = [{row for (row,) in connection.execute(_WITH_WORD, {"user": user, "word": word})} for word in words]
    return set.intersection(*groups)


def storable(text: str) -> str:
    """`text` as SQLite can take it: without lone surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
