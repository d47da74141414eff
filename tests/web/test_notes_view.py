"""The view at /notes."""

from __future__ import annotations

from typing import Any

import httpx


def test_it_has_its_place(served: Any) -> None:
    assert '"notes"' in httpx.get(served.address + "/notes").text
