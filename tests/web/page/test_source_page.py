"""A whole note from a real index: lines, anchors, escaped; and names that are none of ours lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from notebot.bot import Bot
from notebot.errors import IndexBroken
from notebot.settings import Settings
from notebot.types import Chunk
from notebot.web.page.source_page import source_page

TEXT = "# One\nA <script>alert(1)</script> line.\n\nMore.\n\n## Deep\nText & more.\n\n# Two\n"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    base = tmp_path_factory.mktemp("source")
    (base / "notes").mkdir()
    (base / "notes" / "a b.md").write_text(TEXT)
    (base / "secret.md").write_text("# Secret\nNot among the notes.")
    with Bot(Settings(knowledge=(base / "notes",), data=base / "data", links=False)) as made:
        made.ingest()
        yield made


def test_every_line_stands_there_with_its_number(bot: Bot) -> None:
    html = source_page(bot, "a b.md")
    lines = dict(re.findall(r'id="L(\d+)" data-line="\d+">(.*?)</span>', html))
    assert lines["2"] == "A &lt;script&gt;alert(1)&lt;/script&gt; line."
    assert lines["7"] == "Text &amp; more."
    assert [int(number) for number in lines] == sorted(int(number) for number in lines)
    assert "<script" not in html


def test_every_passage_has_an_anchor_and_every_heading_a_way_to_it(bot: Bot) -> None:
    html = source_page(bot, "a b.md")
    for chunk in bot.source("a b.md"):
        assert f'id="p-{chunk.id}"' in html
        assert f'href="#p-{chunk.id}"' in html
    assert "One › Deep" in html
    assert "nothing under it yet" in html


@pytest.mark.parametrize(
    "name",
    ["../secret.md", "..%2fsecret.md", "%00", "a b.md\0", "\\\\server\\share", "C:foo", "/windows/win.ini",
     "/etc/passwd", "x" * 9_000, "<b>"],
)  # fmt: skip
def test_a_name_that_is_not_in_the_index_opens_nothing(bot: Bot, name: str) -> None:
    html = source_page(bot, name)
    assert "There is no such note or page" in html
    assert "Secret" not in html
    assert "<b>" not in html


def test_a_broken_index_is_said() -> None:
    class Broken:
        def source(self, name: str) -> list[Chunk]:
            raise IndexBroken("It is damaged. Run: notebot ingest --rebuild")

    assert "It is damaged" in source_page(Broken(), "a.md")  # type: ignore[arg-type]


def test_a_page_names_its_address_and_the_lines_that_lead_there(scripted: object) -> None:
    class Paged:
        def source(self, name: str) -> list[Chunk]:
            return [scripted.STORE]  # type: ignore[attr-defined]

    html = source_page(Paged(), "x")  # type: ignore[arg-type]
    assert 'href="https://www.qwak.com/post/what-is-a-feature-store"' in html
    assert "linked from notes.md line 59" in html
    assert "fetched 2026-11-24" in html
    assert 'id="L1"' not in html
