"""What the browser tests do with the page: ask, wait, measure."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

from playwright.sync_api import Page, expect

from notebot.history.store import History
from notebot.types import Status

CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
  };
  const low = [];
  for (const element of document.querySelectorAll("main *")) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (!own || element.offsetParent === null) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
  }
  return low;
}"""
LEFT = ("AbortError", "Connection errored out", "ERR_ABORTED")  # what Gradio says when its page is left in the middle
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"  # pixels that scroll sideways


def ask(page: Page, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator("#now .question")).to_have_text(question.strip())


def settled(page: Page) -> None:
    expect(page.locator("#now .exchange.settled")).to_be_visible()


def drafting(page: Page) -> None:
    """Wait for unchecked words. Looked for at every frame: they can be gone in a moment, and `expect` looks once a second."""
    page.wait_for_function("document.querySelector('#now .draft')")


def wait_until(true: Callable[[], bool], page: Page, seconds: float) -> float:
    """How long it took."""
    begin = time.monotonic()
    while not true():
        assert time.monotonic() - begin < seconds
        page.wait_for_timeout(10)
    return time.monotonic() - begin


def pasted(page: Page) -> str:
    """What was copied, as Ctrl+V brings it into the box."""
    page.locator("#question textarea").fill("")
    page.locator("#question textarea").focus()
    page.keyboard.press("Control+V")
    return page.locator("#question textarea").input_value()


def seed(bot: Any, scripted: ModuleType, *questions: str) -> None:
    """Conversations as if they had been had before."""
    history = History.open(bot.settings.data)
    for question in questions:
        answer = scripted.answer(Status.PARTIAL, (scripted.FIRST, scripted.SECOND, scripted.THIRD))
        history.end(history.begin(question).id, "answered", answer=answer)
    history.close()
