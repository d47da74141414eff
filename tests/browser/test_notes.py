"""From the shipped notes to the screen: `notebot web` in a process of its own, the packaged model, a real index."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

QUESTION = "What is data mining?"
ANSWER_MS = 60_000  # the packaged model on two busy cores


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator("#now .question")).to_have_text(question)


def test_question_to_highlighted_source_and_a_stopped_second(visit: Callable[..., Page], real: str, shots: Path) -> None:
    page = visit(real)
    expect(page.locator("#welcome [data-act=ask]").first).to_be_visible()
    expect(page.locator("#facts")).to_contain_text("runs on this machine")
    ask(page, QUESTION)
    expect(page.locator("#now .exchange.settled")).to_be_visible(timeout=ANSWER_MS)
    expect(page.locator("#now .source .heading").first).to_contain_text("Data mining")
    expect(page.locator("#now .source .file").first).to_contain_text("notes.md")
    notes = (Path(__file__).parents[2] / "knowledge" / "notes.md").read_text(encoding="utf-8")
    marked = page.locator("#now .source mark").all_inner_texts()
    assert marked
    assert all(words in notes for words in marked)
    page.locator("#now .chip").first.click()
    expect(page.locator("#panel .cited mark").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        page.screenshot(path=shots / f"notes-{scheme}.png")

    ask(page, "What is a foundation model, and how is it different from a pretrained model?")
    # What the model writes, and for how long, is its own affair; from here on it is reading or writing. (Looked for at
    # every frame: `expect` looks once a second.)
    page.wait_for_function("document.querySelector('#now .exchange.live .places')", timeout=ANSWER_MS)
    begin = time.monotonic()
    page.keyboard.press("Escape")
    expect(page.locator("#now .notice")).to_contain_text("This answer was stopped")
    assert time.monotonic() - begin < 2


def test_silence_and_stub(visit: Callable[..., Page], real: str, shots: Path) -> None:
    page = visit(real, viewport={"width": 360, "height": 740})
    ask(page, "What is the boiling point of tungsten?")
    expect(page.locator("#now .verdict")).to_have_text("Not in your notes", timeout=ANSWER_MS)
    ask(page, "What is GraphRAG?")
    expect(page.locator("#now .verdict")).to_have_text("A heading without notes", timeout=ANSWER_MS)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.wait_for_timeout(500)
    page.screenshot(path=shots / "notes-phone.png")
