"""The list of conversations beside the chat, and the few questions that the page itself asks, as HTML that is safe to insert."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from notebot.history.store import Conversation
from notebot.web.page.harmless import attribute, text

SIDE = """
<nav class="side" id="conversations" aria-label="Conversations">
<p class="side-top"><a class="new" href="/">New conversation</a>
<button type="button" class="act close" data-act="side" aria-controls="conversations">Close</button></p>
<label class="unseen" for="find">Search your conversations</label>
<input type="search" id="find" placeholder="Search (Ctrl+K)" autocomplete="off" maxlength="200">
<div id="found"></div></nav>
"""
REASONS = {
    "wrong source": "It cites the wrong source",
    "not true": "It is not true",
    "not complete": "It is not complete",
    "missing": "It is missing, and it is in my notes",
    "other": "Something else",
}
_CHOICES = "".join(
    f'<label class="choice"><input type="radio" name="reason" value="{value}">{label}</label>' for value, label in REASONS.items()
)
WHY = (
    '<dialog id="why" aria-labelledby="why-title"><form method="dialog"><h2 id="why-title">What is wrong with this answer?</h2>'
    f'<fieldset><legend class="unseen">Reason</legend>{_CHOICES}</fieldset>'
    '<label for="why-note">In your words, if you like</label><textarea id="why-note" rows="2" maxlength="2000"></textarea>'
    '<p class="small">It is kept on this machine, and goes nowhere else.</p>'
    '<p class="answers"><button class="do" value="yes">Keep it</button><button class="act" value="">Cancel</button></p>'
    "</form></dialog>"
)
SURE = (
    '<dialog id="sure" aria-labelledby="sure-title"><form method="dialog"><h2 id="sure-title"></h2><p id="sure-about"></p>'
    '<p class="answers"><button class="do" value="yes"></button><button class="act" value="" autofocus>Cancel</button></p>'
    "</form></dialog>"
)
NAME = (
    '<dialog id="name" aria-labelledby="name-title"><form method="dialog"><h2 id="name-title">Rename this conversation</h2>'
    '<label class="unseen" for="name-text">Name</label><input id="name-text" maxlength="200" autocomplete="off">'
    '<p class="answers"><button class="do" value="yes">Rename</button><button class="act" value="">Cancel</button></p>'
    "</form></dialog>"
)
PANEL = (
    '<section id="panel" role="dialog" aria-label="Passage" tabindex="-1" hidden><p class="panel-top">'
    '<button type="button" class="act close" data-act="close-panel">Close</button></p><div id="panel-body"></div></section>'
)
OVER = (
    '<div id="preview" role="tooltip" hidden></div><p id="said" class="unseen" role="status" aria-live="polite"></p>'
    f'<p id="away" role="alert" hidden></p>{PANEL}{WHY}{SURE}{NAME}'
)


def conversations_html(found: Sequence[Conversation], *, current: str = "", search: str = "") -> str:
    """The list, the latest first. `current` is the one on the page."""
    if not found:
        said = "No conversation has all of these words." if search else "Your questions and answers will be kept here."
        return f'<p class="none">{said}</p>'
    return "<ul>" + "".join(_item(conversation, current) for conversation in found) + "</ul>"


def _item(conversation: Conversation, current: str) -> str:
    title, ident = text(conversation.title), quote(conversation.id, safe="")
    here = ' aria-current="page"' if conversation.id == current else ""
    known = f'data-id="{attribute(conversation.id)}" data-title="{attribute(conversation.title)}"'
    return (
        f'<li><a href="/?c={ident}"{here} dir="auto">{title}</a>'
        f'<details class="more"><summary aria-label="More for {title}" title="More">⋯</summary><div class="menu">'
        f'<button type="button" data-act="rename" {known}>Rename</button>'
        f'<a href="/page/export?c={ident}&amp;as=markdown" download>Save as Markdown</a>'
        f'<a href="/page/export?c={ident}&amp;as=json" download>Save as JSON</a>'
        f'<button type="button" data-act="delete" {known}>Delete…</button></div></details></li>'
    )
