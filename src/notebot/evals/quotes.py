"""Whether a quote stands where it is cited: looked up in the file itself, past the index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from notebot.index.catalog import Catalog
from notebot.ingest.decoding import decode
from notebot.types import Citation


@dataclass(frozen=True, slots=True)
class Ground:
    """What answers stand on: the notes by their source, and the catalog."""

    files: Mapping[str, Path]
    catalog: Catalog

    def holds(self, citation: Citation) -> bool:
        """Whether the quote stands where it is cited.

        A note's lines are read from the file itself, past the index. What no file has in these words and places, a page or a
        PDF, is read from the passage, which has to be there still.
        """
        if citation.url is None and citation.unit == "line":
            return self._in_file(citation)
        chunk = self.catalog.chunks([citation.passage_id]).get(citation.passage_id)
        return (
            chunk is not None
            and (chunk.source, chunk.unit) == (citation.source, citation.unit)
            and chunk.first_line <= citation.first_line <= citation.last_line <= chunk.last_line
            and chunk.text[citation.start : citation.end] == citation.quote
        )

    def _in_file(self, citation: Citation) -> bool:
        try:
            text, _ = decode(self.files[citation.source].read_bytes())
        except (KeyError, OSError):
            return False  # the file is gone, and with it what was quoted
        return citation.quote in "\n".join(text.split("\n")[citation.first_line - 1 : citation.last_line])
