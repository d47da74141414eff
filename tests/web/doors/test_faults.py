"""What went wrong, in the shape of each door."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from notebot.errors import (
    Busy,
    IndexBroken,
    IndexMissing,
    Locked,
    ModelFailed,
    NotebotError,
    NotesError,
    NotThere,
    SettingsError,
    UsageError,
)
from notebot.web.doors.faults import MOST_NAMED, UNEXPECTED, Unusable, fault, fault_json, named_faults

TABLE = [
    (UsageError("x"), 422, 400, "invalid_request_error"),
    (SettingsError("x"), 422, 400, "invalid_request_error"),
    (Unusable("x", "n"), 422, 400, "invalid_request_error"),
    (Unusable("x", "model", "model_not_found"), 404, 404, "invalid_request_error"),
    (NotThere("x"), 404, 404, "invalid_request_error"),
    (Busy("x"), 429, 429, "rate_limit_error"),
    (IndexMissing("x"), 503, 503, "server_error"),
    (IndexBroken("x"), 503, 503, "server_error"),
    (NotesError("x"), 503, 503, "server_error"),
    (ModelFailed("x"), 503, 503, "server_error"),
    (Locked("x"), 503, 503, "server_error"),
    (NotebotError("x"), 500, 500, "server_error"),
    (HTTPException(415, "x"), 415, 415, "invalid_request_error"),
    (HTTPException(404, "x"), 404, 404, "invalid_request_error"),
]


@pytest.mark.parametrize(("error", "ours", "theirs", "kind"), TABLE, ids=[repr(row[0]) for row in TABLE])
def test_every_error_has_its_status_in_both_shapes(error: Exception, ours: int, theirs: int, kind: str) -> None:
    plain = fault(error)
    assert plain.status_code == ours
    whole = json.loads(bytes(plain.body))
    assert set(whole) == {"schema", "error"}
    assert whole["error"]["message"] == "x"
    other = fault(error, openai=True)
    assert other.status_code == theirs
    told = json.loads(bytes(other.body))["error"]
    assert (told["message"], told["type"]) == ("x", kind)
    assert set(told) == {"message", "type", "param", "code"}
    assert ("retry-after" in plain.headers) is (ours == 429)


def test_what_nobody_expected_is_logged_once_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        whole: Any = fault_json(KeyError("secret"))
    assert whole["error"] == {"kind": "internal", "message": UNEXPECTED}
    assert len(caplog.records) == 1
    assert fault(KeyError("secret")).status_code == 500


def test_headers_of_a_refusal_are_kept() -> None:
    assert fault(HTTPException(405, "x", {"Allow": "POST"})).headers["allow"] == "POST"


def test_faults_are_named_shortly_and_not_without_end() -> None:
    many = [{"type": "extra_forbidden", "loc": ("body", f"a{number}\n" + "x" * 200), "msg": ""} for number in range(50)]
    said = named_faults(many, within=1)
    assert said.count("there is no such field") == MOST_NAMED
    assert said.endswith("And 45 more.")
    assert "\n" not in said
    assert len(said) < 600
    assert named_faults([{"type": "missing", "loc": ("query",), "msg": ""}]) == "query: this field is required."
    assert named_faults([{"type": "missing", "loc": ("body",), "msg": ""}], within=1).startswith("The body is missing")
