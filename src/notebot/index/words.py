"""Text as the word index sees it: one form for what is stored and for what is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Scripts written without spaces. FTS5 takes a run of them as one word, so each character is made a word of its own;
# a term of several then becomes a phrase, which finds it anywhere in a run.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")


def fold(text: str) -> str:
    """`text` with compatibility forms unified, invisible characters gone and unspaced scripts spaced."""
    if text.isascii():
        return text
    visible = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) not in ("Cf", "Cs"))
    return _UNSPACED.sub(r" \1 ", visible)


def match_any(terms: Sequence[str]) -> str:
    """An FTS5 query for rows with any of `terms`, each taken literally as a word or a phrase; empty if none is left."""
    folded = (fold(term).replace("\0", " ").replace('"', '""').strip() for term in terms)
    return " OR ".join(f'"{term}"' for term in folded if any(char.isalnum() for char in term))
