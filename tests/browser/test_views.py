"""The notes view and the settings view, through the real page: real notes, a real index, a scripted Ollama."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from notebot.bot import Bot
from notebot.settings_file import SettingsFile
from notebot.surroundings import Surroundings
from notebot.web.host import serve
from scripted_ollama import MODEL, Reply, Script, line, usual
from scripted_ollama import scripted as scripted_ollama

pytestmark = pytest.mark.browser
HOSTILE = '<img src=x onerror="alert(1)">'
PHONE = {"width": 360, "height": 740}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
READY = "#notes-content :is(.views, .situation, .notice), #settings .now, #settings .situation"
GREEN = ("Recycling", "Compost", "Worms")
PULL = [line({"status": "pulling", "digest": "sha256:a", "total": 10**9, "completed": n * 10**7}) for n in range(101)]
PULL.append(line({"status": "success"}))


class Place:
    """A folder of notes with a server over it."""

    def __init__(self, base: Path, ollama: Script) -> None:
        self.notes = base / "notes"
        self.ollama = ollama
        self.config = base / "config" / "notebot.toml"
        variables = {"NOTEBOT_KNOWLEDGE": str(self.notes), "NOTEBOT_DATA": str(base / "data"), "NOTEBOT_LINKS": "false"}
        around = Surroundings({**variables, "OLLAMA_HOST": ollama.address}, base, base, base / "config", base / "user")
        self.file = SettingsFile({"port": 0}, around=around)
        self.bot = Bot(self.file.loaded.settings)
        self.served = serve(self.bot, port=0, settings_file=self.file)

    def close(self) -> None:
        self.served.close()
        self.bot.close()


@pytest.fixture(scope="module")
def ollama() -> Iterator[Script]:
    big = {**MODEL, "name": "big:4b", "model": "big:4b", "details": {"family": "x", "parameter_size": "4B"}}
    with scripted_ollama(usual(tags=Reply([line({"models": [MODEL, big]})]), pull=Reply(PULL, pause=0.05))) as server:
        yield server


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory, ollama: Script) -> Iterator[Place]:
    """Five notes with links, headings that are not written, a file that cannot be read, and a hostile heading."""
    base = tmp_path_factory.mktemp("garden")
    (base / "notes").mkdir()
    for number, name in enumerate(("soil", "worms", "water", "light", "tools")):
        parts = "\n\n".join(f"## {name} {part}\nAbout {name} and {part.lower()}." for part in GREEN)
        leads = f"[[{('worms', 'water', 'soil')[number % 3]}]] https://example.org/{name}"
        text = f"# On {name}\n{leads}\n\n{parts}\n\n## Later {number}\n"
        (base / "notes" / f"{name}.md").write_text(text + (f"\n## {HOSTILE}\nHostile words.\n" if name == "soil" else ""))
    (base / "notes" / "binary.md").write_bytes(b"\x00\x01\x02\x03" * 50)
    place = Place(base, ollama)
    yield place
    place.close()


@pytest.fixture
def fresh(tmp_path: Path, ollama: Script) -> Iterator[Place]:
    """No notes folder yet."""
    place = Place(tmp_path, ollama)
    yield place
    place.close()


@pytest.fixture
def view(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open one of the two views. At the end: nothing was asked of another host, nothing went wrong, no dialog opened."""
    contexts, wrong = [], []

    def open_(place: Place, path: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith((place.served.address, "data:")) else wrong.append(r.url))
        page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.set_default_timeout(30_000)
        page.goto(place.served.address + path)
        page.wait_for_selector(READY)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


def read(place: Place) -> None:
    """Wait until everything is indexed."""
    end = time.monotonic() + 60
    following = place.served._following  # the test waits for what the page waits for
    while following is None or following.standing.working or following.standing.summary is None:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_contents_can_be_filtered_and_problems_say_what_to_do(garden: Place, view: Callable[..., Page], shots: Path) -> None:
    read(garden)
    page = view(garden, "/notes")
    expect(page.locator("tbody tr")).to_have_count(11)  # 6 notes, and 5 pages that wait
    page.get_by_label("State").select_option("failed")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("binary.md")
    page.screenshot(path=shots / "views-contents.png", full_page=True)
    page.get_by_role("link", name="Problems").click()
    expect(page.locator("tbody")).to_contain_text("zero bytes")


def test_notes_are_brought_up_to_date_by_the_button(garden: Place, view: Callable[..., Page]) -> None:
    read(garden)
    page = view(garden, "/notes")
    page.get_by_role("button", name="Bring up to date now").click()
    expect(page.locator(".said")).to_contain_text("Up to date", timeout=30_000)
    expect(page.locator("main > [role=status], main [role=status]").last).to_contain_text("Up to date")


def test_headings_to_write_and_links_lead_to_their_place(garden: Place, view: Callable[..., Page]) -> None:
    read(garden)
    page = view(garden, "/notes?show=write")
    page.get_by_role("link", name="On soil › Later 0").click()
    expect(page.locator(".whole .here")).to_contain_text("Later 0")
    page.get_by_role("link", name="Links", exact=True).click()
    page.get_by_role("link", name="worms.md line 2").click()
    expect(page.locator(".line.here")).to_contain_text("https://example.org/worms")
    expect(page.locator(".line.here")).to_be_in_viewport()


