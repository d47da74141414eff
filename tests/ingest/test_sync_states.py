"""Any sequence of edits: after each ingest the index equals one that is built anew, and a second ingest does nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from notebot.index.catalog import Catalog
from notebot.states import IngestOptions

if TYPE_CHECKING:
    from conftest import Desk

NAMES = st.sampled_from(["a.md", "A.md", "b.txt", "deep/a.md", "deep/er/ü.markdown"])
LINES = [
    "# One",
    "# Two: said",
    "## Three",
    "apples",
    "pears https://x.y",
    "<http://www.x.y/?utm_source=b#one> https://x.y/other https://never.y",
    "",
    "grapes " * 250,
    "---",
    "* item",
]
PAGES = [
    f"<h1 id=one>{name}</h1><p>{f'What is said of {name} on this page is long enough to be read. ' * 9}</p>" for name in "ABC"
]
ENDS = ["https://x.y/", "https://x.y/other", "https://x.y/end"]
TEXTS = st.lists(st.sampled_from(LINES), max_size=6).map("\n".join)


def machine(desk_type: type[Desk]) -> type[RuleBasedStateMachine]:
    class Edits(RuleBasedStateMachine):
        @initialize()
        def open(self) -> None:
            self.folder = tempfile.TemporaryDirectory()
            root = Path(self.folder.name)
            (root / "notes").mkdir()
            self.desk = desk_type(root / "notes", root / "data")
            self.builds = 0
            self.desk.write("always.md", "here")
            self.edit_page("https://x.y/", PAGES[0], "https://x.y/")
            self.edit_page("https://x.y/other", PAGES[1], "https://x.y/other")

        def teardown(self) -> None:
            self.folder.cleanup()

        def there(self) -> list[Path]:
            return sorted(path for path in self.desk.notes.rglob("*") if path.is_file() and path.name != "always.md")

        @rule(name=NAMES, text=TEXTS)
        def write(self, name: str, text: str) -> None:
            self.desk.write(name, text)

        @rule(name=NAMES)
        def write_what_is_no_text(self, name: str) -> None:
            if not (self.desk.notes / name).exists():  # else the old text stays, which a clean build cannot know
                self.desk.write(name, b"%PDF")

        @precondition(lambda self: self.there())
        @rule(data=st.data())
        def delete(self, data: st.DataObject) -> None:
            data.draw(st.sampled_from(self.there())).unlink()

        @precondition(lambda self: self.there())
        @rule(data=st.data(), name=NAMES)
        def rename(self, data: st.DataObject, name: str) -> None:
            (self.desk.notes / name).parent.mkdir(parents=True, exist_ok=True)
            data.draw(st.sampled_from(self.there())).replace(self.desk.notes / name)

        @precondition(lambda self: self.there())
        @rule(data=st.data(), seconds=st.sampled_from([0, 1_000_000_000, 4_102_444_800]))
        def touch(self, data: st.DataObject, seconds: int) -> None:
            os.utime(data.draw(st.sampled_from(self.there())), (seconds, seconds))

        @precondition(lambda self: self.there())
        @rule(data=st.data())
        def edit_in_place(self, data: st.DataObject) -> None:
            path = data.draw(st.sampled_from(self.there()))
            status = path.stat()
            path.write_bytes(path.read_bytes().swapcase())
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

        @rule(page=st.sampled_from(["https://x.y/", "https://x.y/other"]), text=st.sampled_from(PAGES), url=st.sampled_from(ENDS))
        def edit_page(self, page: str, text: str, url: str) -> None:
            self.desk.web.serve(page, text, url=url, etag=f"{hash((text, url))}")

        @rule(steps=st.integers(1, 8))
        def ingest_and_stop(self, steps: int) -> None:
            try:
                self.desk.ingest(stop_after=steps)
            except InterruptedError:
                return

        @rule()
        def ingest(self) -> None:
            self.desk.ingest(options=IngestOptions(refresh=True))
            with Catalog.open(self.desk.data) as catalog:
                generation = catalog.generation()
            again = self.desk.ingest()
            assert (again.added, again.changed, again.removed, again.embedded, again.fetched) == (0, 0, 0, 0, 0)
            with Catalog.open(self.desk.data) as catalog:
                assert catalog.generation() == generation
            self.builds += 1
            assert self.desk.everything() == self.desk.built_anew(Path(self.folder.name) / f"clean-{self.builds}")

    return Edits


LONG = "TORTURE_LONG" in os.environ  # by hand, or at night
HOW = settings(max_examples=200, stateful_step_count=50, deadline=None)
if not LONG:
    HOW = settings(max_examples=5, stateful_step_count=12, deadline=None, derandomize=True)


@pytest.mark.timeout(4 * 3600 if LONG else 120)
def test_the_index_follows_any_edits(desk: Desk) -> None:
    run_state_machine_as_test(machine(type(desk)), settings=HOW)
