"""models and models pull, with and without a server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from conftest import Program

    Inside = Callable[..., subprocess.CompletedProcess[str]]


class Pulls(BaseHTTPRequestHandler):
    """As much of Ollama as a pull needs: `tiny` arrives, everything else does not exist."""

    def do_POST(self) -> None:
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        steps = [{"status": "pulling x", "digest": "x", "total": 10, "completed": 10}, {"status": "success"}]
        if wanted["model"] != "tiny":
            steps = [{"error": "pull model manifest: file does not exist"}]
        body = b"".join(json.dumps(step).encode() + b"\n" for step in steps)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Pulls)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_models_without_a_server(notebot: Program, inside: Inside) -> None:
    done = inside(notebot, "models")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line[0] for line in lines] == ["*", "*"]
    assert "smollm2-135m (packaged)" in lines[0]
    assert "Ollama does not answer" in done.stderr
    listed = json.loads(inside(notebot, "models", "--json").stdout)
    assert listed["schema"] == 1
    assert [row["name"] for row in listed["models"] if row["chosen"]] == ["smollm2-135m (packaged)", "minilm"]
    assert "Ollama does not answer" in listed["notice"]


def test_pull_shows_progress_and_what_to_do_next(notebot: Program, server: str) -> None:
    done = notebot("models", "pull", "tiny", "--ollama-host", server)
    assert (done.returncode, done.stdout) == (0, "tiny is ready. Use it with: notebot --model tiny ask QUESTION\n")
    assert "pulling: " in done.stderr or done.stderr == ""
    code, shown = notebot.on_terminal("models", "pull", "tiny", "--ollama-host", server)
    assert code == 0
    assert "tiny is ready" in shown


def test_pull_of_what_does_not_exist_is_code_5(notebot: Program, server: str, inside: Inside) -> None:
    done = inside(notebot, "--ollama-host", server, "models", "pull", "nothing")
    assert (done.returncode, done.stdout) == (5, "")
    assert "'nothing'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_pull_without_a_server_is_code_5(notebot: Program, inside: Inside) -> None:
    done = inside(notebot, "models", "pull", "tiny")
    assert done.returncode == 5
    assert "ollama serve" in done.stderr
