"""A small HTTP server that speaks Ollama's API on 127.0.0.1 as a script says, illnesses included."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = {
    "name": "tiny:latest",
    "model": "tiny:latest",
    "digest": "sha256:0123456789abcdef",
    "size": 1000,
    "details": {"family": "llama", "parameter_size": "1.5B"},
}
SHOWN = {"details": MODEL["details"], "model_info": {"llama.context_length": 2048}, "capabilities": ["completion"]}


def words(*pieces: str, done: bool = True) -> list[bytes]:
    """The lines of a chat stream that says `pieces`, and says that it is done if `done`."""
    said = [line({"model": "tiny", "message": {"role": "assistant", "content": piece}, "done": False}) for piece in pieces]
    end = {"model": "tiny", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
    return [*said, line(end)] if done else said


def line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"


@dataclass
class Reply:
    """What one path answers: `lines` one chunk each, after `wait` seconds, `pause` between them; then, maybe, a reset."""

    lines: Sequence[bytes] = ()
    status: int = 200
    kind: str = "application/x-ndjson"
    wait: float = 0.0
    pause: float = 0.0
    reset: bool = False


@dataclass
class Script:
    """Replies by path, in turn, the last one for ever; and what was asked. `cut` is set when a client went away."""

    replies: dict[str, list[Reply]]
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    cut: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [body for asked, body in self.asked if asked == path]


def usual(**others: Reply | list[Reply]) -> dict[str, list[Reply]]:
    """A healthy server with the chat model `tiny`; `others` replaces replies: `chat=`, `tags=`, `show=`, `embed=`, `pull=`."""
    replies = {
        "version": [Reply([line({"version": "0.9.9"})])],
        "tags": [Reply([line({"models": [MODEL]})])],
        "show": [Reply([line(SHOWN)])],
        "chat": [Reply(words("Spark", " is", " fast."))],
    }
    replies |= {name: reply if isinstance(reply, list) else [reply] for name, reply in others.items()}
    return {f"/api/{name}": reply for name, reply in replies.items()}


@contextmanager
def scripted(replies: dict[str, list[Reply]]) -> Iterator[Script]:
    """Serve the script on a free port until the block ends."""
    script = Script(replies)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    server.daemon_threads = True
    script.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _within(lines: Sequence[bytes], limit: int) -> Sequence[bytes]:
    """As a server that honours num_predict: the first `limit` lines and the one that says that it is done."""
    return [*lines[:limit], lines[-1]] if 0 < limit < len(lines) else lines


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_arguments: object) -> None:
            """Silent."""

        def _answer(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            script.asked.append((self.path, body))
            limit = body.get("options", {}).get("num_predict", 0)
            self.close_connection = True
            waiting = script.replies.get(self.path)
            if not waiting:
                self.send_error(404)
                return
            reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            try:
                self._send(reply, limit)
            except OSError:
                script.cut.set()

        def _send(self, reply: Reply, limit: int) -> None:
            self._sleep(reply.wait)
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for chunk in _within(reply.lines, limit):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                self._sleep(reply.pause)
            if reply.reset:
                # Close with a reset, as when the server's machine loses the connection.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                return
            self.wfile.write(b"0\r\n\r\n")

        def _sleep(self, seconds: float) -> None:
            """Wait, and notice a client that goes away meanwhile."""
            end = time.monotonic() + seconds
            self.connection.settimeout(0.02)
            while (left := end - time.monotonic()) > 0:
                try:
                    if self.connection.recv(1, socket.MSG_PEEK) == b"":
                        raise ConnectionResetError
                except TimeoutError:
                    continue
                time.sleep(min(left, 0.02))
            self.connection.settimeout(None)

    return Handler
