"""Addresses in the text of a note: of pages in the web, and of other notes. Nothing is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from notebot.ingest.sources import SUFFIXES
from notebot.types import NoteLink

_BARE = re.compile(r"https?://[^\s<>\"`|\\^{}]{1,4000}", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s]+", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:|//|\\", re.IGNORECASE)
_SUFFIX = re.compile(r"\.\w{1,10}$")
_WORD = re.compile(r"\w")


def bare_links(text: str, line: int) -> Iterator[tuple[str, int]]:
    """Each web address that stands in `text` as it is, with its line, if `text` begins on line `line`."""
    passed = 0
    for match in _BARE.finditer(text):
        line += text.count("\n", passed, match.start())
        passed = match.start()
        yield _trimmed(match.group()), line


def web_address(url: str) -> bool:
    """Whether `url`, as it is written in a link, leads to the web."""
    return bool(_ADDRESS.fullmatch(url))


def note_link(url: str, line: int) -> NoteLink | None:
    """The link to another note, or to a place in the same one, that `url` is; None for one to anything else."""
    path, _, heading = url.partition("#")
    path = path.partition("?")[0]
    if _SCHEME.match(url) or not (path or heading) or path.endswith("/"):
        return None
    target = unquote(path)
    if _SUFFIX.search(target) and not target.lower().endswith(SUFFIXES):
        return None
    return NoteLink(target, line, unquote(heading))


def without_bare(text: str) -> str:
    """`text` without the web addresses in it."""
    return _BARE.sub("", text) if "://" in text else text


def without_addresses(words: str) -> str:
    """`words` without web addresses, unless there are no words besides them."""
    if "://" not in words:
        return words
    rest = " ".join(_ADDRESS.sub(" ", words).split())
    return rest if _WORD.search(rest) else words


def _trimmed(url: str) -> str:
    """`url` without the punctuation of the sentence it stands in. A text fragment keeps its own, down to a full stop."""
    quotes_a_passage = ":~:text=" in url
    while True:
        last = url[-1]
        closes = {")": "(", "]": "["}.get(last)
        if (closes and url.count(last) > url.count(closes)) or last in "'*_”’»>" or (last in ".,;:!?" and not quotes_a_passage):
            url = url[:-1]
        else:
            return url