def test_search_without_a_model(garden: Place, view: Callable[..., Page], shots: Path) -> None:
    read(garden)
    page = view(garden, "/notes?show=search")
    page.get_by_label("Words to search for").fill("worms compost")
    page.keyboard.press("Enter")
    expect(page.locator(".found mark").first).to_be_visible()
    page.screenshot(path=shots / "views-search.png", full_page=True)
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Folder or file").fill("water.md")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".found li").first).to_contain_text("water.md")
    assert all("water.md" in text for text in page.locator(".found .file").all_inner_texts())
    page.locator(".found a").first.click()
    expect(page.locator(".whole .here")).to_be_in_viewport()
    assert "/notes?source=water.md#p-" in page.url


def test_both_maps_are_drawn_and_walked_over_by_keyboard(garden: Place, view: Callable[..., Page], shots: Path) -> None:
    read(garden)
    for show, least in (("map", 25), ("picture", 20)):
        page = view(garden, f"/notes?show={show}")
        links = page.locator(".map a")
        assert links.count() >= least
        assert page.locator('.map a[tabindex="0"]').count() == 1
        page.screenshot(path=shots / f"views-{show}.png", full_page=True)
        page.locator('.map a[tabindex="0"]').focus()
        first = page.evaluate("document.activeElement.getAttribute('aria-label')")
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowUp"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.closest('.map') !== null")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") != first
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/notes\?source="))
        expect(page.locator(".whole, .trouble").first).to_be_visible()


def test_hostile_notes_and_names_do_nothing(garden: Place, view: Callable[..., Page]) -> None:
    read(garden)
    for path in (
        "?source=soil.md",
        "?show=map",
        "?show=picture",
        "?show=search&q=hostile",
        "?source=..%2f..%2fetc%2fpasswd",
        "?source=%00",
    ):
        page = view(garden, f"/notes{path}")
        assert page.locator("#notes img").count() == 0
    expect(page.locator("#notes-content")).to_contain_text("There is no such note or page")


def test_first_run_from_no_folder_to_sample_notes(fresh: Place, view: Callable[..., Page], shots: Path) -> None:
    page = view(fresh, "/notes")
    expect(page.locator(".situation h2")).to_have_text("There is no notes folder yet")
    page.screenshot(path=shots / "views-first.png", full_page=True)
    page.get_by_role("button", name="Put sample notes there").click()
    expect(page.locator("tbody tr")).to_have_count(3, timeout=60_000)
    assert sorted(path.name for path in fresh.notes.rglob("*.md")) == ["bread.md", "garden.md", "welcome.md"]
    expect(page.get_by_role("button", name="Put sample notes there")).to_have_count(0)


def test_settings_count_from_the_next_question_on(garden: Place, view: Callable[..., Page], shots: Path) -> None:
    page = view(garden, "/settings")
    expect(page.locator("#settings .now")).to_contain_text("ollama/big:4b")
    expect(page.locator("#settings .now")).to_contain_text("yes")
    expect(page.locator("#set-links")).to_contain_text("Set by NOTEBOT_LINKS")
    expect(page.locator("#set-links input")).to_be_disabled()
    page.screenshot(path=shots / "views-settings.png", full_page=True)
    page.get_by_label("tiny:latest").check()
    page.get_by_label("Open: the model may add").check()
    page.get_by_label("Passages an answer rests on").fill("4")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#settings-said")).to_contain_text("Saved in")
    expect(page.locator("#settings .now")).to_contain_text("ollama/tiny:latest")
    assert garden.config.read_text() == 'model = "ollama/tiny:latest"\nopen = true\npassages = 4\n'
    assert (garden.bot.settings.passages, garden.bot.model_name()) == (4, "ollama/tiny:latest")
    page.get_by_label("Passages an answer rests on").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#settings-said")).to_contain_text("must be a whole number from 1 to 50")
    assert garden.bot.settings.passages == 4


def test_a_model_is_downloaded_with_progress_and_cancelled(garden: Place, view: Callable[..., Page]) -> None:
    page = view(garden, "/settings")
    page.get_by_label("Its name in Ollama").fill("qwen3:4b")
    page.get_by_role("button", name="Download").click()
    expect(page.locator("#pull-progress progress")).to_be_visible()
    expect(page.locator("#pull-progress")).to_contain_text("of 1,000 MB")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#pull-progress")).to_contain_text("was cancelled")
    assert garden.ollama.bodies("/api/pull")[-1]["model"] == "qwen3:4b"


@pytest.mark.parametrize(
    "path",
    [
        "/notes", "/notes?show=search&q=worms", "/notes?show=map", "/notes?show=picture", "/notes?show=links",
        "/notes?show=write", "/notes?source=soil.md", "/settings",
    ],
)  # fmt: skip
def test_phone_width_large_letters_and_axe(garden: Place, view: Callable[..., Page], path: str) -> None:
    read(garden)
    for scheme in ("light", "dark"):
        page = view(garden, path, viewport=PHONE, color_scheme=scheme)
        page.wait_for_timeout(300)
        assert page.evaluate(TOO_WIDE) == 0, path
        found = Axe().run(page).response["violations"]
        told = [(v["id"], v["impact"], [node["html"][:160] for node in v["nodes"][:3]]) for v in found]
        assert told == [], f"{path} {scheme}"
    page = view(garden, path, viewport={"width": 640, "height": 430})  # 1280 x 860 at 200 %
    assert page.evaluate(TOO_WIDE) == 0, path
