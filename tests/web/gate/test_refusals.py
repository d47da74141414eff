"""Refusals in the shape of each door."""

from __future__ import annotations

import json

import pytest

from notebot.web.gate.refusals import Refusal, response, too_many, unknown


def told(refusal: Refusal, path: str, method: str = "POST") -> tuple[int, str, dict[str, str]]:
    answer = response(refusal, {"type": "http", "path": path, "method": method, "headers": []})
    return answer.status_code, bytes(answer.body).decode(), dict(answer.headers)


def test_a_person_is_led_to_the_form() -> None:
    for path, to in (("/", ""), ("/notes", "?to=%2Fnotes"), ("/settings/", "?to=%2Fsettings%2F"), ("/review", "?to=%2Freview")):
        status, _, headers = told(unknown(), path, "GET")
        assert (status, headers["location"]) == (303, f"/login{to}")
    assert told(unknown(), "/config", "GET")[0] == 401
    assert told(unknown(), "/", "POST")[0] == 401


def test_the_way_back_holds_the_query_and_nothing_in_it_can_end_the_address() -> None:
    asked = {
        "type": "http",
        "path": "/",
        "method": "GET",
        "headers": [],
        "query_string": b"c=a b&x=\r\nLocation:\xff" + b"y" * 5000,
    }
    where = response(unknown(), asked).headers["location"]
    assert where.startswith("/login?to=%2F%3Fc%3Da%20b%26x%3D%0D%0ALocation%3A")
    assert len(where) < 2_200


def test_programs_get_what_they_read() -> None:
    status, body, headers = told(unknown(), "/v1/chat/completions")
    error = json.loads(body)["error"]
    assert (status, error["type"], error["code"]) == (401, "authentication_error", "invalid_api_key")
    assert headers["www-authenticate"].startswith("Bearer")
    assert json.loads(told(unknown(), "/api/ask")[1])["error"]["kind"] == "sign_in"
    assert json.loads(told(unknown(), "/mcp")[1])["jsonrpc"] == "2.0"
    assert "Sign in" in json.loads(told(unknown(), "/gradio_api/queue/join")[1])["detail"]
    assert "Sign in" in told(unknown(), "/page/style.css")[1]


@pytest.mark.parametrize(("seconds", "header"), [(0.01, "1"), (2.4, "3"), (59.7, "60")])
def test_a_wait_is_rounded_up(seconds: float, header: str) -> None:
    status, body, headers = told(too_many(seconds), "/v1/models", "GET")
    assert (status, headers["retry-after"]) == (429, header)
    assert json.loads(body)["error"]["type"] == "rate_limit_error"
