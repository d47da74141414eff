"""Starting and stopping the server, and where it refuses to listen."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from notebot.errors import NotebotError, UsageError
from notebot.telemetry import SWITCHES
from notebot.web.gate.listening import listen
from notebot.web.gate.users import Users
from notebot.web.host import serve


def test_address_answers_and_close_frees_the_port(scripted: ModuleType) -> None:
    with serve(scripted.ScriptedBot([]), port=0) as page:
        assert httpx.get(f"{page.address}/healthz").json() == {"status": "ok"}
        port = int(page.address.rsplit(":", 1)[1])
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/healthz")
    listen("127.0.0.1", port).close()


def test_open_streams_do_not_hold_up_the_end(scripted: ModuleType) -> None:
    page = serve(scripted.ScriptedBot([]), port=0)
    with httpx.stream("GET", f"{page.address}/gradio_api/heartbeat/abc") as stream:
        assert next(stream.iter_raw())
        begin = time.monotonic()
        page.close()
        assert time.monotonic() - begin < 2
    page.close()  # idempotent


def test_wait_returns_when_the_server_is_closed(scripted: ModuleType) -> None:
    page = serve(scripted.ScriptedBot([]), port=0)
    waiting = threading.Thread(target=page.wait, daemon=True)
    waiting.start()
    page.close()
    waiting.join(2)
    assert not waiting.is_alive()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10"])
def test_host_that_others_could_reach_is_refused_without_users(scripted: ModuleType, host: str) -> None:
    with pytest.raises(UsageError, match="no password"):
        serve(scripted.ScriptedBot([]), host=host, port=0)


def test_a_host_for_others_is_served_to_those_who_sign_in(scripted: ModuleType, team_module: ModuleType) -> None:
    bot = scripted.ScriptedBot([])
    bot.settings = bot.settings.model_copy(update={"hosts": ("notes.example.org",)})
    Users(bot.settings.data).add("ada", team_module.PASSWORD)
    with serve(bot, host="0.0.0.0", port=0, settings_file=object()) as page:
        assert page.address.startswith("http://127.0.0.1:")
        named = {"Host": "notes.example.org"}
        assert httpx.get(f"{page.address}/config", headers=named).status_code == 401
        assert httpx.get(f"{page.address}/config", headers={"Host": "0.0.0.0"}).status_code == 400
        with httpx.Client(base_url=page.address, headers=named) as client:
            client.post("/login", json={"name": "ada", "password": team_module.PASSWORD}).raise_for_status()
            assert client.get("/config").status_code == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this machine")
def test_ipv6_loopback(scripted: ModuleType) -> None:
    try:
        listen("::1", 0).close()
    except NotebotError:
        pytest.skip("IPv6 is off on this machine")
    with serve(scripted.ScriptedBot([]), host="[::1]", port=0) as page:
        assert page.address.startswith("http://[::1]:")
        assert httpx.get(f"{page.address}/healthz").status_code == 200


def test_telemetry_is_switched_off(served: Any) -> None:
    spelled_by_gradio = {"HF_HUB_DISABLE_TELEMETRY": "True"}
    assert {name: os.environ[name] for name in SWITCHES} == {**SWITCHES, **spelled_by_gradio}
    import gradio.analytics

    assert not gradio.analytics.analytics_enabled()
    page = httpx.get(served.address).text
    for name in ("share", "enable_monitoring"):
        assert f'"{name}":true' not in page


def test_own_files(served: Any) -> None:
    for name, kind in (("style.css", "text/css"), ("script.js", "text/javascript"), ("icon.svg", "image/svg+xml")):
        answer = httpx.get(f"{served.address}/page/{name}")
        assert answer.headers["content-type"].startswith(kind)
        assert "http://" not in answer.text.replace("http://www.w3.org/2000/svg", "")
        assert "https://" not in answer.text


EGRESS = """
import sys
seen = []
def watch(event, arguments):
    if event == "socket.connect":
        seen.append(arguments[1])
    elif event == "socket.getaddrinfo":
        seen.append(arguments[0])
sys.addaudithook(watch)
sys.path.insert(0, sys.argv[1])
import httpx, scripted_bot
from notebot.web.host import serve
with serve(scripted_bot.ScriptedBot([]), port=0) as page:
    httpx.get(page.address), httpx.get(page.address + "/config")
hosts = [place if isinstance(place, str | bytes) else place[0] for place in seen]
print([host for host in hosts if host not in ("127.0.0.1", b"127.0.0.1", "localhost")])
print(len(seen))
"""


def test_server_contacts_no_other_machine() -> None:
    beside = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", EGRESS, beside], capture_output=True, text=True, timeout=60, check=True)
    elsewhere, contacts = done.stdout.split("\n")[:2]
    assert elsewhere == "[]"
    assert int(contacts) >= 2  # the watcher did see our own two
