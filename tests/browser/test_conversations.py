"""Conversations are kept: each at its address, in a list, through reloads, and through the end of the server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from notebot.events import Draft
from page_steps import ask, drafting, seed, settled, wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # how Gradio keeps its statistics, not ours to mend
]


def titles(page: Page) -> Any:
    return page.locator("#found li > a")


def test_a_new_conversation_gets_its_address_and_a_reload_keeps_it(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType
) -> None:
    bot, address = serve_bot(scripted.story())
    page = visit(address)
    expect(page.locator("#found")).to_have_text("Your questions and answers will be kept here.")
    ask(page, "One?")
    settled(page)
    assert page.url.startswith(f"{address}/?c=")
    ask(page, "Two?")
    settled(page)
    kept = page.url
    page.fill("#question textarea", "half a thought")
    page.reload()
    expect(page.locator(".question")).to_have_text(["One?", "Two?"])
    expect(page.locator("#now .chip")).to_have_text(["1", "2", "1"])
    expect(page.locator("#question textarea")).to_have_value("half a thought")
    assert page.url == kept
    ask(page, "Three?")
    settled(page)
    assert [turn.text for turn in bot.asked[-1][1] if turn.role == "user"] == ["One?", "Two?"]
    assert page.url == kept
    page.reload()
    expect(page.locator("#now .question")).to_have_text("Three?")
    expect(page.locator("#question textarea")).to_have_value("")


def test_the_list_leads_finds_renames_and_deletes(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, shots: Path
) -> None:
    bot, address = serve_bot(scripted.story())
    seed(bot, scripted, "What is data mining?", "Which whales sing?")
    page = visit(address)
    expect(titles(page)).to_have_text(["Which whales sing?", "What is data mining?"])
    titles(page).nth(1).click()
    expect(page.locator("#now .question")).to_have_text("What is data mining?")
    expect(page.locator("#found [aria-current]")).to_have_text("What is data mining?")
    page.keyboard.press("Control+K")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("whales")
    expect(titles(page)).to_have_text(["Which whales sing?"])
    page.locator("#find").fill("walruses")
    expect(page.locator("#found")).to_have_text("No conversation has all of these words.")
    page.locator("#find").fill("")
    expect(titles(page)).to_have_count(2)
    page.get_by_label("More for What is data mining?").click()
    page.screenshot(path=shots / "list.png")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("About <b>ores</b>")
    page.keyboard.press("Enter")
    expect(titles(page)).to_have_text(["Which whales sing?", "About <b>ores</b>"])
    delete(page, "About <b>ores</b>", agree=False)
    expect(titles(page)).to_have_count(2)
    delete(page, "Which whales sing?", agree=True)
    expect(titles(page)).to_have_text(["About <b>ores</b>"])
    expect(page.locator("#now .question")).to_have_text("What is data mining?")  # another one stays on the page
    delete(page, "About <b>ores</b>", agree=True)
    page.wait_for_url(f"{address}/")
    expect(page.locator("#found")).to_have_text("Your questions and answers will be kept here.")


def delete(page: Page, title: str, *, agree: bool) -> None:
    page.get_by_label(f"More for {title}").click()
    page.locator("details[open]").get_by_role("button", name="Delete…").click()
    expect(page.locator("#sure")).to_contain_text(f"“{title}” with all its answers is deleted")
    page.locator("#sure").get_by_role("button", name="Delete" if agree else "Cancel").click()


def test_an_address_of_nothing_says_so(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> None:
    _, address = serve_bot(scripted.story())
    page = visit(f"{address}/?c=nothing")
    expect(page.locator("#welcome .trouble")).to_be_visible()
    ask(page, "And yet?")
    settled(page)
    assert page.url.startswith(f"{address}/?c=")
    assert not page.url.endswith("nothing")


@pytest.mark.parametrize("form", ["Markdown", "JSON"])
def test_a_conversation_is_saved(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, form: str
) -> None:
    _, address = serve_bot(scripted.story())
    page = visit(address)
    ask(page, "One?")
    settled(page)
    page.get_by_label("More for One?").click()
    link = page.get_by_role("link", name=f"Save as {form}")
    saved = page.evaluate("link => fetch(link).then(response => response.text())", link.get_attribute("href"))
    assert "notes.md:15" in saved if form == "Markdown" else json.loads(saved)["entries"][0]["question"] == "One?"
    assert link.get_attribute("download") == ""


def test_on_a_phone_the_list_is_a_sheet_that_opens_and_closes(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, shots: Path
) -> None:
    _, address = serve_bot(scripted.story())
    page = visit(address, viewport={"width": 360, "height": 740})
    ask(page, "One?")
    settled(page)
    expect(page.locator("#conversations")).to_be_hidden()
    opener = page.get_by_role("button", name="Conversations")
    opener.click()
    expect(titles(page)).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.wait_for_timeout(300)
    page.screenshot(path=shots / "list-phone.png")
    page.keyboard.press("Escape")
    expect(page.locator("#conversations")).to_be_hidden()
    expect(opener).to_be_focused()


def test_an_answer_that_another_window_waits_for_is_not_called_lost(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType
) -> None:
    bot, address = serve_bot([*scripted.story()[:3], *[0.2, Draft("")] * 200])
    page = visit(address)
    ask(page, "One?")
    other = visit(page.url)
    expect(other.locator("#now .notice")).to_contain_text("This is being answered in another window.")
    page.keyboard.press("Escape")
    wait_until(lambda: bot.running == 0, page, 2)
    other.get_by_role("link", name="Look again").click()
    expect(other.locator("#now .notice")).to_contain_text("This answer was stopped")


def test_the_end_of_the_server_loses_nothing(browser: Browser, scripted: ModuleType, shots: Path) -> None:
    from notebot.web.host import serve

    bot = scripted.ScriptedBot(scripted.story())
    served = serve(bot, port=0)
    port = urlsplit(served.address).port or 0
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()  # not `visit`: requests fail here on purpose
    try:
        page.goto(served.address)
        page.wait_for_selector("#question textarea")
        ask(page, "Answered?")
        settled(page)
        bot.script = scripted.story(0.5)
        ask(page, "Cut off?")
        drafting(page)
        page.fill("#question textarea", "half a thought")
        served.close()
        expect(page.locator("#away")).to_contain_text("What you typed is kept", timeout=8_000)
        page.screenshot(path=shots / "away.png")
        again = scripted.ScriptedBot(scripted.story())
        again.settings = bot.settings
        served = serve(again, port=port)
        expect(page.locator("#away")).to_be_hidden(timeout=8_000)
        expect(page.locator(".question")).to_have_text(["Answered?", "Cut off?"])
        expect(page.locator("#earlier .chip")).to_have_text(["1", "2", "1"])
        expect(page.locator("#question textarea")).to_have_value("half a thought")
        expect(page.locator("#now .draft")).to_have_count(0)
        page.locator("#now").get_by_role("button", name="Retry").click()
        expect(page.locator("#now .byline")).to_be_visible()
        assert [question for question, _ in again.asked] == ["Cut off?"]
        expect(page.locator("#question textarea")).to_have_value("half a thought")
    finally:
        page.context.close()
        served.close()
