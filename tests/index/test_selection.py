"""Which chunks pass which filters: notes as they are written, and the pages they link to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notebot.index.catalog import Catalog, Reading
from notebot.index.linked import PageRow
from notebot.index.selection import newest_first, select
from notebot.index.writer import CatalogWriter
from notebot.ingest.loaders import load
from notebot.types import Chunk, Document, Filters

STORE, DEEP = "https://example.org/store", "https://docs.example.org/deep"
NOTES = {
    "work/Plan.md": f"""---
tags: [project/alpha]
date: 2024-03-05
updated: 2025-01-01
---
# Plan

We ship **open source** tools.
{STORE}
""",
    "work/old/draft.md": "---\nCreated: '2021-06-30'\n---\n# Draft\n\nTools that are open,\nsource by\nsource. #Projects\n",
    "homework/2023-11-02 maths.md": f"# Maths\n\nSee C++ and open\n  source. #project\n{DEEP}\n",
    "journal.md": "# Journal\n\nWritten in C. reopen sources 東京都に行く\n",
}


def stamp(day: date) -> str:
    seconds = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    return f"10:{seconds * 10**9}:1:1"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    data = tmp_path_factory.mktemp("data")
    with CatalogWriter.open(data) as writer, writer.transaction():
        for name, text in NOTES.items():
            document = load(name, text.encode())
            writer.put(document, chunks(document), Reading(stamp(date(2022, 2, 2)), 1, ""))
        for page, fetched in ((STORE, date(2024, 5, 5)), (DEEP, date(2023, 1, 1))):
            document = load("page.md", b"# Kept\n\nA page about open source.\n")
            document = Document(page, "Kept", document.sections, (), {})
            seconds = int(stamp(fetched).split(":")[1]) // 10**9
            writer.put_page(PageRow(page, "fetched", url=page, fetched_at=seconds), b"x")
            writer.put(document, chunks(document), Reading("", 1, ""), kind="page")
    with Catalog.open(data) as catalog:
        yield catalog


def chunks(document: Document) -> list[Chunk]:
    """One for each section."""
    return [
        Chunk(
            f"{document.source}/{number}", document.source, document.title, section.heading, section.text, section.first_line,
            section.last_line, section.stub, document.links,
        )
        for number, section in enumerate(document.sections)
    ]  # fmt: skip


def passing(catalog: Catalog, filters: Filters) -> set[str]:
    """The sources of the chunks that pass, by a word of their name."""
    chosen = select(catalog, filters)
    assert chosen is not None
    short = {"work/Plan.md": "plan", "work/old/draft.md": "draft", "journal.md": "journal", STORE: "store", DEEP: "deep"}
    return {short.get(source, "maths") for source in (chunk_id.rpartition("/")[0] for chunk_id in chosen)}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(paths=("work/",)), {"plan", "draft", "store"}),
        (Filters(paths=("/work",)), {"plan", "draft", "store"}),
        (Filters(paths=("work",)), {"plan", "draft", "store", "maths", "deep"}),
        (Filters(paths=("PLAN.md",)), {"plan", "store"}),
        (Filters(paths=("work/*.md",)), {"plan", "draft", "store"}),
        (Filters(paths=("*/old/*", ".\\journal")), {"draft", "journal"}),
        (Filters(paths=("?ournal.md",)), {"journal"}),
        (Filters(paths=("nowhere",)), set()),
        (Filters(paths=("work/",), notes_only=True), {"plan", "draft"}),
        (Filters(tags=("project",)), {"plan", "store", "maths", "deep"}),
        (Filters(tags=("Project/Alpha",)), {"plan", "store"}),
        (Filters(tags=("project", "project/alpha")), {"plan", "store"}),
        (Filters(tags=("proj",)), set()),
        (Filters(sites=("example.org",)), {"store", "deep"}),
        (Filters(sites=("docs.example.org", "other.org")), {"deep"}),
        (Filters(sites=("ample.org",)), set()),
        (Filters(sites=("example.org",), tags=("project/alpha",)), {"store"}),
        (Filters(notes_only=True), {"plan", "draft", "maths", "journal"}),
    ],
)
def test_where_a_chunk_stands(catalog: Catalog, filters: Filters, found: set[str]) -> None:
    assert passing(catalog, filters) == found


@pytest.mark.parametrize(
    ("after", "before", "found"),
    [
        (date(2024, 3, 5), None, {"plan", "store"}),  # front matter's date goes before its other dates
        (date(2024, 3, 6), None, {"store"}),
        (None, date(2022, 1, 1), {"draft"}),
        (date(2022, 2, 2), date(2022, 2, 3), {"journal"}),  # the file's own time
        (date(2023, 11, 2), date(2023, 11, 3), {"maths"}),  # the file's name
        (date(2025, 1, 1), None, set()),
        (date(2023, 1, 1), date(2023, 2, 1), {"deep"}),  # when it was fetched
    ],
)
def test_when_it_was_written(catalog: Catalog, after: date | None, before: date | None, found: set[str]) -> None:
    assert passing(catalog, Filters(after=after, before=before)) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(phrases=("Open   Source",)), {"plan", "maths", "store", "deep"}),  # not "open, source", not "reopen sources"
        (Filters(phrases=("open, source by source",)), {"draft"}),
        (Filters(phrases=("京都",)), {"journal"}),
        (Filters(phrases=("C++",)), {"maths"}),
        (Filters(phrases=("C",)), {"journal"}),
        (Filters(phrases=("tools", "ship")), {"plan"}),
        (Filters(phrases=("sourc",)), set()),
        (Filters(phrases=("Kept",)), {"store", "deep"}),
        (Filters(without=("source",)), set()),  # in any of its forms
        (Filters(without=("open source",)), {"draft", "journal"}),
        (Filters(without=("C++",), notes_only=True), {"plan", "draft", "journal"}),
        (Filters(phrases=("open source",), without=("page", "C++")), {"plan"}),
    ],
)
def test_what_a_chunk_says(catalog: Catalog, filters: Filters, found: set[str]) -> None:
    assert passing(catalog, filters) == found


def test_no_filter_is_no_choice(catalog: Catalog) -> None:
    assert select(catalog, Filters()) is None


def test_what_passes_is_listed_newest_first_once_a_source(catalog: Catalog) -> None:
    listed = [chunk_id.rpartition("/")[0] for chunk_id in newest_first(catalog, Filters(phrases=("source",)), 10)]
    assert listed == [STORE, "work/Plan.md", "homework/2023-11-02 maths.md", DEEP, "work/old/draft.md"]
    assert newest_first(catalog, Filters(phrases=("source",)), 1) == [f"{STORE}/0"]


def test_a_date_that_is_none_is_passed_over(tmp_path: Path) -> None:
    with CatalogWriter.open(tmp_path) as writer:
        with writer.transaction():
            for number, said in enumerate(
                ("date: soon\ncreated: 2024-13-40", "date: 20240229", "date: '[[2024-02-29]]'", "date: 2024/2")
            ):
                document = load(f"{number}.md", f"---\n{said}\n---\n# A\n\nb\n".encode())
                writer.put(document, chunks(document), Reading("", 0, ""))
        found = select(writer, Filters(after=date(2024, 2, 1), before=date(2024, 3, 1)))
    assert found == {"1.md/0", "2.md/0", "3.md/0"}
