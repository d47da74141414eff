"""Three views of one page, each at its own address."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from notebot.web.page.page import header


@pytest.mark.parametrize("path", ["/", "/notes", "/settings"])
def test_every_view_has_its_address(served: Any, path: str) -> None:
    response = httpx.get(served.address + path)
    assert response.status_code == 200
    assert '"title":"notebot"' in response.text.replace('": "', '":"')


def test_the_way_out_is_there_where_people_sign_in() -> None:
    assert "/login" not in header("Chat")
    assert '<a href="/login">Account</a>' in header("Notes", signs_in=True)


def test_a_tab_that_is_only_open_holds_no_connection(served: Any) -> None:
    """Gradio would open one for a gr.State, and a browser has but six for one server."""
    assert httpx.get(f"{served.address}/config").json()["connect_heartbeat"] is False
