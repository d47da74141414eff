"""The options that say where to look: the filters of a question, as flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from notebot.retrieve.filters import joined, read_filter
from notebot.types import Filters

Paths = Annotated[
    list[str] | None,
    typer.Option("--path", metavar="PART", help="Only notes with this in their path (work/, *.org), and what they link to."),
]
Tags = Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="Only notes with this tag, and what they link to.")]
After = Annotated[str | None, typer.Option("--after", metavar="DATE", help="Only from this year, month or day on.")]
Before = Annotated[str | None, typer.Option("--before", metavar="DATE", help="Only from before this year, month or day.")]
Sites = Annotated[list[str] | None, typer.Option("--site", metavar="HOST", help="Only web pages of this site.")]
NotesOnly = Annotated[bool, typer.Option("--notes-only", help="Only notes, no web pages.")]


def narrowing(given: Mapping[str, Sequence[str] | str | None], *, notes_only: bool) -> Filters:
    """The filters that options stand for, each under its key in a question. Raises UsageError."""
    values = {key: [value] if isinstance(value, str) else value or () for key, value in given.items()}
    return joined(
        *(read_filter(key, value.strip()) for key, each in values.items() for value in each), Filters(notes_only=notes_only)
    )
