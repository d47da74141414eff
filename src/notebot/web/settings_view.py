"""Which model answers, and how."""

from __future__ import annotations

import gradio as gr

from notebot.web.desk import Desk
from notebot.web.parts import html


def settings_view(desk: Desk, page: gr.Blocks) -> None:
    """Put the view into `page`, inside whose block this is called."""
    html("", "settings")
