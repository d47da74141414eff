"""A browser tab's session in Gradio belongs to whoever opened it: its id is chosen by the browser, and proves nothing."""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from urllib.parse import parse_qs

REMEMBERED = 50_000
HEARTBEAT = re.compile(r"/gradio_api/heartbeat/([^/]+)")
WITH_BODY = frozenset({"/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/reset/"})


class Tabs:
    """Who opened which tab. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owners: OrderedDict[str, str] = OrderedDict()

    def belongs(self, tab: str, user: str) -> bool:
        """Whether `user` may use this tab: it is theirs, or nobody's yet, and then it becomes theirs."""
        with self._lock:
            owner = self._owners.setdefault(tab, user)
            self._owners.move_to_end(tab)
            while len(self._owners) > REMEMBERED:
                self._owners.popitem(last=False)
            return owner == user


def tabs_named(path: str, query: bytes, body: bytes) -> list[str]:
    """Every tab that a request names, in its path, query or body. Raises ValueError when its body is no JSON."""
    if not path.startswith("/gradio_api/"):
        return []
    found = [match[1]] if (match := HEARTBEAT.fullmatch(path)) else []
    found += parse_qs(query.decode("latin-1"), keep_blank_values=True).get("session_hash", [])
    if path in WITH_BODY and body:
        try:
            json.loads(body, object_pairs_hook=lambda pairs: found.extend(_named(pairs)))
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
    return found


def _named(pairs: list[tuple[str, object]]) -> list[str]:
    """A key may stand twice, or deep inside: whichever is believed behind us, it is among these."""
    return [value for key, value in pairs if key == "session_hash" and isinstance(value, str)]
