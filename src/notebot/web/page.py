"""The Gradio page: its views, and what stands around them. Imported only once the server is wanted."""

from __future__ import annotations

import gradio as gr

from notebot.web.chat_view import chat_view
from notebot.web.desk import Desk
from notebot.web.notes_view import notes_view
from notebot.web.parts import AT_ONCE, html
from notebot.web.settings_view import settings_view

HEAD = (
    '<meta name="color-scheme" content="light dark"><link rel="icon" href="/page/icon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="/page/style.css"><script src="/page/script.js" defer></script>'
)
BRAND = '<header class="brand"><a href="/" aria-label="notebot: start over">notebot</a></header>'
WAITING = 64


def build_page(desk: Desk) -> gr.Blocks:
    """Chat, notes and settings over `desk`, ready to be mounted. Nothing is asked of the bot before somebody opens one."""
    with gr.Blocks(title="notebot", analytics_enabled=False, fill_width=True) as page:
        html(BRAND, "brand")
        chat_view(desk, page)
    for name, path, view in (("Notes", "/notes", notes_view), ("Settings", "/settings", settings_view)):
        with page.route(name, path, show_in_navbar=False) as part:
            html(BRAND, f"brand-{name.lower()}")
            view(desk, part)
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    return page
