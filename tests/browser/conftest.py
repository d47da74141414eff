"""Headless Chromium, and two servers to point it at: a scripted bot in this process, and `notebot web` in its own."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from page_steps import LEFT

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", metavar="FOLDER", help="keep the browser tests' screenshots here")
    parser.addoption("--browser-at", metavar="ADDRESS", help="a Chromium that is running, at ws://..., instead of Debian's")


@pytest.fixture(scope="session")
def shots(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go."""
    chosen = request.config.getoption("--screenshots", default=None)
    folder = Path(chosen) if chosen else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def scripted() -> ModuleType:
    """The module with the scripted bot, which the tests of notebot.web share."""
    return _of_web("scripted_bot")


@pytest.fixture(scope="session")
def team_module() -> ModuleType:
    """The module with a server that has users."""
    return _of_web("team")


def _of_web(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / "web" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    running = request.config.getoption("--browser-at", default=None)
    if not running and not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing. Install Debian's package chromium.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium
        browser = chromium.connect_over_cdp(running) if running else chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, serve_bot: object) -> Iterator[Callable[..., Page]]:
    """Open an address in a window of its own. At the end: no request may have left this machine, nothing may have gone wrong.

    Asks for `serve_bot` so that windows close before their servers do.
    """
    contexts, wrong = [], []

    def open_(address: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda r: wrong.append(r.url) if urlsplit(r.url).hostname not in ("127.0.0.1", None) else None)
        page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.set_default_timeout(10_000)
        page.goto(address)
        page.wait_for_selector("#question textarea")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [said for said in wrong if not any(known in said for known in LEFT)] == []


@pytest.fixture
def serve_bot(scripted: ModuleType) -> Iterator[Callable[..., tuple[Any, str]]]:
    """Serve a scripted bot: from its script to the bot and its address."""
    from notebot.web.host import serve

    served = []

    def start(script: list[Any], **state: Any) -> tuple[Any, str]:
        bot = scripted.ScriptedBot(script)
        for name, value in state.items():
            setattr(bot, name, value)
        served.append(serve(bot, port=0))
        return bot, served[-1].address

    yield start
    for page in served:
        page.close()


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `notebot web` over the shipped notes, with the packaged model and an index of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("NOTEBOT_", "OLLAMA_"))},
        "NOTEBOT_DATA": str(tmp_path_factory.mktemp("data")),
        "NOTEBOT_KNOWLEDGE": str(ROOT / "knowledge"),
        "NOTEBOT_LINKS": "false",  # these notes link to real pages
        "NOTEBOT_MODEL": "packaged",
        "NOTEBOT_PASSAGES": "3",  # this and the next only so that the tests are quick
        "NOTEBOT_ANSWER_TOKENS": "60",
    }
    notebot = [sys.executable, "-m", "notebot"]
    subprocess.run([*notebot, "ingest", "--offline"], env=environment, check=True, timeout=100, capture_output=True)
    command = [*notebot, "web", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[-1]
        begin = time.monotonic()
        server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0
        assert time.monotonic() - begin < 4  # 2 for the page, and the rest for Python and the model to end on a busy machine
