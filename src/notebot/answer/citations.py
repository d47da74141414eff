"""Spans of passages -> places in the notes. Code makes every citation, the model never does."""

from __future__ import annotations

from collections.abc import Sequence

from notebot.types import Citation, Passage, Span


def cite(span: Span, passages: Sequence[Passage]) -> Citation:
    """The place of a span of passage number `span.evidence`: its quote stands there, letter for letter."""
    chunk = passages[span.evidence].chunk
    first = chunk.first_line + chunk.text.count("\n", 0, span.start)
    return Citation(
        passage_id=chunk.id,
        source=chunk.source,
        heading=chunk.heading,
        first_line=first,
        last_line=first + span.quote.count("\n"),
        quote=span.quote,
        start=span.start,
        end=span.end,
    )
