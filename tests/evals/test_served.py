"""A set's pages are in the index as pages from servers would be, and nothing that a server sent gives way to them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from fakes import FakeWeb
from notebot.bot import Bot
from notebot.errors import UsageError
from notebot.evals.cases import CaseSet, check_places, load_cases
from notebot.evals.figures import FIGURES
from notebot.evals.served import NOT_SERVED, Served, files_of, missing_pages, refuse_to_mix
from notebot.fetch.client import Request
from notebot.settings import Settings
from notebot.states import IngestOptions

ROOT = Path(__file__).parents[2]
VILLAGE = ROOT / "eval/collections/village"
PAGE, OTHER = "https://a.example/tea", "https://b.example/gone"
SAID = (
    "<main><h1>Tea</h1><p>Green tea is brewed at eighty degrees and never for longer than two minutes in a pot of clay. "
    "Black tea takes boiling water.</p></main>"
)
EVERY = IngestOptions(refresh=True)


def a_set(**pages: str) -> CaseSet:
    return CaseSet("x", 1, (), pages={f"https://{name}.example/tea": file for name, file in pages.items()})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "n.md").write_text(f"# Drinks\nSee {PAGE}, and {OTHER}\n", encoding="utf-8")
    (tmp_path / "tea.html").write_text(SAID, encoding="utf-8")
    return Settings(knowledge=(tmp_path / "notes",), data=tmp_path / "data")


def test_each_request_ends_once_and_as_one_to_a_server(tmp_path: Path) -> None:
    (tmp_path / "t.md").write_text("# é", encoding="utf-8")
    pages = {PAGE: tmp_path / "t.md", "https://c.example/": tmp_path / "later-removed.html"}
    with Served(pages, [Request(PAGE), Request(OTHER), Request("https://c.example/")]) as served:
        found = [response for _ in range(3) for response in served.results(5)]
        assert (served.left, served.results(5)) == (0, [])
    assert [(one.page, one.outcome) for one in found] == [
        (PAGE, "fetched"), (OTHER, "failed"), ("https://c.example/", "failed"),
    ]  # fmt: skip
    assert (found[0].content_type, found[0].body.decode(), found[0].url) == ("text/markdown; charset=utf-8", "# é", PAGE)
    assert found[1].reason == NOT_SERVED
    assert "cannot be read: No such file" in found[2].reason


def test_a_page_answers_and_changes_with_its_file(settings: Settings, tmp_path: Path) -> None:
    pages = files_of(a_set(a="tea.html"), tmp_path / "set.yaml")
    with Bot(settings, fetch=partial(Served, pages)) as bot:
        bot.ingest(EVERY)
        found = bot.search("How hot is green tea brewed?")[0].chunk
        assert (found.source, found.heading) == (PAGE, ("Tea",))
        assert found.page
        assert [str(line.source) for line in found.page.linked_from] == ["n.md"]
        assert bot.ingest(EVERY).embedded == 0
        (tmp_path / "tea.html").write_text(SAID.replace("eighty", "ninety"), encoding="utf-8")
        bot.ingest(EVERY)
        assert "ninety degrees" in bot.search("How hot is green tea brewed?")[0].chunk.text
        bot.read(refuse_to_mix)
        assert bot.read(partial(missing_pages, pages=pages)) == []


def test_what_did_not_come_into_the_index_is_told_with_the_reason(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "login.html").write_text("<title>Log in</title><body>Please log in.</body>", encoding="utf-8")
    pages = files_of(a_set(a="login.html", z="tea.html"), tmp_path / "set.yaml")
    with Bot(settings, fetch=partial(Served, pages)) as bot:
        bot.ingest(EVERY)
        first, second = bot.read(partial(missing_pages, pages=pages))
    assert first.startswith(f"{PAGE}: no usable text: it asks for a login")
    assert second == "https://z.example/tea: no note links to it"


def test_an_index_with_pages_from_the_web_is_not_mixed(settings: Settings) -> None:
    web = FakeWeb()
    web.serve(PAGE, SAID, etag='"1"')
    with Bot(settings, fetch=web.fetch) as bot:
        bot.ingest()
        with pytest.raises(UsageError, match=r"pages from the web \(1, https://a\.example/tea among them\).*--data FOLDER"):
            bot.read(refuse_to_mix)


@pytest.mark.parametrize(
    ("name", "said"), [("no.html", "there is no file no.html"), ("out.html", "leads out of"), ("tea.exe", "is none of .htm,")]
)
def test_a_file_that_is_no_page_of_the_set_is_refused(tmp_path: Path, name: str, said: str) -> None:
    home = tmp_path / "set"
    home.mkdir()
    (tmp_path / "private.html").write_text(SAID, encoding="utf-8")
    (home / "out.html").symlink_to(tmp_path / "private.html")
    (home / "tea.exe").write_text(SAID, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        files_of(a_set(a=name), home / "set.yaml")


def test_the_village_has_every_page_and_every_place(tmp_path: Path) -> None:
    path = VILLAGE / "set.yaml"
    wanted = load_cases(path, figures=FIGURES)
    pages = files_of(wanted, path)
    assert {file.name for file in pages.values()} == {file.name for file in (VILLAGE / "pages").iterdir()}
    with Bot(Settings(knowledge=(VILLAGE / "notes",), data=tmp_path / "data"), fetch=partial(Served, pages)) as bot:
        bot.ingest(EVERY)
        assert bot.read(partial(missing_pages, pages=pages)) == []
        check_places(wanted.cases, bot.source)
    on_pages = [case for case in wanted.cases if "linked-page" in case.tags and any(at.source in pages for at in case.gold)]
    assert len(on_pages) >= 10
    assert any(not case.answerable for case in wanted.cases if "linked-page" in case.tags)
