"""Spans of passages -> places in the notes and on pages. Code makes every citation, the model never does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from notebot.types import Chunk, Citation, Passage, Span
from notebot.urls import deep_link

MARKUP = re.compile(
    r"\*\*|`|\||(?m:^[ \t]*(?:#{1,6}|[-*+>]|\d{1,3}[.)])[ \t]+)"
)  # of a page's text, none of it seen in a browser


def cite(span: Span, passages: Sequence[Passage]) -> Citation:
    """The place of a span of passage number `span.evidence`: its quote stands there, letter for letter."""
    chunk = passages[span.evidence].chunk
    first, last = _lines(span, chunk)
    return Citation(
        passage_id=chunk.id,
        source=chunk.source,
        heading=chunk.heading,
        first_line=first,
        last_line=last,
        quote=span.quote,
        start=span.start,
        end=span.end,
        unit=chunk.unit,
        url=deep_link(chunk.page.url, _seen(span.quote)) if chunk.page else None,
        linked_from=chunk.page.linked_from if chunk.page else (),
    )


def _lines(span: Span, chunk: Chunk) -> tuple[int, int]:
    """Lines are counted down to the quote; pages and cells are the passage's own, since its text does not say where they end."""
    if chunk.unit != "line":
        return chunk.first_line, chunk.last_line
    first = chunk.first_line + chunk.text.count("\n", 0, span.start)
    return first, first + span.quote.count("\n")


def _seen(quote: str) -> str:
    """The quote as a browser shows it, each cell of a table by itself."""
    return MARKUP.sub(lambda mark: "\n" if mark[0] == "|" else "", quote)
