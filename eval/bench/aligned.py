"""The support check without its model: alignment and rules alone. For `support.py --check aligned`."""

from __future__ import annotations

from notebot.answer.alignment import prepare
from notebot.answer.grounding import check

__all__ = ["check", "prepare"]
