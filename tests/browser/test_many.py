"""Many tabs asking at once: each gets its own answer, sees its place in the line, and frees it when it is closed."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from types import ModuleType
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from notebot.events import Checked, Done, Draft, Event, Stage
from notebot.types import NO_FILTERS, Filters, Sentence, Status, Turn

pytestmark = pytest.mark.browser
NONCE = re.compile(r"nonce\d+x")
COUNTS = ("answers_in_progress", "questions_waiting")
PLACE = re.compile("before yours|is the next question")


@pytest.fixture
def echo(scripted: ModuleType) -> Iterator[Any]:
    """`start(at_once)` serves a bot that repeats the nonce of its question, five times a second, until `go` is set."""
    from notebot.web.host import serve

    class Echo(scripted.ScriptedBot):  # type: ignore[name-defined, misc]  # known only when the tests run
        go: threading.Event

        def ask(self, question: str, history: Sequence[Turn] = (), *, filters: Filters = NO_FILTERS) -> Iterator[Event]:
            return self._said(question)

        def _said(self, question: str) -> Iterator[Event]:
            self.running += 1
            try:
                yield Stage("writing", "Writing")
                word = NONCE.findall(question)[0] + " "
                while not self.go.wait(0.2):
                    yield Draft(word)
                sentence = Sentence(word * 3, True, 0.9)
                yield Checked(sentence)
                yield Done(scripted.answer(Status.ANSWERED, (sentence,)))
            finally:
                self.running -= 1

    with ExitStack() as stack:

        def start(at_once: int) -> tuple[Any, str]:
            bot = Echo(())
            bot.go = threading.Event()
            bot.settings = bot.settings.model_copy(update={"answers_at_once": at_once, "metrics": True})
            return bot, stack.enter_context(serve(bot, port=0)).address

        yield start


@pytest.fixture
def tabs(browser: Browser) -> Iterator[Any]:
    """Opens so many tabs, each with the page ready for a question: each in a browser of its own, or all in one."""
    with ExitStack() as stack:

        def opened(address: str, count: int, *, together: bool = False) -> list[Page]:
            pages: list[Page] = []
            for _ in range(count):
                context = pages[0].context if pages and together else stack.enter_context(closing(browser.new_context()))
                pages.append(context.new_page())
                pages[-1].set_default_timeout(30_000)
                pages[-1].goto(address)
                pages[-1].wait_for_selector("#question textarea")
            return pages

        yield opened


def ask_all(pages: Sequence[Page]) -> None:
    for number, page in enumerate(pages):
        page.fill("#question textarea", f"What is nonce{number}x?")
    for page in pages:
        page.press("#question textarea", "Enter")


def counts(address: str) -> tuple[int, int]:
    """Answers in the making, and questions that wait."""
    metrics = httpx.get(f"{address}/metrics", trust_env=False, timeout=10).text
    making, waiting = (int(float(re.findall(rf"(?m)^notebot_{name} (\S+)", metrics)[0])) for name in COUNTS)
    return making, waiting


def until(page: Page, address: str, wanted: tuple[int, int], seconds: float) -> None:
    begin = time.monotonic()
    while counts(address) != wanted:
        assert time.monotonic() - begin < seconds, counts(address)
        page.wait_for_timeout(50)


def waiting(pages: Sequence[Page], count: int) -> list[Page]:
    """The pages that show a place in the line, once so many do and all others a draft: frames come after what is counted."""
    begin = time.monotonic()
    while True:
        drafting = [page for page in pages if page.locator("#now .draft").count()]
        waits = [page for page in pages if page not in drafting and PLACE.search(page.locator("#now").inner_text())]
        if (len(waits), len(drafting)) == (count, len(pages) - count):
            return waits
        assert time.monotonic() - begin < 30, (len(waits), len(drafting))
        pages[0].wait_for_timeout(100)


@pytest.mark.timeout(400)  # sixteen pages are opened, one after the other
def test_sixteen_tabs_each_get_their_own_answer(echo: Any, tabs: Any) -> None:
    bot, address = echo(12)
    pages = tabs(address, 16)
    ask_all(pages)
    until(pages[0], address, (12, 4), 60)
    waits = waiting(pages, 4)
    stopped = next(page for page in pages if page not in waits and page.locator("#stop").is_visible())
    stopped.click("#stop")
    expect(stopped.locator("#now .exchange.live")).to_have_count(0, timeout=20_000)
    until(pages[0], address, (12, 3), 20)  # the first that waited has its turn; nobody else has lost theirs
    bot.go.set()
    for number, page in enumerate(pages):
        if page is not stopped:
            expect(page.locator("#now .exchange.settled .answer")).to_contain_text(f"nonce{number}x", timeout=60_000)
        assert set(NONCE.findall(page.locator("#now").inner_text())) == {f"nonce{number}x"}
    until(pages[0], address, (0, 0), 5)


def test_a_tab_that_is_closed_frees_its_turn_and_its_place(echo: Any, tabs: Any) -> None:
    """F20, through Gradio: within 2 seconds, whether it is being answered or waits."""
    bot, address = echo(2)
    pages = tabs(address, 5)
    ask_all(pages)
    until(pages[0], address, (2, 3), 60)
    waits = waiting(pages, 3)
    answered = [page for page in pages if page not in waits]
    waits[0].close()
    until(waits[1], address, (2, 2), 2)
    answered[0].close()
    until(waits[1], address, (2, 1), 2)
    assert bot.running == 2
    for page in (answered[1], waits[1], waits[2]):
        page.close()
    begin = time.monotonic()
    while counts(address) != (0, 0) or bot.running:
        assert time.monotonic() - begin < 2
        time.sleep(0.05)


def test_many_tabs_of_one_browser_can_be_open(echo: Any, tabs: Any) -> None:
    """A browser has six connections for one server. A tab that is only open holds none of them."""
    bot, address = echo(2)
    bot.go.set()
    pages = tabs(address, 9, together=True)
    ask_all(pages[-1:])
    expect(pages[-1].locator("#now .exchange.settled .answer")).to_contain_text("nonce0x")
