"""The plainest support check, to compare others with: the share of a claim's content words that stand in the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from notebot.models.ports import TokenEmbedder
from notebot.retrieve.vocabulary import content
from notebot.types import Support

ENOUGH = 0.8


def prepare(texts: Sequence[str], _tokens: TokenEmbedder) -> list[frozenset[str]]:
    return [frozenset(content(text)) for text in texts]


def check(claim: str, evidence: Sequence[frozenset[str]], _tokens: TokenEmbedder) -> Support:
    said = set(content(claim))
    there = frozenset().union(*evidence)
    share = len(said & there) / len(said) if said else 0.0
    return Support(share, share >= ENOUGH, ())
