"""From a chip to the place it stands for: the preview, and the passage in its section in the side panel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from page_steps import CONTRAST, WIDER, ask, pasted, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # how Gradio keeps its statistics, not ours to mend
]
MARKED = "Semi-automatic or automatic analysis of massive quantities of data"


@pytest.fixture
def answered(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> Callable[..., Page]:
    """A window with an answer in it."""

    def open_(script: list[Any] | None = None, *, settings: dict[str, Any] | None = None, **options: Any) -> Page:
        bot, address = serve_bot(script or scripted.story(), more=scripted.MORE)
        bot.settings = bot.settings.model_copy(update=settings or {})
        page = visit(address, **options)
        ask(page, "What is data mining?")
        settled(page)
        return page

    return open_


def test_hovering_a_chip_shows_the_words_and_leaving_it_hides_them(answered: Callable[..., Page], shots: Path) -> None:
    page = answered()
    preview = page.locator("#preview")
    expect(preview).to_be_hidden()
    page.locator("#now .chip").first.hover()
    expect(preview.locator("mark").first).to_have_text(MARKED)
    expect(preview.locator(".badge")).to_have_text("note")
    expect(preview.locator(".heading")).to_have_text("Data mining")
    expect(preview.locator(".lines")).to_have_text("lines 15, 17")
    page.screenshot(path=shots / "preview.png")
    page.locator("#now .question").hover()
    expect(preview).to_be_hidden()


def test_focus_shows_it_too_and_enter_opens_the_passage_and_escape_leads_back(answered: Callable[..., Page]) -> None:
    page = answered()
    page.locator("#now .chip").nth(0).focus()
    page.keyboard.press("Tab")  # to the second chip, by the keyboard
    expect(page.locator("#preview .heading")).to_contain_text("Difference b/w data analysis and data mining")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_focused()
    expect(page.locator("#preview")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#now .chip").nth(1)).to_be_focused()


def test_a_click_opens_the_passage_in_its_whole_section(answered: Callable[..., Page], shots: Path) -> None:
    page = answered()
    page.locator("#now .chip").first.click()
    panel = page.locator("#panel")
    expect(panel.locator(".cited mark")).to_have_text([MARKED, "anomaly detection"])
    expect(panel.locator("h2")).to_have_text("Data mining")
    expect(panel.locator("table td")).to_have_text(["Orange", "looking", "Weka", "*classes* & rules"])
    expect(panel).not_to_contain_text("A platform for data")  # another section
    expect(panel.locator(".path")).to_contain_text("notes.md:15")
    expect(panel.locator("a")).to_have_count(0)
    question, passage = page.locator("#now .answer").bounding_box(), panel.bounding_box()
    assert question is not None
    assert passage is not None
    assert question["x"] + question["width"] <= passage["x"]  # beside the answer, not over it
    page.screenshot(path=shots / "panel.png")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_code_and_tables_of_a_note_scroll_and_code_is_copied(answered: Callable[..., Page]) -> None:
    page = answered(viewport={"width": 360, "height": 740})
    page.locator("#now .source .act").first.click()
    code = page.locator("#panel .code pre")
    assert code.evaluate("pre => pre.scrollWidth > pre.clientWidth && getComputedStyle(pre).overflowX === 'auto'")
    assert page.evaluate(WIDER) == 0
    page.locator("#panel .code .act").click()
    expect(page.locator("#panel .code .act")).to_have_text("Copied")
    page.keyboard.press("Escape")
    assert pasted(page).startswith("weka --train data.arff")


@pytest.mark.parametrize(
    ("editor", "begins", "named"),
    [("vscode", "vscode://file/", "Open in VS Code"), ("obsidian", "obsidian://open?path=%2F", "Open in Obsidian")],
)
def test_a_note_opens_in_the_editor_that_is_set(
    answered: Callable[..., Page], tmp_path: Path, editor: str, begins: str, named: str
) -> None:
    page = answered(settings={"editor": editor, "knowledge": (tmp_path,)})
    page.locator("#now .chip").first.click()
    link = page.locator("#panel .ways a")
    expect(link).to_have_text(named)
    href = link.get_attribute("href") or ""
    assert href.startswith(begins)
    assert "notes.md" in href
    expect(page.locator("#panel .path")).to_have_text(f"{tmp_path}/notes.md:15")


def test_a_page_shows_its_age_where_it_was_linked_and_opens_at_the_words(
    answered: Callable[..., Page], scripted: ModuleType, shots: Path
) -> None:
    page = answered(scripted.page_story())
    page.locator("#now .chip").first.click()
    panel = page.locator("#panel")
    expect(panel.locator(".badge").first).to_have_text("page")
    expect(panel.locator(".origin")).to_have_text("fetched 2026-11-24linked from notes.md line 59")
    link = panel.get_by_role("link", name="Open the page at these words")
    assert "#:~:text=A%20feature%20store" in (link.get_attribute("href") or "")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    expect(panel.locator(".notice")).to_contain_text("has changed since")  # the scripted index knows no pages; the answer does
    page.locator("#now .chip").nth(1).click()
    expect(panel.locator(".badge.stale")).to_have_text("last good copy of 2026-09-01")
    page.screenshot(path=shots / "panel-page.png")


def test_what_was_read_and_not_cited_opens_too(answered: Callable[..., Page]) -> None:
    page = answered()
    page.locator("#now details summary").click()
    page.get_by_role("button", name="GraphRAG").click()
    expect(page.locator("#panel h2")).to_have_text("GraphRAG")
    expect(page.locator("#panel .path")).to_contain_text("notes.md:71")


def test_a_finger_sees_the_preview_first_and_opens_with_the_second_tap(answered: Callable[..., Page], shots: Path) -> None:
    page = answered(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    chip = page.locator("#now .chip").first
    chip.tap()
    expect(page.locator("#preview mark").first).to_be_visible()
    box = page.locator("#preview").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    expect(page.locator("#panel")).to_be_hidden()
    chip.tap()
    expect(page.locator("#panel .cited mark").first).to_be_in_viewport()
    page.screenshot(path=shots / "panel-phone.png")
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_how_near_a_passage_was_and_what_the_answer_took_are_said_quietly(
    answered: Callable[..., Page], shots: Path, scheme: str, width: int
) -> None:
    page = answered(color_scheme=scheme, viewport={"width": width, "height": 800})
    near = page.locator("#now .source .near").first
    expect(near).to_have_text("close (0.70 of 1)")  # the number is for the ear, and in the hint
    expect(near).to_have_attribute("title", "Likeness to the question: 0.70, where 1 is the same")
    assert near.evaluate("e => e.querySelector('.unseen').offsetWidth") <= 1
    byline = page.locator("#now .byline")
    expect(byline).to_contain_text("context 1,420 of 4,096 tokens")
    expect(byline).to_contain_text("runs locally: yes")
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate(WIDER) == 0
    page.screenshot(path=shots / f"cost-{scheme}.png", full_page=True)
    page.locator("#now .source .act").first.click()
    expect(page.locator("#panel .near")).to_contain_text("close")
    page.screenshot(path=shots / f"near-{scheme}.png")
    assert page.evaluate(WIDER) == 0
