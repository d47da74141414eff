"""A session that ends while a page is open: the page says so, keeps what was typed, and leads back to where it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from page_steps import ask, settled

pytestmark = pytest.mark.browser
OUT = "You have been signed out"


@pytest.fixture
def signed_in(browser: Browser, scripted: ModuleType, team_module: ModuleType) -> Iterator[tuple[Page, Any]]:
    with team_module.team(scripted.ScriptedBot(scripted.story())) as team, closing(browser.new_context()) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(team.page.address)
        sign_in(page, team_module.PASSWORD)
        page.wait_for_selector("#question textarea")
        yield page, team


def sign_in(page: Page, password: str) -> None:
    page.fill("#name", "ada")
    page.fill("#password", password)
    page.press("#password", "Enter")


def test_the_page_says_so_and_leads_back_with_what_was_typed(
    signed_in: tuple[Page, Any], team_module: ModuleType, shots: Path
) -> None:
    page, _ = signed_in
    ask(page, "What is data mining?")
    settled(page)
    page.wait_for_url("**/?c=*")
    address = page.url
    page.locator("#question textarea").press_sequentially("Half a quest")
    page.request.post(address.partition("?")[0] + "logout", max_redirects=0)
    notice = page.locator("#away")
    expect(notice).to_contain_text(OUT, timeout=10_000)
    expect(page.locator(".toast-wrap:visible")).to_have_count(0)
    page.wait_for_timeout(3_000)  # it stays, whatever Gradio makes of its lost connection
    expect(notice).to_contain_text(OUT)
    expect(page.locator(".toast-wrap:visible")).to_have_count(0)
    page.screenshot(path=shots / "signed-out.png")
    notice.get_by_role("link", name="Sign in").click()
    sign_in(page, team_module.PASSWORD)
    page.wait_for_url(address)
    expect(page.locator("#question textarea")).to_have_value("Half a quest", timeout=20_000)
    settled(page)  # the conversation is there again
    expect(page.locator("#away")).to_be_hidden()


def test_the_other_views_say_so_too(signed_in: tuple[Page, Any], team_module: ModuleType) -> None:
    page, team = signed_in
    page.goto(f"{team.page.address}/notes?show=search&q=bees")
    page.wait_for_selector("#notes")
    page.request.post(f"{team.page.address}/logout", max_redirects=0)
    expect(page.locator("#away")).to_contain_text(OUT, timeout=10_000)
    page.locator("#away").get_by_role("link", name="Sign in").click()
    sign_in(page, team_module.PASSWORD)
    page.wait_for_url(f"{team.page.address}/notes?show=search&q=bees")
