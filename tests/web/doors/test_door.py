"""A route for programs: JSON only, every error in shape, 405 with what is allowed, 404 for the rest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette.responses import PlainTextResponse

from notebot.errors import UsageError
from notebot.web.doors.door import Door, OpenAIDoor, close


class Body(BaseModel):
    name: str


@pytest.fixture(params=[Door, OpenAIDoor])
def client(request: pytest.FixtureRequest) -> Iterator[TestClient]:
    router = APIRouter(prefix="/x", route_class=request.param)

    @router.post("/say")
    def say(body: Body) -> str:
        if body.name == "usage":
            raise UsageError("no")
        if body.name == "broken":
            raise KeyError("secret")
        return body.name

    @router.get("/say/{name}")
    def one(name: str) -> str:
        return name

    close(router)
    app = FastAPI()
    app.include_router(router)
    app.mount("/", PlainTextResponse("the page"))
    with TestClient(app) as client:
        yield client


def test_what_fits_is_answered(client: TestClient) -> None:
    assert client.post("/x/say", json={"name": "a"}).json() == "a"
    assert (
        client.post("/x/say", content='{"name": "a"}', headers={"Content-Type": "Application/JSON; charset=utf-8"}).json() == "a"
    )
    assert client.get("/x/say/a").json() == "a"
    assert client.get("/y").text == "the page"


def test_what_does_not_is_refused_in_shape(client: TestClient) -> None:
    for body, status in (
        ({"name": "usage"}, {400, 422}),
        ({"name": "broken"}, {500}),
        ({"name": 1}, {400, 422}),
        ({}, {400, 422}),
    ):
        answer = client.post("/x/say", json=body)
        assert answer.status_code in status
        assert answer.json()["error"]["message"]
        assert "secret" not in answer.text
    assert client.post("/x/say", content='{"name": "a"}', headers={"Content-Type": "text/plain"}).status_code == 415


def test_everything_else_below_is_closed(client: TestClient) -> None:
    for method, path, allowed in (("GET", "/x/say", "POST"), ("DELETE", "/x/say", "POST"), ("POST", "/x/say/a", "GET")):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert allowed in answer.json()["error"]["message"]
    for path in ("/x", "/x/", "/x/other", "/x/say/a/b"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, "There is nothing here.")
