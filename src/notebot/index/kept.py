"""Looks at the whole of a catalog that are made once, and again only when something was committed there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from notebot.index.catalog import Catalog

T = TypeVar("T")


@dataclass(slots=True)
class Slot:
    """What one look found, and when: `version` is SQLite's number of the state that it saw."""

    version: int = 0
    value: Any = None
    lock: threading.Lock = field(default_factory=threading.Lock)


def kept(look: Callable[[Catalog], T]) -> Callable[[Catalog], T]:
    """`look`, whose value stays with the catalog it was made of, for as long as nobody commits anything there.

    Who comes while it is being made waits for it instead of making another. The value is shared: nobody may change it. A
    catalog that has itself written is looked at anew each time, since what it saw may be rolled back.
    """

    @wraps(look)
    def seen(catalog: Catalog) -> T:
        slot = catalog.kept.setdefault(look, Slot())
        with slot.lock:
            if catalog.rows("SELECT total_changes()")[0][0]:
                return look(catalog)
            version = catalog.rows("PRAGMA data_version")[0][0]  # before the look: what is committed meanwhile counts as later
            if slot.version != version:
                slot.value = look(catalog)
                slot.version = version
            value: T = slot.value
            return value

    return seen
