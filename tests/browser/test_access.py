"""The page by keyboard, by ear, large and small: axe-core, the live region, and widths that must not scroll sideways."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from notebot.types import Status
from page_steps import CONTRAST, WIDER, ask, seed, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # how Gradio keeps its statistics, not ours to mend
]
HEAR = """() => {
  window.heard = [];
  new MutationObserver(() => {
    const words = document.getElementById("said").textContent;
    if (words) window.heard.push(words);
  }).observe(document.getElementById("said"), { childList: true, characterData: true, subtree: true });
}"""
FOCUSED = "(e => e.textContent.trim() || e.id || e.tagName)(document.activeElement)"


def serious(page: Page) -> list[str]:
    """What axe-core finds of impact serious or critical: the rule, and the first element."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
def test_axe_finds_nothing_serious(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, scheme: str, width: int
) -> None:
    _, address = serve_bot(scripted.story(), more=scripted.MORE)
    page = visit(address, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.wait_for_selector("#welcome .example")
    assert serious(page) == []
    ask(page, "What is data mining?")
    settled(page)
    page.wait_for_selector("#now .next .example")
    assert serious(page) == []
    page.locator("#now .chip").first.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#preview")).to_be_visible()
    assert serious(page) == []
    page.locator("#now .chip").first.click()
    expect(page.locator("#panel table")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate(CONTRAST) == []
    page.keyboard.press("Escape")
    if width < 1248:
        page.get_by_role("button", name="Conversations").click()
        page.wait_for_timeout(300)
    page.get_by_label("More for What is data mining?").click()
    assert serious(page) == []
    page.locator("details[open]").get_by_role("button", name="Delete…").click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Not helpful").click()
    assert serious(page) == []


def test_a_screen_reader_hears_each_stage_once_and_the_settled_answer_once(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType
) -> None:
    _, address = serve_bot(scripted.story(0.12))
    page = visit(address)
    page.evaluate(HEAR)
    ask(page, "What is data mining?")
    settled(page)
    page.wait_for_timeout(300)
    heard = page.evaluate("window.heard")
    stages = ["searching your notes…", "reading 3 passages…", "writing…", "checking…"]
    before = [words.lower() for words in heard[:-1]]
    assert before == [stage for stage in stages if stage in before]  # each at most once, in order
    assert "writing…" in before
    assert heard[-1].startswith(scripted.FIRST.text)
    assert "Not in your notes" in heard[-1]
    assert scripted.THIRD.text in heard[-1]
    assert len([words for words in heard if scripted.FIRST.text in words]) == 1


def test_silence_is_heard_too(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> None:
    from notebot.events import Done

    _, address = serve_bot([0.3, Done(scripted.answer(Status.NOT_IN_NOTES, ()))])
    page = visit(address)
    page.evaluate(HEAR)
    ask(page, "Which whales sing?")
    settled(page)
    page.wait_for_function("window.heard.at(-1)?.includes('Your notes say nothing about this.')")


def test_everything_is_reached_by_keyboard_in_the_order_it_is_read(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType
) -> None:
    _, address = serve_bot(scripted.story())
    page = visit(address)
    ask(page, "What is data mining?")
    settled(page)
    page.locator("#question textarea").click()
    page.locator(".skip").focus()
    reached = [page.evaluate(FOCUSED)]
    while len(reached) < 40 and reached[-1:] != ["Ask"]:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    assert reached == [
        *("Skip to your question", "notebot", "Chat", "Notes", "Settings"),
        *("New conversation", "find", "What is data mining?", "⋯"),
        *("1", "2", "1", "Copy", "Retry", "Edit question", "Helpful", "Not helpful"),
        *("In its section", "In its section", "Also read: 1 more", "TEXTAREA", "Ask"),
    ]
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#question textarea")).to_have_value("")


def test_the_skip_link_is_seen_when_it_has_the_focus_and_leads_to_the_box(
    visit: Callable[..., Page], serve_bot: Callable[..., Any]
) -> None:
    _, address = serve_bot([])
    page = visit(address)
    skip = page.get_by_role("link", name="Skip to your question")
    expect(skip).not_to_be_in_viewport()
    page.locator("#question textarea").click()
    skip.focus()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (320, 568), (640, 430), (768, 1024), (1440, 900)])
def test_nothing_scrolls_sideways(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, width: int, height: int
) -> None:
    """640 x 430 is 1280 x 860 at 200 %."""
    _, address = serve_bot(scripted.page_story(), more=scripted.MORE)
    page = visit(address, viewport={"width": width, "height": height})
    page.wait_for_selector("#welcome .example")
    assert page.evaluate(WIDER) == 0
    ask(page, f"A {'very' * 60} long word, and https://example.org/{'path/' * 40} too?")
    settled(page)
    assert page.evaluate(WIDER) == 0
    page.locator("#now .chip").first.click()
    expect(page.locator("#panel")).to_be_visible()
    assert page.evaluate(WIDER) == 0


def test_who_wants_no_motion_gets_none(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> None:
    _, address = serve_bot(scripted.story(0.1))
    page = visit(address, reduced_motion="reduce")
    ask(page, "One?")
    page.wait_for_selector("#now .stage span")
    assert page.evaluate("getComputedStyle(document.querySelector('#now .stage'), '::before').animationName") == "none"
    settled(page)


@pytest.mark.parametrize("name", ["page", "dark", "phone"])
def test_pictures_for_the_documentation(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, shots: Path, name: str
) -> None:
    bot, address = serve_bot(scripted.story(), more=scripted.MORE)
    bot.settings = bot.settings.model_copy(update={"knowledge": (shots / "nowhere",)})  # no picture shows this machine's folders
    seed(bot, scripted, "Which tools look at data?", "What does Spark do?")
    size = {"width": 360, "height": 760} if name == "phone" else {"width": 1280, "height": 820}
    page = visit(address, color_scheme="dark" if name == "dark" else "light", viewport=size)
    ask(page, "What is data mining?")
    settled(page)
    page.wait_for_selector("#now .next .example")
    if name == "dark":
        page.locator("#now .chip").first.click()
        expect(page.locator("#panel mark").first).to_be_visible()
    page.wait_for_timeout(600)
    page.screenshot(path=shots / f"{name}.png")
    assert (shots / f"{name}.png").stat().st_size < 250_000
