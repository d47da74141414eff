"""Where output goes: the result to standard output, everything else to standard error, and no tricks where nobody looks."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from notebot import render


def show(text: str = "") -> None:
    """A piece of the result, on standard output."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show_json(value: Mapping[str, object]) -> None:
    """The one object that --json promises, on standard output."""
    show(render.dumps(value))


def say(line: str) -> None:
    """A line for the person, on standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def is_terminal(stream: TextIO) -> bool:
    """Whether a person watches this stream on something that can move a cursor."""
    return stream.isatty() and os.environ.get("TERM", "") != "dumb"


def show_linked(text: str, links: Mapping[str, str]) -> None:
    """Like `show`; on a terminal wrapped between words, with the places in it that `links` maps to addresses made clickable."""
    if not is_terminal(sys.stdout):
        show(text)
        return
    from rich.console import Console
    from rich.style import Style
    from rich.text import Text

    marked = Text(text)
    for place, address in links.items():
        start = text.find(place)
        while start >= 0:
            marked.stylize(Style(link=address), start, start + len(place))
            start = text.find(place, start + len(place))
    Console(highlight=False).print(marked)


def file_links(places: Mapping[str, str], folders: tuple[Path, ...]) -> dict[str, str]:
    """For each shown place the file:// address of its note, if that is still there. `places` maps shown text to sources."""
    links = {}
    for shown, source in places.items():
        found = next((folder / source for folder in folders if (folder / source).is_file()), None)
        if found is not None:
            links[shown] = "file://" + quote(str(found.resolve()))
    return links
