"""What can be done with an answer: copied, asked again, asked in other words, judged, followed up."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from notebot.history.store import Feedback, History
from page_steps import ask, drafting, pasted, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # how Gradio keeps its statistics, not ours to mend
]


def kept(bot: Any) -> list[tuple[str, str]]:
    """Questions and states of the one conversation, as another reader of the history sees them."""
    history = History.open(bot.settings.data)
    try:
        (conversation,) = history.conversations()
        return [(entry.question, entry.state) for entry in history.entries(conversation.id)]
    finally:
        history.close()


def thought(bot: Any) -> Feedback | None:
    history = History.open(bot.settings.data)
    try:
        return history.entries(history.conversations()[0].id)[0].feedback
    finally:
        history.close()


@pytest.fixture
def conversation(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> Callable[..., Any]:
    """A window with some questions answered, and the bot behind it."""

    def open_(*questions: str) -> tuple[Page, Any]:
        bot, address = serve_bot(scripted.story(), more=scripted.MORE)
        page = visit(address)
        for question in questions:
            ask(page, question)
            settled(page)
        return page, bot

    return open_


def test_an_answer_is_copied_with_its_citations(conversation: Callable[..., Any]) -> None:
    page, _ = conversation("One?")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.locator("#now .acts .act").first).to_have_text("Copied")
    copied = pasted(page)
    assert copied.startswith("One?\n\nData mining is the automatic")
    assert "[1] [2]" in copied
    assert "notes.md:15 > Data mining" in copied.replace("\\", "")


def test_retry_takes_the_answer_s_place(conversation: Callable[..., Any]) -> None:
    page, bot = conversation("One?", "Two?")
    page.locator("#question textarea").fill("half a thought")
    page.locator("#now").get_by_role("button", name="Retry").click()
    page.wait_for_function("document.querySelector('#now .exchange.live')")
    settled(page)
    expect(page.locator(".question")).to_have_text(["One?", "Two?"])
    expect(page.locator("#question textarea")).to_have_value("half a thought")  # what is being typed is nobody's to take
    assert kept(bot) == [("One?", "answered"), ("Two?", "answered")]
    assert [question for question, _ in bot.asked] == ["One?", "Two?", "Two?"]
    assert next(turn.text for turn in bot.asked[-1][1]) == "One?"


def test_an_earlier_question_in_other_words_cuts_what_came_after_once_that_is_agreed(conversation: Callable[..., Any]) -> None:
    page, bot = conversation("One?", "Two?", "Three?")
    page.locator("#earlier article").nth(1).get_by_role("button", name="Edit question").click()
    field = page.get_by_label("Your question in other words")
    expect(field).to_be_focused()
    expect(field).to_have_value("Two?")
    field.fill("Second?")
    page.keyboard.press("Enter")
    sure = page.locator("#sure")
    expect(sure).to_contain_text("The question after it is deleted")
    sure.get_by_role("button", name="Cancel").click()
    assert len(kept(bot)) == 3
    page.keyboard.press("Escape")
    page.locator("#earlier article").nth(1).get_by_role("button", name="Edit question").click()
    page.get_by_label("Your question in other words").fill("Second?")
    page.get_by_role("button", name="Ask again").first.click()
    sure.get_by_role("button", name="Ask again").click()
    expect(page.locator("#now .question")).to_have_text("Second?")
    settled(page)
    expect(page.locator(".question")).to_have_text(["One?", "Second?"])
    assert kept(bot) == [("One?", "answered"), ("Second?", "answered")]


def test_escape_leaves_the_edited_question_as_it_was(conversation: Callable[..., Any]) -> None:
    page, bot = conversation("One?")
    page.get_by_role("button", name="Edit question").click()
    page.get_by_label("Your question in other words").fill("Other?")
    page.keyboard.press("Escape")
    expect(page.locator("#now .question")).to_have_text("One?")
    expect(page.locator("#now .question")).to_be_visible()
    expect(page.get_by_role("button", name="Edit question")).to_be_focused()
    assert len(bot.asked) == 1


def test_thumbs_are_kept_with_their_reason_and_taken_back(conversation: Callable[..., Any]) -> None:
    page, bot = conversation("One?")
    up, down = page.get_by_role("button", name="Helpful", exact=True), page.get_by_role("button", name="Not helpful")
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    assert (said := thought(bot)) is not None
    assert said.verdict == "up"
    down.click()
    page.get_by_label("It cites the wrong source").check()
    page.get_by_label("In your words").fill("It is line 20.")
    page.get_by_role("button", name="Keep it").click()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(up).to_have_attribute("aria-pressed", "false")
    assert (said := thought(bot)) is not None
    assert (said.verdict, said.reason, said.note) == ("down", "wrong source", "It is line 20.")
    page.reload()
    expect(down).to_have_attribute("aria-pressed", "true")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "false")
    assert thought(bot) is None
    down.click()
    page.keyboard.press("Escape")  # a reason that was not given after all
    expect(page.locator("#why")).to_be_hidden()
    assert thought(bot) is None


def test_a_heading_near_by_is_asked_with_one_click_and_only_once(conversation: Callable[..., Any]) -> None:
    page, bot = conversation("One?")
    following = page.locator("#now .next .example")
    expect(following).to_have_text(["What do my notes say about Databricks?", "What do my notes say about Spark?"])
    following.first.dblclick()
    expect(page.locator("#now .question")).to_have_text("What do my notes say about Databricks?")
    settled(page)
    page.wait_for_timeout(500)
    assert len(bot.asked) == 2
    expect(page.locator("#now .next .example")).to_have_text(["What do my notes say about Spark?"])
    expect(page.locator("#earlier .next")).to_have_count(0)


def test_a_double_click_on_ask_asks_once(visit: Callable[..., Page], serve_bot: Callable[..., Any], scripted: ModuleType) -> None:
    bot, address = serve_bot(scripted.story(0.05))
    page = visit(address)
    page.fill("#question textarea", "Once?")
    page.locator("#ask").dblclick()
    page.keyboard.press("Enter")
    drafting(page)
    settled(page)
    page.wait_for_timeout(300)
    assert [question for question, _ in bot.asked] == ["Once?"]
