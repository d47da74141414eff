"""What can be done with an answer: the buttons below it, the text they copy, and the questions that could be next."""

from __future__ import annotations

from collections.abc import Sequence

from notebot.render import answer_markdown
from notebot.web.page.exchange import Exchange
from notebot.web.page.harmless import attribute, text


def actions_html(exchange: Exchange) -> str:
    """The buttons below a question that is over, and below the latest one the questions that could be next."""
    if exchange.live:
        return ""
    buttons = [_button("retry", "Retry"), _button("edit", "Edit question")]
    if answer := exchange.answer:
        copied = attribute(f"{exchange.question}\n\n{answer_markdown(answer)}\n")
        buttons.insert(0, _button("copy-text", "Copy", f'data-text="{copied}"'))
        buttons += _thumbs(exchange)
    group = f'<p class="acts" role="group" aria-label="For question {exchange.number}">{"".join(buttons)}</p>'
    following = questions_html(exchange.follow_ups)
    return group + (f'<div class="next"><h3>Near by in your notes</h3>{following}</div>' if following else "")


def questions_html(questions: Sequence[str]) -> str:
    """Questions that a click asks."""
    items = "".join(
        f'<li><button type="button" class="example" dir="auto" data-act="ask" data-text="{attribute(question)}">{text(question)}'
        "</button></li>"
        for question in questions
    )
    return f'<ul class="examples">{items}</ul>' if items else ""


def _thumbs(exchange: Exchange) -> list[str]:
    verdict = exchange.feedback.verdict if exchange.feedback else ""
    return [
        _button(name, label, f'aria-pressed="{"true" if name == verdict else "false"}"')
        for name, label in (("up", "Helpful"), ("down", "Not helpful"))
    ]


def _button(act: str, label: str, more: str = "") -> str:
    return f'<button type="button" class="act" data-act="{act}" {more}>{label}</button>'
