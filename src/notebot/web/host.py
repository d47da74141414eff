"""The web server: our own FastAPI app with its guards, and the Gradio page mounted in it."""

from __future__ import annotations

import asyncio
import os
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from types import TracebackType
from typing import TYPE_CHECKING

from notebot.errors import NotebotError
from notebot.history.store import History
from notebot.settings import Settings
from notebot.telemetry import switch_off
from notebot.web.desk import Desk, ServedBot
from notebot.web.following import Following
from notebot.web.gate.guard import Guard, Rules
from notebot.web.gate.listening import address_of_listener, listen, rules_of
from notebot.web.watch.logs import Access
from notebot.web.watch.metrics import Metrics

if TYPE_CHECKING:
    import socket

    import uvicorn
    from fastapi import FastAPI

    from notebot.settings_file import SettingsFile
    from notebot.web.watch.tracing import Tracing

STOP_SECONDS = 0  # what open streams get before they are cut off; they would never end by themselves
OWN_FILES = {
    "icon.svg": "image/svg+xml",
    **dict.fromkeys(("style.css", "chat.css", "notes.css", "signin.css"), "text/css"),
    **dict.fromkeys(
        ("script.js", "acts.js", "sources.js", "conversations.js", "dom.js", "notes.js", "review.js"), "text/javascript"
    ),
}


def serve(bot: ServedBot, *, host: str = "127.0.0.1", port: int = 7860, settings_file: SettingsFile | None = None) -> Served:
    """Serve the page for `bot`; returns as soon as the address answers. Prints nothing.

    As long as it is served, the index follows the notes, unless the setting `watch` says otherwise.

        with serve(bot, host=settings.host, port=settings.port) as page:
            print(page.address)
            page.wait()                     # Ctrl-C raises KeyboardInterrupt here; leaving the block stops the server

    Port 0 takes any free port. `bot` stays open: closing it is the caller's. Raises UsageError for a host that other
    machines could reach without signing in, NotebotError when the port is taken; both before Gradio is imported.
    """
    settings = bot.settings
    rules = rules_of(settings, host)
    listener = listen(host, port)
    try:
        history = History.open(bot.settings.data)
        desk = Desk(bot, history)
        desk.signs_in = rules.entrance is not None
        desk.settings_file = None if rules.entrance else settings_file  # where many sign in, settings are for who runs it
        metrics = Metrics(counts=desk.counts, state=bot.state)
        tracing = _tracing(settings)
        desk.observers = (metrics.watched, tracing.traced) if tracing else (metrics.watched,)
        app = build_app(desk, rules=rules, metrics=metrics)
        desk.following = Following(metrics.watching(bot), desk.busy, watch=settings.watch)
        return Served(app, listener, desk.following, desk, tracing)
    except BaseException:
        listener.close()
        raise


def build_app(desk: Desk, *, rules: Rules, metrics: Metrics) -> FastAPI:
    """The app: guards around everything, what the server says of itself, our own few files, and the Gradio page at `/`."""
    switch_off(os.environ)
    from fastapi import FastAPI
    from fastapi.responses import Response

    from notebot.web.doors.doors import open_doors
    from notebot.web.watch.service import service

    app = FastAPI(title="notebot", docs_url=None, redoc_url=None, openapi_url=None)
    open_doors(desk, app, hosts=rules.hosts)
    app.add_middleware(Guard, rules=rules, told=(Access().told, metrics.told))
    app.include_router(service(desk, entrance=rules.entrance, metrics=metrics if desk.bot.settings.metrics else None))

    if desk.history is not None:
        from notebot.web.page.asides import asides

        app.include_router(asides(desk, desk.history))

    from notebot.web.page.reviews import reviews

    app.include_router(reviews(desk))

    @app.get("/page/{name}")
    def own_file(name: str) -> Response:
        if name not in OWN_FILES:
            return Response(status_code=404)
        return Response(resources.files("notebot.web.page").joinpath("static", name).read_bytes(), media_type=OWN_FILES[name])

    with ThreadPoolExecutor(1) as aside:  # the caller may be inside an event loop: a notebook, a test
        aside.submit(lambda: asyncio.run(_mount(app, desk))).result()
    return app


async def _mount(app: FastAPI, desk: Desk) -> None:
    """Put the page into the app. In a running event loop, since Gradio opens one of its own, and leaks it, where none is."""
    import gradio

    from notebot.web.page.page import HEAD, build_page

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SSR mode is not supported")  # said of every page with several views, asked for or not
        gradio.mount_gradio_app(
            app, build_page(desk), path="/", head=HEAD, show_error=False, footer_links=[], root_path="", run_history=False,
            enable_monitoring=False, mcp_server=False, ssr_mode=False, pwa=False, max_file_size=0,
        )  # fmt: skip


class Served:
    """A page that is being served, at `address`. Closing it cuts open answers off and takes at most 2 seconds."""

    def __init__(
        self,
        app: FastAPI,
        listener: socket.socket,
        following: Following | None = None,
        desk: Desk | None = None,
        tracing: Tracing | None = None,
    ) -> None:
        self.address = address_of_listener(listener)
        self.notice = desk.history.notice if desk and desk.history else ""  # what a person should hear at the start
        self.app = app
        self._tracing = tracing
        self._following = following
        self._desk = desk
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
        if self._desk:
            self._desk.stop_all()
        if self._following:
            self._following.close()
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS + 0.5)
        self._server.force_exit = True
        self._thread.join(0.5)
        self._listener.close()
        if self._desk and self._desk.history:
            self._desk.history.close()
        if self._tracing:
            self._tracing.close()

    def __enter__(self) -> Served:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _tracing(settings: Settings) -> Tracing | None:
    if not settings.tracing:
        return None
    from notebot.web.watch.tracing import open_tracing

    return open_tracing(content=settings.trace_content)


def _server(app: FastAPI) -> uvicorn.Server:
    import uvicorn

    from notebot.web.gate.connections import Impatient

    config = uvicorn.Config(
        app, log_config=None, log_level="critical", access_log=False, server_header=False, proxy_headers=False,
        http=Impatient, ws="none", lifespan="on", timeout_graceful_shutdown=STOP_SECONDS,
    )  # fmt: skip
    return uvicorn.Server(config)
