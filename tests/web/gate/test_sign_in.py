"""Signing in: against the parts with a clock of the test's own, and against a real server."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from starlette.datastructures import Headers

from notebot.web.gate.sign_in import COOKIE, IDLE_SECONDS, LONGEST_SECONDS, SECURE_COOKIE, Entrance, TooManyGuesses, Visitor
from notebot.web.gate.users import Users

PASSWORD = "correct horse battery"  # noqa: S105  it opens nothing


@pytest.fixture
def now() -> list[float]:
    return [1000.0]


@pytest.fixture
def entrance(tmp_path: Path, now: list[float]) -> Entrance:
    users = Users(tmp_path)
    users.add("ada", PASSWORD)
    return Entrance(users, clock=lambda: now[0])


def with_cookie(secret: str) -> Headers:
    return Headers({"cookie": f"other=1; {COOKIE}={secret}"})


def let_in(entrance: Entrance, secret: str) -> Visitor | None:
    return entrance.visitor(with_cookie(secret), "10.0.0.7")


def test_a_session_is_a_random_secret_that_is_not_kept(entrance: Entrance) -> None:
    first, second = (entrance.sign_in(" Ada ", PASSWORD, "10.0.0.7") for _ in range(2))
    assert first != second
    assert len(first) >= 43
    visitor = let_in(entrance, first)
    assert visitor is not None
    assert visitor.user == "ada"
    assert first not in repr(vars(entrance))
    assert let_in(entrance, first[:-1]) is None
    assert let_in(entrance, "") is None


def test_input_98_sessions_end_when_idle_and_in_any_case(entrance: Entrance, now: list[float]) -> None:
    secret = entrance.sign_in("ada", PASSWORD, "a")
    visitor = let_in(entrance, secret)
    assert visitor is not None
    now[0] += IDLE_SECONDS - 1
    assert entrance.holds(visitor)  # looking at an open stream is no request of theirs
    now[0] += 2
    assert not entrance.holds(visitor)
    assert let_in(entrance, secret) is None
    secret = entrance.sign_in("ada", PASSWORD, "a")
    begin = now[0]
    while now[0] - begin < LONGEST_SECONDS:
        assert let_in(entrance, secret)
        now[0] += IDLE_SECONDS / 2
    now[0] = begin + LONGEST_SECONDS + 1
    assert let_in(entrance, secret) is None


def test_sessions_end_with_the_user_the_password_or_the_sign_out(entrance: Entrance) -> None:
    secrets = [entrance.sign_in("ada", PASSWORD, "a") for _ in range(2)]
    entrance.sign_out(with_cookie(secrets[0]))
    assert let_in(entrance, secrets[0]) is None
    assert let_in(entrance, secrets[1])
    entrance.users.add("ada", "another password")
    assert let_in(entrance, secrets[1]) is None
    secret = entrance.sign_in("ada", "another password", "a")
    visitor = let_in(entrance, secret)
    assert visitor
    entrance.users.remove("ada")
    assert not entrance.holds(visitor)
    entrance.users.add("ada", PASSWORD)
    assert let_in(entrance, secret) is None  # another person may have the name now


def test_tokens_count_before_cookies(entrance: Entrance) -> None:
    token = entrance.users.new_token("ada")
    secret = entrance.sign_in("ada", PASSWORD, "a")
    good = entrance.visitor(Headers({"authorization": f"bearer {token}"}), "a")
    assert good is not None
    assert good.by_token
    assert entrance.holds(good)
    wrong = Headers({"authorization": "Bearer nb_wrong", "cookie": f"{COOKIE}={secret}"})
    assert entrance.visitor(wrong, "a") is None
    entrance.users.new_token("ada")
    assert not entrance.holds(good)


@pytest.mark.parametrize("given", ["Bearer", "Bearer ", "Basic YWRhOmNvcnJlY3Q=", "nb_x", "Bearer \u00ff"])
def test_input_98_no_token_in_it(entrance: Entrance, given: str) -> None:
    assert entrance.visitor(Headers(raw=[(b"authorization", given.encode("latin-1"))]), "a") is None


def test_brute_force_meets_a_growing_wait(entrance: Entrance, now: list[float]) -> None:
    tried, refused = 0, 0
    for number in range(2_000):  # ten a second from as many addresses as it takes
        now[0] += 0.1
        try:
            assert entrance.sign_in("ada", f"guess {number}", f"10.0.{number % 250}.{number // 250}") == ""
            tried += 1
        except TooManyGuesses:
            refused += 1
    assert tried <= 8 + 7 + 200 / 60
    assert refused > 1_900
    with pytest.raises(TooManyGuesses):
        entrance.sign_in("ada", PASSWORD, "192.168.1.1")  # right, and still too early
    now[0] += 60
    assert entrance.sign_in("ada", PASSWORD, "192.168.1.1")


def test_one_address_cannot_try_many_names(entrance: Entrance, now: list[float]) -> None:
    tried = 0
    for number in range(300):
        now[0] += 0.1
        try:
            entrance.sign_in(f"user{number}", "password 1", "10.0.0.7")
            tried += 1
        except TooManyGuesses:
            pass
    assert tried <= 20 + 6
    assert entrance.sign_in("ada", PASSWORD, "10.0.0.8")  # others are not locked out with it


def test_guesses_at_the_same_time_win_nothing(entrance: Entrance) -> None:
    tried: list[str] = []
    known = entrance.users.knows

    def counting(name: str, password: str) -> bool:
        tried.append(password)
        return known(name, password)

    entrance.users.knows = counting  # type: ignore[method-assign]  # only to count
    barrier = threading.Barrier(40)

    def guess(number: int) -> None:
        barrier.wait()
        with contextlib.suppress(TooManyGuesses):
            entrance.sign_in("ada", f"guess {number}", f"10.0.0.{number}")

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) == 8


def test_wrong_tokens_lock_their_address_out(entrance: Entrance) -> None:
    wrong = Headers({"authorization": "Bearer nb_wrong"})
    for _ in range(20):
        assert entrance.visitor(wrong, "10.0.0.7") is None
    with pytest.raises(TooManyGuesses):
        entrance.visitor(wrong, "10.0.0.7")
    assert entrance.visitor(Headers({"authorization": f"Bearer {entrance.users.new_token('ada')}"}), "10.0.0.8")


# --- the real server ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served_team(scripted: ModuleType, team_module: ModuleType) -> Iterator[Any]:
    with team_module.team(scripted.ScriptedBot(scripted.story(pause=0.2))) as found:
        yield found


def test_the_page_is_small_and_of_our_own(served_team: Any) -> None:
    answer = served_team.client().get("/login")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert len(answer.text) < 4_000
    assert served_team.client().get("/page/signin.css").status_code == 200


def test_a_form_leads_to_the_page_and_back(served_team: Any) -> None:
    client = served_team.client()
    assert client.get("/").headers["location"] == "/login"
    done = client.post("/login", data={"name": "ada", "password": PASSWORD}, headers={"Origin": served_team.page.address})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    cookie = done.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=604800"):
        assert part in cookie
    assert "Secure" not in cookie
    assert client.get("/").status_code == 200
    assert "signed in as <b>ada</b>" in client.get("/login").text
    out = client.post("/logout", data={})
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert client.get("/").headers["location"] == "/login"


def test_over_https_the_cookie_is_for_https_alone(served_team: Any) -> None:
    origin = served_team.page.address.replace("http://", "https://")
    done = served_team.client().post("/login", json={"name": "ada", "password": PASSWORD}, headers={"Origin": origin})
    cookie = done.headers["set-cookie"]
    assert cookie.startswith(f"{SECURE_COOKIE}=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    assert served_team.client().get("/", headers={"Cookie": f"{SECURE_COOKIE}={secret}"}).status_code == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"json": {"name": "ada", "password": "wrong password"}}, 401),
        ({"json": {"name": "nobody", "password": PASSWORD}}, 401),
        ({"json": {"name": "ada"}}, 400),
        ({"json": {"name": ["ada"], "password": PASSWORD}}, 400),
        ({"json": []}, 400),
        ({"json": "ada"}, 400),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ({"content": b"[" * 100_000, "headers": {"Content-Type": "application/json"}}, 400),
        ({"data": {"name": "<img src=x>", "password": "wrong password"}}, 401),
        ({"data": {}}, 400),
        ({"content": b"\xff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}}, 400),
        ({"content": b"name=a", "headers": {"Content-Type": "text/plain"}}, 415),
        ({"files": {"name": b"ada"}}, 415),
    ],
)
def test_input_97_what_does_not_sign_in(served_team: Any, given: dict[str, Any], status: int) -> None:
    answer = served_team.client().post("/login", **given)
    assert answer.status_code == status
    assert "set-cookie" not in answer.headers
    assert "<img" not in answer.text


def test_another_site_cannot_sign_anybody_in_or_out(served_team: Any) -> None:
    given = {"json": {"name": "ada", "password": PASSWORD}}
    assert served_team.client().post("/login", headers={"Origin": "https://evil.example"}, **given).status_code == 403
    client = served_team.client("ada")
    assert client.post("/logout", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/config").status_code == 200
    assert client.get("/logout").status_code == 200  # looking is not leaving
    assert client.get("/config").status_code == 200


DOORS = [("POST", "/api/ask"), ("GET", "/api/status"), ("POST", "/v1/chat/completions"), ("GET", "/v1/models"), ("POST", "/mcp")]


CLOSED = [*DOORS, ("GET", "/config"), ("POST", "/gradio_api/queue/join"), ("GET", "/metrics"), ("GET", "/page/style.css")]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_input_98_no_door_opens_without_a_token(served_team: Any, method: str, path: str) -> None:
    given = {"json": {}} if method == "POST" else {}
    for headers in ({}, {"Authorization": "Bearer nb_wrong"}):
        answer = served_team.client(**headers).request(method, path, **given)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
    opened = served_team.client(Authorization=f"Bearer {served_team.token}").request(method, path, **given)
    assert opened.status_code not in (401, 403, 404, 429)


def stream_of(client: httpx.Client, path: str, heard: list[float]) -> threading.Thread:
    """Listen to a stream in a thread until it is cut; what comes is noted with its time."""

    def listen() -> None:
        try:
            with client.stream("GET", path) as stream:
                for _ in stream.iter_raw():
                    heard.append(time.monotonic())
        except httpx.TransportError:
            pass

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not heard and time.monotonic() < until:
        time.sleep(0.02)
    assert heard
    return thread


@pytest.mark.parametrize("how", ["sign out", "remove"])
def test_streams_are_cut_within_five_seconds(served_team: Any, team_module: ModuleType, how: str) -> None:
    served_team.users.add("eve", PASSWORD)
    client, tab = served_team.client("eve"), f"tab{how[:4]}"
    beats: list[float] = []
    beating = stream_of(client, f"/gradio_api/heartbeat/{tab}x", beats)
    assert team_module.ask_on_page(client, "What is data mining?", tab).status_code == 200
    frames: list[float] = []
    answering = stream_of(client, f"/gradio_api/queue/data?session_hash={tab}", frames)
    others: list[float] = []
    still = stream_of(served_team.client("bob"), f"/gradio_api/heartbeat/bob{tab}", others)
    begin = time.monotonic()
    if how == "remove":
        served_team.users.remove("eve")
    else:
        client.post("/logout", json={})
    beating.join(5)
    answering.join(max(0.0, 5 - (time.monotonic() - begin)))
    assert not beating.is_alive()
    assert not answering.is_alive()
    assert client.get("/config").status_code == 401
    until = time.monotonic() + 5
    while served_team.bot.running and time.monotonic() < until:
        time.sleep(0.05)
    assert not served_team.bot.running  # the model was stopped with it
    assert still.is_alive()


@pytest.mark.parametrize("to", ["/", "/?c=0af1", "/notes?show=map&note=a%20b.md", "/settings", "/review"])
def test_signing_in_leads_on_to_the_view_that_was_asked_for(served_team: Any, to: str) -> None:
    with served_team.client() as client:
        assert f'name="to" value="{to.replace("&", "&amp;")}"' in client.get("/login", params={"to": to}).text
        given = {"name": "ada", "password": PASSWORD, "to": to}
        assert client.post("/login", data=given).headers["location"] == to
        wrong = client.post("/login", data={**given, "password": "no"})
        assert f'name="to" value="{to.replace("&", "&amp;")}"' in wrong.text


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/api/status",
        "/notes\r\nX: y",
        "javascript:alert(1)",
        '/?"><b>',
    ],
)
def test_signing_in_leads_nowhere_else(served_team: Any, to: str) -> None:
    with served_team.client() as client:
        assert 'name="to" value="/"' in client.get("/login", params={"to": to}).text
        answer = client.post("/login", data={"name": "ada", "password": PASSWORD, "to": to})
        assert answer.headers["location"] == "/"
