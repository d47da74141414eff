"""Logs say what happened, and nothing that anybody wrote: S21, with secrets planted wherever a request or a note has room."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from types import ModuleType

import pytest

from notebot.errors import ModelFailed
from notebot.web.gate.who import KEY
from notebot.web.watch.logs import JsonLines, logging_to, route

CANARY = "CANARY7391"


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/", "/"),
        ("/notes/", "/notes"),
        ("/api/ask", "/api/ask"),
        (f"/api/sources/{CANARY}.md", "/api/sources/*"),
        (f"/gradio_api/heartbeat/{CANARY}", "/gradio_api/heartbeat/*"),
        (f"/v1/models/{CANARY}", "/v1/models/*"),
        (f"/{CANARY}", "(other)"),
        (f"/api/{CANARY}", "(other)"),
    ],
)
def test_routes_without_names(path: str, written: str) -> None:
    assert route(path) == written


def test_an_exception_is_told_without_its_words() -> None:
    stream = io.StringIO()
    with logging_to(stream, "warning"):
        try:
            raise ValueError(CANARY)
        except ValueError:
            logging.getLogger("notebot.web.x").exception("It broke")
        logging.getLogger("notebot.web.x").info("not written at this level")
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["level"], line["event"], line["exception"]) == ("error", "It broke", "ValueError")
    assert "test_logs.py" in line["where"][-1]
    assert CANARY not in stream.getvalue()


def test_off_changes_nothing_and_everything_is_put_back() -> None:
    logger = logging.getLogger("notebot")
    before = (list(logger.handlers), logger.level, logger.propagate)
    for level in ("off", "debug"):
        with logging_to(io.StringIO(), level):
            assert (logger.level == logging.DEBUG) == (level == "debug")
        assert (logger.handlers, logger.level, logger.propagate) == before


def test_a_line_is_one_line() -> None:
    record = logging.LogRecord("notebot", logging.INFO, "", 0, "a\nb %s", ("c",), None)
    assert "\n" not in JsonLines().format(record)
    assert json.loads(JsonLines().format(record))["event"] == "a\nb c"


def test_no_secret_reaches_the_log(
    scripted: ModuleType, team_module: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOME_SECRET", CANARY)
    bot = scripted.ScriptedBot([*scripted.story()[:3], ModelFailed(f"The model broke off at {CANARY}")])
    stream = io.StringIO()
    with logging_to(stream, "debug"), team_module.team(bot) as found:
        ada = found.client("ada")
        ada.headers["X-Secret"] = CANARY
        ada.cookies.set("other", CANARY)
        team_module.ask_on_page(ada, f"What is {CANARY}?", "tablog")
        with ada.stream("GET", "/gradio_api/queue/data?session_hash=tablog") as answer:
            list(team_module.messages(answer.iter_lines()))
        ada.post("/api/ask", json={"question": f"What is {CANARY}?"})
        ada.get(f"/api/sources/{CANARY}.md?{CANARY}={CANARY}")
        ada.get(f"/{CANARY}")
        ada.request(CANARY, "/")
        stranger = found.client(Authorization=f"Bearer {CANARY}")
        stranger.get("/api/status")
        found.client().post("/login", json={"name": CANARY, "password": CANARY})
        figures = found.client(Authorization=f"Bearer {found.token}").get("/metrics").text
        data = found.users.path.parent
    written = stream.getvalue()
    outputs = capfd.readouterr()
    lines = [json.loads(line) for line in written.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) >= 8
    assert {"method", "route", "status", "ms", "user"} <= set(requests[0])
    users = {line["user"] for line in requests}
    assert len(users) == 2  # ada's, which is not her name, and nobody's
    for text in (written, figures, outputs.out, outputs.err):
        assert CANARY not in text
        assert "ada" not in text.replace("adapt", "")
        assert found.token not in text
        assert team_module.PASSWORD not in text
    kept = [path for path in Path(data).rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert {path.name.partition("-")[0] for path in kept} <= {"history.db"}  # what was asked is kept there, and nowhere else
    assert all(path.stat().st_mode & 0o077 == 0 for path in Path(data).rglob("*"))


def test_a_user_has_another_name_in_each_run() -> None:
    from notebot.web.watch.logs import Access

    names = set()
    for _ in range(2):
        stream = io.StringIO()
        with logging_to(stream, "info"):
            access = Access()
            for _ in range(2):
                access.told({"method": "GET", "path": "/", KEY: "ada"}, 200, 0.1)
        found = {json.loads(line)["user"] for line in stream.getvalue().splitlines()}
        assert len(found) == 1
        names |= found
    assert len(names) == 2
