"""Quotes against the places that they are said to stand in."""

from dataclasses import replace

import pytest

from notebot.evals.quotes import Ground
from notebot.index.catalog import Catalog, Reading
from notebot.index.writer import CatalogWriter
from notebot.types import Citation, Document
from samples import STORE

STORK = replace(STORE, id="stork", text="One.\nThe stork nests.\nThree.", first_line=3, last_line=4, unit="page")
WORDS = Citation("stork", STORK.source, (), 3, 4, "The stork nests.", 5, 21, unit="page", url="https://qwak.com/a#:~:text=The")


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({}, True),
        ({"url": None}, True),  # a PDF among the notes
        ({"quote": "The stork nest", "end": 19}, True),
        ({"quote": "The heron nests."}, False),
        ({"start": 0, "end": 16}, False),
        ({"first_line": 2}, False),
        ({"last_line": 5}, False),
        ({"unit": ""}, False),
        ({"source": "https://other.example"}, False),
        ({"passage_id": "gone"}, False),
    ],
)
def test_a_quote_that_no_file_has_on_lines_is_looked_up_in_its_passage(tmp_path, changed, holds):
    with CatalogWriter.open(tmp_path / "data") as catalog, catalog.transaction():
        document = Document(STORK.source, STORK.title, (), (), {}, unit="page")
        catalog.put(document, [replace(STORK, page=None)], Reading("", 0, ""))
    with Catalog.open(tmp_path / "data") as catalog:
        assert Ground({}, catalog).holds(replace(WORDS, **changed)) is holds
