"""The outline of a real index: headings in order, the pages under them, and which notes lead to which."""

from __future__ import annotations

import pytest

from notebot.bot import Bot
from notebot.index.outline import Outline, outline
from notebot.settings import Settings

NOTES = {
    "a.md": "Before all.\n\n# Mining\nSee [[b]] and [[Sub/C.md#x|there]].\n\n## Rules\nhttps://example.org/rules\n\n# Empty\n",
    "b.md": "# Bees\n[up](sub/c.md) and [[nowhere]] and [[b]], again [[sub/c]].\n",
    "sub/c.md": "# Sea\n[[b]] means the one beside: see [two up](../a.md).\n",
    "sub/b.md": "# Other bees\nText.\n",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Outline:
    base = tmp_path_factory.mktemp("outline")
    for name, content in NOTES.items():
        (base / "notes" / name).parent.mkdir(parents=True, exist_ok=True)
        (base / "notes" / name).write_text(content)
    with Bot(Settings(knowledge=(base / "notes",), data=base / "data", links=False)) as bot:
        bot.ingest()
        return bot.read(outline)


def test_headings_stand_in_their_order_with_their_pages(found: Outline) -> None:
    note = found.notes[0]
    assert (note.source, note.title) == ("a.md", "a")
    assert [heading.path for heading in note.headings] == [(), ("Mining",), ("Mining", "Rules"), ("Empty",)]
    assert [heading.stub for heading in note.headings] == [False, False, True, True]  # a link alone says nothing
    assert [heading.line for heading in note.headings] == [1, 3, 6, 9]
    assert note.headings[2].pages == ("https://example.org/rules",)


def test_note_links_lead_to_the_note_that_is_meant(found: Outline) -> None:
    leads = {note.source: tuple(sorted(note.notes)) for note in found.notes}
    assert leads == {
        "a.md": ("b.md", "sub/c.md"),
        "b.md": ("sub/c.md",),  # nowhere is nothing, and a note does not lead to itself
        "sub/b.md": (),
        "sub/c.md": ("a.md", "sub/b.md"),  # the one in the same folder first
    }
