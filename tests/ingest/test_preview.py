"""What would be done is what is then done, and looking changes nothing."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from notebot.errors import NotesError
from notebot.index.catalog import Catalog
from notebot.ingest.preview import preview
from notebot.states import NORMAL, IngestOptions, Plan

if TYPE_CHECKING:
    from conftest import Desk


def plan(desk: Desk, options: IngestOptions = NORMAL) -> Plan:
    before = {path: path.read_bytes() for path in desk.data.rglob("*") if path.is_file() and path.suffix != ".db-shm"}
    with ExitStack() as opened:
        catalog = opened.enter_context(Catalog.open(desk.data)) if desk.data.exists() else None
        found = preview((desk.notes,), catalog, desk.rules, options)
        assert before == {path: path.read_bytes() for path in before}
    return found


def test_before_the_first_ingest_everything_is_new(desk: Desk) -> None:
    desk.write("a.md", "apples")
    desk.write("b.md", b"\x00\x01")
    assert plan(desk) == Plan(("a.md", "b.md"), (), (), 0, (), ())
    assert not desk.data.exists()


def test_the_plan_names_what_ingest_then_does(desk: Desk) -> None:
    for name in ("same.md", "edited.md", "gone.md"):
        desk.write(name, f"{name} https://x.y/{name}")
    desk.ingest()
    desk.write("edited.md", "other https://x.y/edited.md")
    desk.write("new.md", "new")
    (desk.notes / "gone.md").unlink()
    assert plan(desk) == Plan(("new.md",), ("edited.md",), ("gone.md",), 1, (), ())
    again = plan(desk, IngestOptions(refresh=True))
    assert again.fetch == tuple(f"https://x.y/{name}" for name in ("edited.md", "gone.md", "same.md"))
    assert plan(desk, IngestOptions(refresh=True, offline=True)).fetch == ()
    summary = desk.ingest()
    assert (summary.added, summary.changed, summary.removed, summary.unchanged) == (1, 1, 1, 1)
    assert plan(desk) == Plan((), (), (), 3, (), ())


def test_an_emptied_folder_is_refused_as_it_would_be(desk: Desk) -> None:
    desk.write("a.md", "apples")
    desk.ingest()
    (desk.notes / "a.md").unlink()
    with pytest.raises(NotesError, match="--allow-empty"):
        plan(desk)
    assert plan(desk, IngestOptions(allow_empty=True)).removed == ("a.md",)
    with pytest.raises(NotesError, match="--allow-empty"):
        desk.ingest()
    assert desk.ingest(options=IngestOptions(allow_empty=True)).removed == 1
