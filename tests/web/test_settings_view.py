"""The view at /settings."""

from __future__ import annotations

from typing import Any

import httpx


def test_it_has_its_place(served: Any) -> None:
    assert '"settings"' in httpx.get(served.address + "/settings").text
