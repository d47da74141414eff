"""An answer as the JSON that history.db keeps, and back: whole, with its passages and citations."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache

from pydantic import TypeAdapter, ValidationError

from notebot.types import Answer


def to_json(answer: Answer) -> str:
    """The answer as JSON in ASCII: whatever stands in it can be stored, lone surrogates too."""
    return json.dumps(asdict(answer), default=str, separators=(",", ":"))


def from_json(text: str) -> Answer | None:
    """The answer, equal to the one that was kept; None if this notebot cannot read it."""
    try:
        return _adapter().validate_python(json.loads(text))
    except (ValueError, ValidationError):
        return None


@cache
def _adapter() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)  # takes milliseconds to build
