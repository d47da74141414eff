"""A few sample notes, for a folder that has none yet."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from notebot.errors import NotesError
from notebot.ingest.sources import scan


def put_samples(folder: Path) -> int:
    """Put the sample notes into `folder`, which is made if it is not there; how many. Nothing that is there is touched.

    Raises NotesError where there are notes already, or where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if scan([folder]).files:
            raise NotesError(f"There are notes in {folder} already. Sample notes are for an empty folder.")
        return _copied(resources.files("notebot").joinpath("samples"), folder)
    except OSError as error:
        raise NotesError(f"Sample notes cannot be put into {folder}: {error.strerror}. Check its permissions.") from error


def _copied(source: Traversable, target: Path) -> int:
    count = 0
    for entry in source.iterdir():
        if entry.is_dir():
            (target / entry.name).mkdir(exist_ok=True)
            count += _copied(entry, target / entry.name)
        elif entry.name.endswith(".md"):
            with (target / entry.name).open("xb") as file:  # never over something else
                file.write(entry.read_bytes())
            count += 1
    return count
