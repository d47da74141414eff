"""Pages that notes link to, as the catalog keeps them: how each was asked for, and which note lines lead to which part of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from notebot.types import Link, NoteLine
from notebot.urls import Address, read_url

_MARKUP = re.compile(r"[*_`\\\s]+")
_ENOUGH = 60  # characters of a text fragment that have to be found: it may go on in the next chunk


@dataclass(frozen=True, slots=True)
class PageRow:
    """How a page was asked for last. Times are in whole seconds since 1970. See the table `pages` for the columns.

    fetched: as it is now. stale: the last good copy. failed: no copy, and later there may be one. refused: nothing to be had.
    """

    page: str
    state: Literal["fetched", "stale", "failed", "refused"]
    reason: str = ""
    url: str = ""
    same_as: str = ""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    fetched_at: int = 0
    due_at: int = 0
    failures: int = 0

    @property
    def usable(self) -> bool:
        """Is there a copy?"""
        return self.state in ("fetched", "stale")


@dataclass(frozen=True, slots=True)
class Lead:
    """A line of a note that leads to a page, with what it says of the part that is meant."""

    line: NoteLine
    address: Address


def page_of(link: Link) -> str:
    """The canonical address of the page that `link` leads to, empty if it is never fetched."""
    try:
        return read_url(link.url).page
    except ValueError:
        return ""


def points_at(leads: Iterable[Lead], anchor: str, text: str) -> bool:
    """Whether one of `leads` means the part of its page that has one of the anchors in `anchor`, or says this `text`."""
    plain, anchors = "", anchor.split()
    for lead in leads:
        if lead.address.section and lead.address.section in anchors:
            return True
        if lead.address.quotes:
            plain = plain or _plain(text)
            if any(quote and quote in plain for quote in map(_begin, lead.address.quotes)):
                return True
    return False


def note_lines(leads: Sequence[Lead]) -> tuple[NoteLine, ...]:
    """The lines, each once, in order."""
    return tuple(sorted({lead.line for lead in leads}, key=lambda at: (at.source, at.line)))


def _begin(quote: str) -> str:
    return _plain(quote)[:_ENOUGH].strip()


def _plain(text: str) -> str:
    return _MARKUP.sub(" ", text).casefold()
