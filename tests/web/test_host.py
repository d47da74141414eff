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
from notebot.web.host import listen, serve


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


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]", "192.168.1.10", "example.com", ""])
def test_host_that_others_could_reach_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="no password"):
        listen(host, 0)


def test_busy_port_is_named_with_a_way_out() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotebotError, match=f"Port {port} is already in use.*--port"):
            listen("127.0.0.1", port)


def test_port_out_of_range() -> None:
    with pytest.raises(NotebotError, match=r"cannot listen on 127\.0\.0\.1, port 70000"):
        listen("127.0.0.1", 70_000)


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
