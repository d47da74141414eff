"""Whose request it is. The guard finds out; everybody behind it reads it here."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from notebot.history.store import ME

KEY = "notebot.user"
ADDRESS = "notebot.address"


def user_of(scope: MutableMapping[str, Any]) -> str:
    """The user's name; `ME` on a server that asks for none."""
    return str(scope.get(KEY, ME))


def address_key(scope: MutableMapping[str, Any]) -> str:
    """Under which address wrong passwords of this request are counted."""
    return str(scope.get(ADDRESS, "unknown"))
