"""The OpenAPI document: complete, and true as far as schemathesis can tell in half a minute."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from door_server import open_to
from notebot import __version__
from notebot.web.desk import Desk
from notebot.web.doors.openapi import describe, doors

NEGATIVE = checks.negative_data_rejection
CASES = 12  # of each route
CHECKS = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    NEGATIVE,
    checks.unsupported_method,
)
OPERATIONS = {
    ("post", "/api/ask"),
    ("get", "/api/search"),
    ("get", "/api/status"),
    ("get", "/api/sources"),
    ("get", "/api/sources/{token}"),
    ("get", "/api/passages/{token}"),
    ("post", "/v1/chat/completions"),
    ("get", "/v1/models"),
    ("get", "/v1/models/{name}"),
}


@pytest.fixture(scope="module")
def document(scripted: ModuleType) -> dict[str, Any]:
    routers = doors(Desk(scripted.ScriptedBot([])))
    return describe(routers)


@pytest.fixture(scope="module")
def address(scripted: ModuleType) -> Iterator[str]:
    with open_to(scripted.ScriptedBot(scripted.story())) as server:
        yield server.address


def test_every_route_is_in_it_under_our_own_name(document: dict[str, Any], address: str) -> None:
    assert (document["info"]["title"], document["info"]["version"]) == ("notebot", __version__)
    assert {(method, path) for path, methods in document["paths"].items() for method in methods} == OPERATIONS
    assert httpx.get(f"{address}/openapi.json").json() == document


def test_every_answer_has_a_schema_and_every_route_a_sentence(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["description"].endswith(".")
            assert any(status >= "400" for status in operation["responses"]) or operation["operationId"].startswith("models")
            for answer in operation["responses"].values():
                assert answer["content"]["application/json"]["schema"]
    for path in ("/api/ask", "/v1/chat/completions"):
        assert "text/event-stream" in document["paths"][path]["post"]["responses"]["200"]["content"]
    assert "HTTPValidationError" not in str(document)


@pytest.mark.parametrize("path", sorted({path for _, path in OPERATIONS}))
def test_answers_are_what_the_document_says(document: dict[str, Any], address: str, path: str) -> None:
    (operation,) = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations() if each.ok().path == path]
    seen: set[int] = set()

    def run(mode: schemathesis.GenerationMode) -> None:
        @settings(
            max_examples=CASES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def hold(case: schemathesis.Case) -> None:
            answer = case.call(base_url=address)
            seen.add(answer.status_code)
            refused_by_size = answer.status_code == 413  # schemathesis knows no such way to refuse a body
            case.validate_response(answer, checks=[check for check in CHECKS if not refused_by_size or check is not NEGATIVE])

        hold()

    run(schemathesis.GenerationMode.POSITIVE)
    if operation.body or operation.query:  # of a path, every text is one that could be
        run(schemathesis.GenerationMode.NEGATIVE)
    assert seen <= {200, 400, 404, 405, 413, 415, 422}
    assert path not in {"/api/ask", "/api/search", "/api/status", "/v1/models"} or 200 in seen
