"""A source's name as an id that fits into an address: nothing in it is a path, and it leads to what the index has, or nowhere."""

from __future__ import annotations

import base64
import binascii

from notebot.errors import NotThere
from notebot.states import SourceState
from notebot.types import Chunk
from notebot.web.desk import ServedBot

NO_SOURCE = "The index has no such source. GET /api/sources lists those that it has."


def opaque(name: str) -> str:
    """The id of the source called `name`."""
    return base64.urlsafe_b64encode(name.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def name_of(token: str) -> str:
    """The name that the id stands for, whether there is such a source or not. Raises NotThere for what is no id."""
    try:
        name = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode("utf-8", "surrogatepass")
    except (ValueError, binascii.Error):
        raise NotThere(NO_SOURCE) from None
    if opaque(name) != token:  # one source, one id
        raise NotThere(NO_SOURCE)
    return name


def found(bot: ServedBot, name: str) -> tuple[SourceState, list[Chunk]]:
    """How the source stands in the index, and its chunks. Raises NotThere, IndexMissing, IndexBroken."""
    for source in bot.state().sources:
        if source.source == name:
            return source, bot.source(name)
    raise NotThere(NO_SOURCE)
