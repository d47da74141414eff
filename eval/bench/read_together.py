"""The support check as it is used: alignment, rules and the support model together. For `support.py --check read_together`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from notebot.answer import grounding
from notebot.answer.alignment import Evidence, prepare
from notebot.models.ports import TokenEmbedder
from notebot.models.support import SupportModel, open_support
from notebot.types import Support

__all__ = ["check", "prepare"]


def check(claim: str, evidence: Sequence[Evidence], tokens: TokenEmbedder) -> Support:
    return grounding.check(claim, evidence, tokens, support=_support())


@cache
def _support() -> SupportModel:
    return open_support()
