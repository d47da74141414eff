"""Drafted questions, looked at on the page with keyboard and mouse: nothing is lost, and everybody can do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from notebot.bot import Bot
from notebot.evals.reviewing import DRAFTS, home, load, pending
from notebot.settings import Settings
from notebot.web.host import serve

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def household(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    notes = ROOT / "eval/collections/household/notes"
    data = tmp_path_factory.mktemp("household")
    with Bot(Settings(knowledge=(notes,), data=data, links=False, watch=False)) as bot:
        bot.ingest()
        yield bot


@pytest.fixture(scope="module")
def address(household: Bot) -> Iterator[str]:
    with serve(household, port=0) as served:
        yield served.address


@pytest.fixture
def look(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open the page. At the end nothing went wrong, and nothing was asked of another host."""
    contexts, wrong = [], []

    def open_(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: None if r.url.startswith((address, "data:")) else wrong.append(r.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.set_default_timeout(30_000)
        page.goto(f"{address}/review")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert wrong == []


def test_from_no_questions_to_decided_ones(look: Callable[..., Page], household: Bot, shots: Path) -> None:
    page = look()
    page.screenshot(path=shots / "review-first.png")
    page.get_by_role("button", name="Draft 40 questions").click()
    cards = page.locator(".draft-case")
    expect(cards.first).to_be_visible(timeout=120_000)
    path = home(household.settings.data) / DRAFTS
    first, second, third, *rest = pending(load(path))
    page.screenshot(path=shots / "review.png")

    page.keyboard.press("ArrowDown")
    expect(cards.first).to_be_focused()
    page.keyboard.press("a")
    expect(cards).to_have_count(len(rest) + 2)
    expect(cards.first).to_be_focused()  # the next one
    assert cards.first.get_attribute("data-case") == second.id
    page.keyboard.press("d")
    expect(cards).to_have_count(len(rest) + 1)
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("What was d and a again?")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(cards).to_have_count(len(rest))

    page.reload()
    expect(cards).to_have_count(len(rest))
    expect(page.locator("#left")).to_have_text(f"{len(rest)} questions to look at. 2 ready to be asked.")
    kept = {case.id: case for case in load(path).cases}
    assert (first.id in kept, second.id in kept) == (True, False)
    assert kept[third.id].question == "What was d and a again?"

    fact = cards.locator("[name=facts]").first
    case = fact.locator("xpath=ancestor::article")
    fact.fill("")
    case.get_by_role("button", name="Accept").click()
    expect(case.get_by_role("alert")).to_have_text("A question that can be answered needs a fact.")
    expect(cards).to_have_count(len(rest))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_everybody_can_use_it(look: Callable[..., Page], scheme: str, width: int, shots: Path) -> None:
    page = look(color_scheme=scheme, viewport={"width": width, "height": 800})
    if page.locator("#draft").count():
        page.locator("#draft").click()
    expect(page.locator(".draft-case").first).to_be_visible(timeout=120_000)
    assert page.evaluate(TOO_WIDE) <= 0
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    page.screenshot(path=shots / f"review-{scheme}-{width}.png")
