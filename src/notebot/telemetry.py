"""Switches off what our libraries would look up or send home."""

from __future__ import annotations

from collections.abc import MutableMapping

# Read by Gradio, the Hugging Face client that it brings along, and Chroma, when they are imported.
SWITCHES = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
}


def switch_off(environment: MutableMapping[str, str]) -> None:
    """Set every switch in the environment of this process. To be called before those libraries are imported."""
    environment.update(SWITCHES)
