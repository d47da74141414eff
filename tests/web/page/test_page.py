"""Three views of one page, each at its own address."""

from __future__ import annotations

from typing import Any

import httpx
import pytest


@pytest.mark.parametrize("path", ["/", "/notes", "/settings"])
def test_every_view_has_its_address(served: Any, path: str) -> None:
    response = httpx.get(served.address + path)
    assert response.status_code == 200
    assert '"title":"notebot"' in response.text.replace('": "', '":"')
