"""What the views of the page are built from, and how their events behave."""

from __future__ import annotations

from typing import Any

import gradio as gr

# No view may have a gr.State: for its sake Gradio holds a connection open in every tab, and a browser has six for one server, so
# that the seventh tab would load for ever. What a tab has to remember stands in a hidden field instead.
AT_ONCE = 80  # events at work at a time, over all tabs: questions wait in our own line, which shows them their place
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def html(value: str, name: str) -> gr.HTML:
    """A place for HTML of our own, which has to be safe: Gradio puts it in as it is. `name` is its id on the page."""
    return gr.HTML(value, elem_id=name, apply_default_css=False, js_on_load=None)
