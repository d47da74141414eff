"""The web server: our own FastAPI app with its guards, and the Gradio page mounted in it."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from types import TracebackType
from typing import TYPE_CHECKING

from notebot.errors import NotebotError, UsageError
from notebot.telemetry import switch_off
from notebot.web.desk import Desk, ServedBot
from notebot.web.following import Following
from notebot.web.guard import Guard

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
STOP_SECONDS = 0  # what open streams get before they are cut off; they would never end by themselves
OWN_FILES = {"style.css": "text/css", "script.js": "text/javascript", "icon.svg": "image/svg+xml"}


def serve(bot: ServedBot, *, host: str = "127.0.0.1", port: int = 7860) -> Served:
    """Serve the page for `bot`; returns as soon as the address answers. Prints nothing.

    As long as it is served, the index follows the notes, unless the setting `watch` says otherwise.

        with serve(bot, host=settings.host, port=settings.port) as page:
            print(page.address)
            page.wait()                     # Ctrl-C raises KeyboardInterrupt here; leaving the block stops the server

    Port 0 takes any free port. `bot` stays open: closing it is the caller's. Raises UsageError for a host that other
    machines could reach, NotebotError when the port is taken; both within milliseconds, before Gradio is imported.
    """
    listener = listen(host, port)
    try:
        desk = Desk(bot)
        app = build_app(desk, host=host)
        return Served(app, listener, Following(bot, desk.busy) if bot.settings.watch else None)
    except BaseException:
        listener.close()
        raise


def build_app(desk: Desk, *, host: str = "127.0.0.1") -> FastAPI:
    """The app: guards around everything, `/healthz`, our own few files, and the Gradio page at `/`."""
    switch_off(os.environ)
    from fastapi import FastAPI
    from fastapi.responses import Response

    app = FastAPI(title="notebot", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, hosts=OWN_NAMES | {_in_address(host)})

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/page/{name}")
    def own_file(name: str) -> Response:
        if name not in OWN_FILES:
            return Response(status_code=404)
        return Response(resources.files("notebot.web").joinpath(name).read_bytes(), media_type=OWN_FILES[name])

    with ThreadPoolExecutor(1) as aside:  # the caller may be inside an event loop: a notebook, a test
        aside.submit(lambda: asyncio.run(_mount(app, desk))).result()
    return app


async def _mount(app: FastAPI, desk: Desk) -> None:
    """Put the page into the app. In a running event loop, since Gradio opens one of its own, and leaks it, where none is."""
    import gradio

    from notebot.web.page import HEAD, build_page

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SSR mode is not supported")  # said of every page with several views, asked for or not
        gradio.mount_gradio_app(
            app, build_page(desk), path="/", head=HEAD, show_error=False, footer_links=[], root_path="", run_history=False,
            enable_monitoring=False, mcp_server=False, ssr_mode=False, pwa=False, max_file_size=0,
        )  # fmt: skip


def listen(host: str, port: int) -> socket.socket:
    """A socket that already accepts connections; they wait until the app is there. Raises as `serve` does."""
    address = host.strip("[]")
    if address != "localhost" and not _is_loopback(address):
        raise UsageError(
            f"The page would be open to other machines at --host {host}, and it has no password yet. "
            "Leave --host out, and reach it from another machine through: ssh -L 7860:127.0.0.1:7860 THIS-MACHINE"
        )
    name = "127.0.0.1" if address == "localhost" else address
    listener = socket.socket(socket.AF_INET6 if ":" in name else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # restart at once after a stop
        listener.bind((name, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise _cannot_listen(host, port, error) from error
    return listener


class Served:
    """A page that is being served, at `address`. Closing it cuts open answers off and takes at most 2 seconds."""

    def __init__(self, app: FastAPI, listener: socket.socket, following: Following | None = None) -> None:
        self.address = _address(listener)
        self._following = following
        self._listener = listener
        self._server = _server(app)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="notebot-web", daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise NotebotError("The web server ended while it was starting. Run the command with --debug to see why.")
            time.sleep(0.01)

    def wait(self) -> None:
        """Return when the server ends. An interrupt is raised here, in the caller."""
        self._thread.join()

    def close(self) -> None:
        """Stop serving. Idempotent."""
        if self._following:
            self._following.close()
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS + 0.5)
        self._server.force_exit = True
        self._thread.join(0.5)
        self._listener.close()

    def __enter__(self) -> Served:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _server(app: FastAPI) -> uvicorn.Server:
    import uvicorn

    config = uvicorn.Config(
        app, log_config=None, log_level="critical", access_log=False, server_header=False, proxy_headers=False,
        ws="none", lifespan="on", timeout_graceful_shutdown=STOP_SECONDS,
    )  # fmt: skip
    return uvicorn.Server(config)


def _address(listener: socket.socket) -> str:
    name, port = listener.getsockname()[:2]
    return f"http://{_in_address(name)}:{port}"


def _in_address(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    name = host.strip("[]").lower()
    return f"[{name}]" if ":" in name else name


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _cannot_listen(host: str, port: int, error: OSError | OverflowError) -> NotebotError:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return NotebotError(
                f"Port {port} is already in use, perhaps by another notebot. Stop that program or choose another port: "
                f"notebot web --port {port + 1 if port < 65_535 else 7861}"
            )
        case errno.EACCES:
            return NotebotError(f"Port {port} is reserved for the system. Choose one above 1023: notebot web --port 7860")
        case _:
            return NotebotError(f"notebot cannot listen on {host}, port {port}: {error}. Choose another --host or --port.")
