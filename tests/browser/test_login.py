"""The page at /login: by keyboard, by ear, small and in both schemes; what it says of wrong guesses, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from notebot.web.gate.limits import NAME_PATIENCE
from page_steps import CONTRAST, WIDER

pytestmark = pytest.mark.browser
FOCUSED = "(e => e.id || e.textContent.trim() || e.tagName)(document.activeElement)"


@pytest.fixture
def at_the_door(browser: Browser, scripted: ModuleType, team_module: ModuleType) -> Iterator[Callable[..., tuple[Page, Any]]]:
    """Come to a server where nobody has signed in yet. Nothing may be asked of another host."""
    strangers: list[str] = []
    with ExitStack() as opened:
        team = opened.enter_context(team_module.team(scripted.ScriptedBot(scripted.story())))

        def come(path: str = "/login", **options: Any) -> tuple[Page, Any]:
            context = browser.new_context(**options)
            opened.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(15_000)
            page.on("request", lambda asked: strangers.append(asked.url) if "//127.0.0.1:" not in asked.url else None)
            page.goto(f"{team.page.address}{path}")
            return page, team

        yield come
    assert strangers == []


def guess(page: Page, password: str) -> None:
    page.fill("#name", "ada")
    page.fill("#password", password)
    page.press("#password", "Enter")


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in ("serious", "critical", "moderate")
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    at_the_door: Callable[..., tuple[Page, Any]], shots: Path, scheme: str, width: int
) -> None:
    page, _ = at_the_door(color_scheme=scheme, viewport={"width": width, "height": 740})
    assert serious(page) == []
    page.screenshot(path=shots / f"login-{scheme}-{width}.png")
    guess(page, "not the password")
    expect(page.locator("#trouble")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(WIDER) == 0
    page.screenshot(path=shots / f"login-wrong-{scheme}-{width}.png")
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('main :is(input:not([type=hidden]), button)')].map(e => e.offsetHeight))"
    )
    assert smallest >= 44  # a finger's width


def test_by_keyboard_alone_to_the_address_that_was_wanted(
    at_the_door: Callable[..., tuple[Page, Any]], team_module: ModuleType
) -> None:
    page, team = at_the_door("/notes?show=search&q=bees", viewport={"width": 1000, "height": 700})
    page.wait_for_url("**/login?to=*")
    reached = [page.evaluate(FOCUSED)]
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    reached.append(page.evaluate(FOCUSED))
    page.keyboard.type(team_module.PASSWORD)
    page.keyboard.press("Tab")
    reached.append(page.evaluate(FOCUSED))
    assert reached == ["name", "password", "Sign in"]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{team.page.address}/notes?show=search&q=bees")


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(at_the_door: Callable[..., tuple[Page, Any]], team_module: ModuleType, to: str) -> None:
    page, team = at_the_door(f"/login?{httpx.QueryParams({'to': to})}")
    guess(page, team_module.PASSWORD)
    page.wait_for_url(f"{team.page.address}/")


def test_a_wrong_guess_says_so_keeps_the_name_and_is_heard(at_the_door: Callable[..., tuple[Page, Any]]) -> None:
    page, _ = at_the_door()
    guess(page, "not the password")
    said = page.get_by_role("alert")
    expect(said).to_have_text("That name and password do not belong together.")
    expect(page.locator("#name")).to_have_value("ada")
    expect(page.locator("#password")).to_have_value("")
    expect(page.locator("#password")).to_be_focused()
    expect(page.locator("#password")).to_have_attribute("aria-describedby", "trouble")


def test_too_many_guesses_say_how_long_to_wait_and_then_the_right_one_is_let_in(
    at_the_door: Callable[..., tuple[Page, Any]], team_module: ModuleType, shots: Path
) -> None:
    page, team = at_the_door(viewport={"width": 360, "height": 740})
    with team.client() as client:
        for number in range(NAME_PATIENCE.free + 2):
            client.post("/login", json={"name": "ada", "password": f"wrong {number}"})
    guess(page, team_module.PASSWORD)
    said = page.get_by_role("alert")
    expect(said).to_have_text(re.compile(r"Too many wrong guesses\. Try again in [1-9]\d* seconds?\."))
    assert serious(page) == []
    page.screenshot(path=shots / "login-locked.png")
    page.wait_for_timeout(4_500)
    guess(page, team_module.PASSWORD)
    page.wait_for_selector("#question textarea")


def test_who_is_signed_in_finds_the_way_out(
    at_the_door: Callable[..., tuple[Page, Any]], team_module: ModuleType, shots: Path
) -> None:
    page, team = at_the_door()
    guess(page, team_module.PASSWORD)
    page.wait_for_selector("#question textarea")
    page.goto(f"{team.page.address}/login")
    expect(page.get_by_text("You are signed in as ada.")).to_be_visible()
    assert serious(page) == []
    page.screenshot(path=shots / "login-signed-in.png")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    expect(page.locator("#name")).to_be_visible()
