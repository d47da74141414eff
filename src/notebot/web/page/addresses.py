"""Addresses of our own pages, each with what it shows in its query."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode


def anchor(chunk_id: str) -> str:
    """The id of a passage on the page of its source."""
    return f"p-{chunk_id}"


def source_address(source: str, chunk_id: str = "") -> str:
    """Where a note or page is shown as it was indexed, at one of its passages if named. Not yet escaped for HTML."""
    place = f"#{anchor(quote(chunk_id))}" if chunk_id else ""
    return f"/notes?source={quote(source, safe='')}{place}"


def line_address(source: str, line: int) -> str:
    """A line of a note, on the page that shows it. Not yet escaped for HTML."""
    return f"{source_address(source)}#L{line}"


def notes_address(query: Mapping[str, str]) -> str:
    """A part of the notes view; what is empty is left out. Not yet escaped for HTML."""
    said = {key: value for key, value in query.items() if value}
    return f"/notes?{urlencode(said)}" if said else "/notes"
