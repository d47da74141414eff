"""web, doctor and config, as far as their parts are not tested elsewhere."""

from __future__ import annotations

import json
import signal
import urllib.request
from typing import TYPE_CHECKING

from notebot.settings import Settings

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from conftest import Program

    Inside = Callable[..., subprocess.CompletedProcess[str]]


def test_config_shows_every_setting_and_where_it_was_read(notebot: Program) -> None:
    (notebot.folder / "notebot.toml").write_text("passages = 3")
    done = notebot("config", "--json", "--knowledge", "a", "--knowledge", "b", NOTEBOT_PORT="99")
    shown = json.loads(done.stdout)["settings"]
    assert set(shown) == set(Settings.model_fields)
    assert shown["knowledge"] == {"value": [str(notebot.folder / "a"), str(notebot.folder / "b")], "origin": "argument"}
    assert shown["port"] == {"value": 99, "origin": "NOTEBOT_PORT"}
    assert shown["passages"] == {"value": 3, "origin": str(notebot.folder / "notebot.toml")}
    assert shown["ollama_host"] == {"value": "http://127.0.0.1:9", "origin": "OLLAMA_HOST"}
    assert "passages        3  (" in notebot("config").stdout


def test_doctor_has_rows_an_object_and_an_exit_code(ingested: Program, notebot: Program, inside: Inside) -> None:
    done = inside(ingested, "doctor", "--json")
    checks = json.loads(done.stdout)["checks"]
    assert done.returncode == 0
    assert {"notes", "data", "packaged models", "index", "search", "ollama", "chat model", "port"} <= {c["name"] for c in checks}
    assert not [check for check in checks if check["state"] == "fail"]
    failed = inside(notebot, "doctor", "--knowledge", "absent")
    assert failed.returncode == 1
    assert "fail  notes" in failed.stdout
    assert "-> " in failed.stdout


def test_web_prints_its_address_and_ends_with_an_interrupt(ingested: Program) -> None:
    child = ingested.start("web", "--port", "0")
    assert child.stdout
    address = child.stdout.readline().strip()
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=20) as reply:
            assert reply.status == 200
    finally:
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=20)
    assert address.startswith("http://127.0.0.1:")
    assert (child.returncode, err) == (0, "Ctrl-C stops it.\nStopped.\n")


def test_web_refuses_to_open_the_notes_to_other_machines(notebot: Program, inside: Inside) -> None:
    done = inside(notebot, "web", "--host", "0.0.0.0", "--port", "0")
    assert (done.returncode, done.stdout) == (2, "")
