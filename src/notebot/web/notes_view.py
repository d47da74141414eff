"""What the index holds: notes, pages, what is missing, and a map of it."""

from __future__ import annotations

import gradio as gr

from notebot.web.desk import Desk
from notebot.web.parts import html


def notes_view(desk: Desk, page: gr.Blocks) -> None:
    """Put the view into `page`, inside whose block this is called."""
    html("", "notes")
