"""What the server says of itself: health and figures, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest

from notebot.errors import IndexMissing, ModelMissing
from notebot.web.desk import Desk
from notebot.web.host import serve
from notebot.web.watch.service import health


def test_health_of_a_server_that_can_answer(scripted: ModuleType) -> None:
    found, well = health(Desk(scripted.ScriptedBot([])))
    assert well
    assert found["index"] == {
        "status": "ok", "notes": 1, "pages": 0, "passages": 74, "generation": 1, "ingested_at": "2026-11-24T12:00:00Z",
    }  # fmt: skip
    assert found["model"] == {"status": "ok", "name": "scripted (test)"}
    assert found["answers"] == {"in_progress": 0, "waiting": 0}


def test_health_names_what_is_missing(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    bot.no_model = ModelMissing("Model 'secret-name' is not installed.")
    found, well = health(Desk(bot))
    assert not well
    assert found["model"] == {"status": "unusable", "kind": "ModelMissing"}
    bot.missing = IndexMissing("Nothing has been read yet in /home/secret.")
    assert health(Desk(bot))[0]["index"] == {"status": "unusable", "kind": "IndexMissing"}
    assert "secret" not in str(health(Desk(bot)))


@pytest.fixture(scope="module")
def own(scripted: ModuleType) -> Iterator[Any]:
    bot = scripted.ScriptedBot([])
    with serve(bot, port=0) as page:
        yield page, bot


def test_healthz_is_503_when_nothing_can_be_answered(own: Any) -> None:
    page, bot = own
    assert httpx.get(f"{page.address}/healthz?deep=1").json()["status"] == "ok"
    bot.missing = IndexMissing("none")
    assert httpx.get(f"{page.address}/healthz").status_code == 200  # the server itself is there
    deep = httpx.get(f"{page.address}/healthz?deep=1")
    assert (deep.status_code, deep.json()["status"]) == (503, "unusable")
    bot.missing = None


def test_figures_are_there_and_sign_in_is_not(own: Any) -> None:
    page, _ = own
    answer = httpx.get(f"{page.address}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "notebot_build_info" in answer.text
    for method, path in (("GET", "/login"), ("POST", "/login"), ("GET", "/logout"), ("POST", "/logout")):
        assert httpx.request(method, page.address + path).status_code == 404


def test_figures_can_be_switched_off(scripted: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    bot.settings = bot.settings.model_copy(update={"metrics": False})
    with serve(bot, port=0) as page:
        assert httpx.get(f"{page.address}/metrics").status_code == 404


def test_where_people_sign_in_strangers_learn_only_that_it_lives(scripted: ModuleType, team_module: ModuleType) -> None:
    with team_module.team(scripted.ScriptedBot([])) as found:
        stranger, ada = found.client(), found.client(Authorization=f"Bearer {found.token}")
        assert stranger.get("/healthz").json() == {"status": "ok"}
        assert stranger.get("/healthz?deep=1").status_code == 401
        assert stranger.get("/metrics").status_code == 401
        assert ada.get("/healthz?deep=1").json()["index"]["passages"] == 74
        assert "notebot_index_passages 74.0" in ada.get("/metrics").text
