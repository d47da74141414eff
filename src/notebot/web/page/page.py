"""The Gradio page: its views, and what stands around them. Imported only once the server is wanted."""

from __future__ import annotations

import gradio as gr

from notebot.web.desk import Desk
from notebot.web.page.chat_view import chat_view
from notebot.web.page.notes_view import notes_view
from notebot.web.page.parts import AT_ONCE, html
from notebot.web.page.settings_view import settings_view

HEAD = (
    '<meta name="color-scheme" content="light dark"><link rel="icon" href="/page/icon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="/page/style.css"><link rel="stylesheet" href="/page/chat.css">'
    '<link rel="stylesheet" href="/page/notes.css"><script src="/page/notes.js" type="module"></script>'
    '<script src="/page/script.js" type="module"></script>'
)
VIEWS = (("Chat", "/"), ("Notes", "/notes"), ("Settings", "/settings"))
SIGN_OUT = ("Account", "/login")
WAITING = 64


def build_page(desk: Desk) -> gr.Blocks:
    """Chat, notes and settings over `desk`, ready to be mounted. Nothing is asked of the bot before somebody opens one."""
    with gr.Blocks(title="notebot", analytics_enabled=False, fill_width=True) as page:
        html(header("Chat", signs_in=desk.signs_in), "brand")
        chat_view(desk, page)
    for name, path, view in (("Notes", "/notes", notes_view), ("Settings", "/settings", settings_view)):
        with page.route(name, path, show_in_navbar=False) as part:
            html(header(name, signs_in=desk.signs_in), f"brand-{name.lower()}")
            view(desk, part)
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    return page


def header(current: str, *, signs_in: bool = False) -> str:
    """The top of the view `current`: the way past it, the name, and the way to the other views; out, where people sign in."""
    here = {current: ' aria-current="page"'}
    links = "".join(
        f'<a href="{path}"{here.get(name, "")}>{name}</a>' for name, path in (*VIEWS, *([SIGN_OUT] if signs_in else []))
    )
    skip = '<a class="skip" href="#question">Skip to your question</a>' if current == "Chat" else ""
    side = '<button type="button" class="act" data-act="side" aria-controls="conversations">Conversations</button>'
    return (
        f'{skip}<header class="brand"><a class="name" href="/" aria-label="notebot: start over">notebot</a>'
        f'<nav aria-label="Views">{side if current == "Chat" else ""}{links}</nav></header>'
    )
