"""The API over HTTP: answers, streams, searches and sources, and what becomes of requests that cannot be used."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from datetime import date
from types import ModuleType
from typing import Any

import httpx
import pytest

from door_server import open_to
from notebot import render
from notebot.errors import Busy, IndexMissing, Locked, ModelMissing, NotebotError, UsageError
from notebot.events import Draft, Event
from notebot.render.events import event_json, event_name
from notebot.types import NO_FILTERS, Filters, Passage, Turn
from notebot.web.doors import schemas
from notebot.web.doors.api import ALIVE, _sent
from notebot.web.doors.opaque import opaque

Bot = Any
ASK = {"question": "What is data mining?"}
DEEP = '{"question":' * 20_000


@pytest.fixture(scope="module")
def bot(scripted: ModuleType) -> Bot:
    return scripted.ScriptedBot(scripted.story())


@pytest.fixture(scope="module")
def client(bot: Bot) -> Iterator[httpx.Client]:
    with open_to(bot) as doors, httpx.Client(base_url=doors.address, timeout=10) as client:
        yield client


def events_of(text: str) -> list[tuple[str, Any]]:
    """The server-sent events in a body, without its comments."""
    frames = [dict(line.split(": ", 1) for line in frame.splitlines()) for frame in text.split("\n\n") if "event: " in frame]
    return [(frame["event"], json.loads(frame["data"])) for frame in frames]


def test_an_answer_is_what_ask_prints(client: httpx.Client, scripted: ModuleType) -> None:
    answer = client.post("/api/ask", json=ASK)
    assert answer.status_code == 200
    assert answer.json() == render.answer_json(scripted.story()[-1].answer)
    schemas.AnswerOut.model_validate_json(answer.content)


def test_history_and_filters_reach_the_bot(client: httpx.Client, bot: Bot) -> None:
    said = [{"role": "user", "text": "What is RAG?"}, {"role": "assistant", "text": "Retrieval."}]
    where = {"paths": ["work/"], "tags": ["#a"], "after": "2024", "notes_only": True, "without": ["draft"]}
    client.post("/api/ask", json={**ASK, "history": said, "filters": where}).raise_for_status()
    asked, history = bot.asked[-1]
    assert (asked, history) == (ASK["question"], (Turn("user", "What is RAG?"), Turn("assistant", "Retrieval.")))
    wanted = Filters(paths=("work/",), tags=("a",), after=date(2024, 1, 1), notes_only=True, without=("draft",))
    assert schemas.Where(**where).filters() == wanted


@pytest.mark.parametrize("how", [{"json": {**ASK, "stream": True}}, {"json": ASK, "headers": {"Accept": "text/event-stream"}}])
def test_a_stream_is_the_events_themselves(client: httpx.Client, scripted: ModuleType, how: dict[str, Any]) -> None:
    answer = client.post("/api/ask", **how)
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = [(event_name(event), event_json(event)) for event in scripted.story() if not isinstance(event, float)]
    assert events_of(answer.text) == json.loads(json.dumps(told)) or events_of(answer.text) == told


def test_events_arrive_as_they_happen(scripted: ModuleType) -> None:
    with open_to(scripted.ScriptedBot([Draft("one"), 1.0, *scripted.story()[-1:]])) as doors:
        begin = time.monotonic()
        with httpx.stream("POST", f"{doors.address}/api/ask", json={**ASK, "stream": True}) as answer:
            lines = answer.iter_lines()
            assert next(lines) == "event: draft"
            assert time.monotonic() - begin < 0.9
            assert "event: done" in list(lines)


def test_silence_becomes_a_comment_and_an_error_an_event() -> None:
    async def events() -> AsyncGenerator[tuple[Event, ...], None]:
        yield ()
        raise ModelMissing("Run: ollama pull x")

    async def sent() -> list[str]:
        return [frame async for frame in _sent(events())]

    alive, failed = asyncio.run(sent())
    assert alive == ALIVE
    error = {"kind": "model_missing", "message": "Run: ollama pull x"}
    assert events_of(failed) == [("error", {"schema": 1, "error": error})]


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (UsageError("The question is empty."), 422, "usage"),
        (IndexMissing("Run: notebot ingest"), 503, "index_missing"),
        (ModelMissing("Run: ollama pull x"), 503, "model_missing"),
        (Locked("Another notebot writes."), 503, "locked"),
        (Busy("64 questions wait."), 429, "busy"),
        (NotebotError("It failed."), 500, "notebot"),
        (RuntimeError("secret inside"), 500, "internal"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_errors_have_a_status_and_one_shape(scripted: ModuleType, error: Exception, status: int, kind: str, stream: bool) -> None:
    """Also of a stream: what goes wrong before its first event still has a status."""
    with open_to(scripted.ScriptedBot([error])) as doors:
        answer = httpx.post(f"{doors.address}/api/ask", json={**ASK, "stream": stream})
    assert answer.status_code == status
    whole = schemas.FaultOut.model_validate_json(answer.content)
    assert whole.error.kind == kind
    assert ("secret" in answer.text) is False
    assert (whole.error.message == str(error)) is (kind != "internal")
    assert ("retry-after" in answer.headers) is (status == 429)


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"", 422, "body is missing"),
        (b"{", 400, "not JSON"),
        (b"\xff\xfe", 400, "JSON"),
        (b"[]", 422, "JSON object"),
        (b"null", 422, ""),
        (DEEP.encode(), 400, "nested"),
        (b"[" * 200_000, 400, "nested"),
        (b'{"question": ' + b"1" * 6_000 + b"}", 400, "JSON"),
        (b'{"question": NaN}', 422, "question"),
        (b'{"question": "' + b"a" * 1_100_000 + b'"}', 413, ""),
        (b'{"question": "\\ud800"}', 422, "question: half of a character"),
    ],
)
def test_input_96_json_that_is_none(client: httpx.Client, body: bytes, status: int, named: str) -> None:
    answer = client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert named in answer.text


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "question: this field is required."),
        ({"question": 7}, "question: Input should be a valid string."),
        ({"question": ["a"]}, "question"),
        ({"question": "a" * 8_001}, "question: String should have at most 8000 characters."),
        ({**ASK, "quesiton": "x"}, "quesiton: there is no such field."),
        ({**ASK, "stream": "yes"}, "stream"),
        ({**ASK, "history": "a"}, "history"),
        ({**ASK, "history": [{"role": "system", "text": "a"}]}, "history.0.role"),
        ({**ASK, "history": [{"role": "user", "text": "a", "x": 1}]}, "history.0.x: there is no such field."),
        ({**ASK, "history": [{"role": "user", "text": "a"}] * 201}, "history: List should have at most 200 items"),
        ({**ASK, "filters": {"path": ["a"]}}, "filters.path: there is no such field."),
        ({**ASK, "filters": {"after": "soon"}}, "after:soon cannot be used"),
        ({**ASK, "filters": {"notes_only": 1}}, "filters.notes_only"),
    ],
)
def test_input_97_wrong_fields_are_named(client: httpx.Client, bot: Bot, body: dict[str, object], named: str) -> None:
    before = len(bot.asked)
    answer = client.post("/api/ask", json=body)
    assert answer.status_code == 422
    assert named in schemas.FaultOut.model_validate_json(answer.content).error.message
    assert len(bot.asked) == before


def test_input_97_wrong_types_and_methods(client: httpx.Client, bot: Bot) -> None:
    before = len(bot.asked)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"):
        assert client.post("/api/ask", content=json.dumps(ASK), headers={"Content-Type": kind}).status_code == 415
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
        answer = client.request(method, "/api/ask")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    for path in ("/api", "/api/", "/api/asks", "/api/ask/x"):
        assert schemas.FaultOut.model_validate_json(client.get(path).content).error.kind == "not_there"
    assert len(bot.asked) == before


def test_search_has_the_same_shape_and_passes_its_filters(client: httpx.Client, bot: Bot) -> None:
    answer = client.get("/api/search", params={"q": "data", "limit": 2, "path": ["a", "b"], "tag": "x", "before": "2025"})
    found = schemas.PassagesOut.model_validate_json(answer.content)
    assert (len(found.passages), found.filters.paths) == (2, ["a", "b"])
    wanted = Filters(paths=("a", "b"), tags=("x",), before=date(2025, 1, 1))
    assert bot.searched[-1] == ("data", 2, wanted)
    client.get("/api/search", params={"q": "data path:work/"})
    assert bot.searched[-1] == ("data", 10, Filters(paths=("work/",)))


@pytest.mark.parametrize(
    "query", ["q=a&lmit=3", "q=a&limit=0", "q=a&limit=101", "q=a&limit=-1", "q=a&limit=" + "9" * 5000, "q=a&after=x"]
)
def test_input_97_wrong_queries_are_named(client: httpx.Client, query: str) -> None:
    answer = client.get(f"/api/search?{query}")
    assert answer.status_code == 422
    assert query.split("&")[1].partition("=")[0] in answer.json()["error"]["message"]


def test_status_sources_and_passages(client: httpx.Client, bot: Bot) -> None:
    assert client.get("/api/status").json() == json.loads(json.dumps(render.state_json(bot.state())))
    listed = schemas.SourcesOut.model_validate_json(client.get("/api/sources").content).sources
    assert [source.source for source in listed] == ["notes.md"]
    whole = schemas.OneSourceOut.model_validate_json(client.get(f"/api/sources/{listed[0].id}").content)
    assert whole.source == listed[0]
    assert [passage.id for passage in whole.passages] == ["c1", "c3"]
    one = schemas.OnePassageOut.model_validate_json(client.get("/api/passages/c1").content)
    assert one.passage == whole.passages[0]


@pytest.mark.parametrize("token", ["-1", "0", "9" * 400, "zzz", "bm90ZXMubWQ=", opaque("other.md"), "c9"])
@pytest.mark.parametrize("kind", ["sources", "passages"])
def test_input_101_ids_of_nothing_are_not_there(client: httpx.Client, kind: str, token: str) -> None:
    answer = client.get(f"/api/{kind}/{token}")
    assert answer.status_code == 404
    assert schemas.FaultOut.model_validate_json(answer.content).error.kind == "not_there"


@pytest.mark.parametrize(
    "path",
    ["..%2fnotes.md", "..%2f..%2fetc%2fpasswd", "%00", "%5c%5cserver%5cshare", "C:foo", "%2fwindows%2fwin.ini", "notes.md"],
)
@pytest.mark.parametrize("kind", ["sources", "passages"])
def test_input_104_paths_are_not_there(client: httpx.Client, kind: str, path: str) -> None:
    assert client.get(f"/api/{kind}/{path}").status_code == 404
    assert client.get(f"/api/{kind}/{opaque(httpx.URL('http://x/' + path).path[1:] + '/')}").status_code == 404


def test_looking_asks_nothing(client: httpx.Client, bot: Bot) -> None:
    before = len(bot.asked)
    for path in ("/api/search?q=a", "/api/status", "/api/sources", "/api/passages/c1", "/api/ask?question=a"):
        client.get(path)
    assert len(bot.asked) == before


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
@pytest.mark.parametrize("stream", [False, True])
def test_input_103_a_client_that_goes_away_frees_its_turn_within_a_second(scripted: ModuleType, path: str, stream: bool) -> None:
    bot = scripted.ScriptedBot([Draft("one"), *[0.2, Draft("")] * 300])
    body: dict[str, object] = {**ASK, "stream": stream}
    if path.startswith("/v1"):
        body = {"model": "notebot", "messages": [{"role": "user", "content": "What?"}], "stream": stream}
    with open_to(bot) as doors:
        client = httpx.Client(base_url=doors.address, timeout=httpx.Timeout(5, read=0.6))
        with client, suppress(httpx.ReadTimeout), client.stream("POST", path, json=body) as answer:
            assert next(answer.iter_bytes())
        left = time.monotonic()
        assert bot.asked
        while bot.running:
            assert time.monotonic() - left < 1
            time.sleep(0.01)


def test_other_requests_are_answered_meanwhile(scripted: ModuleType) -> None:
    class Slow(scripted.ScriptedBot):  # type: ignore[name-defined,misc]
        def search(self, question: str, limit: int = 10, *, filters: Filters = NO_FILTERS) -> list[Passage]:
            time.sleep(3)
            return []

    with open_to(Slow([3.0, *scripted.story()[-1:]])) as doors:
        calls: list[Callable[[], object]] = [
            lambda: httpx.get(f"{doors.address}/api/search?q=a"),
            lambda: httpx.post(f"{doors.address}/api/ask", json=ASK),
        ]
        threads = [threading.Thread(target=call) for call in calls]
        for thread in threads:
            thread.start()
        time.sleep(0.2)
        begin = time.monotonic()
        assert httpx.get(f"{doors.address}/api/status").status_code == 200
        assert time.monotonic() - begin < 2
        for thread in threads:
            thread.join()
