"""Is everything in order, and what to do where it is not. Looks, and changes nothing."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from notebot.errors import IndexMissing, NotebotError
from notebot.models.packaged import PACKAGED, is_present, models_folder
from notebot.settings import Settings
from notebot.types import IndexState, Passage

ROOM_NEEDED = 200_000_000  # bytes: an index of some ten thousand passages, and space to rewrite it
INGEST = "notebot ingest"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `fix` is what to do, empty where all is well."""

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    fix: str = ""


class Examined(Protocol):
    """What an examination needs of the bot."""

    @property
    def settings(self) -> Settings: ...
    def state(self) -> IndexState: ...
    def search(self, question: str, limit: int = 10) -> list[Passage]: ...
    def model_name(self) -> str: ...


def examine(bot: Examined, *, models: Path | None = None) -> Iterator[Check]:
    """Each check as it is made, quick ones first; all of them within 5 seconds where no server answers.

    `models` is the folder of the packaged models, by default the installed one. Nothing is raised for what is wrong.
    """
    settings = bot.settings
    yield Check("python", "ok", f"{sys.version.split()[0]}, {os.cpu_count()} cores")
    yield from check_notes(settings.knowledge)
    yield check_data(settings.data)
    yield check_packaged(models or models_folder())
    index = check_index(bot)
    yield index
    if index.fix != INGEST:  # there is something to search
        yield check_search(bot)
    yield from check_chat(bot)
    yield check_port(settings.host, settings.port)


def check_notes(folders: tuple[Path, ...]) -> Iterator[Check]:
    """Whether each notes folder can be read."""
    for folder in folders:
        if not folder.exists():
            yield Check("notes", "fail", f"{folder} does not exist", "notebot --knowledge FOLDER, or create it")
        elif not folder.is_dir():
            yield Check("notes", "fail", f"{folder} is a file", "name the folder that holds it")
        elif not os.access(folder, os.R_OK | os.X_OK):
            yield Check("notes", "fail", f"{folder} cannot be read", f"chmod u+rx {folder}")
        elif not any(folder.iterdir()):
            yield Check("notes", "warn", f"{folder} is empty", "put Markdown or text files there, then: notebot ingest")
        else:
            yield Check("notes", "ok", str(folder))


def check_data(data: Path) -> Check:
    """Whether the index has a folder that can be written, that others cannot read, and room to grow."""
    there = next(folder for folder in (data, *data.parents) if folder.exists())
    if not there.is_dir():
        return Check("data", "fail", f"{there} is a file", "choose another folder with --data")
    if not os.access(there, os.W_OK | os.X_OK):
        return Check("data", "fail", f"{there} cannot be written", f"chmod u+rwx {there}, or choose another folder with --data")
    free = shutil.disk_usage(there).free
    if free < ROOM_NEEDED:
        return Check("data", "warn", f"{data} has {free // 1_000_000} MB left", "free some space there, or use --data")
    if data.exists() and data.stat().st_mode & 0o077:
        return Check("data", "warn", f"{data} can be read by other users of this machine", f"chmod 700 {data}")
    return Check("data", "ok", f"{data}, {free / 1e9:.1f} GB free")


def check_packaged(folder: Path) -> Check:
    """Whether the models that come with notebot are there, by their sizes."""
    missing = [model.title for model in PACKAGED if not is_present(model, folder)]
    if missing:
        return Check("packaged models", "fail", f"missing or incomplete in {folder}: {', '.join(missing)}", "make setup")
    return Check("packaged models", "ok", ", ".join(model.title for model in PACKAGED))


def check_index(bot: Examined) -> Check:
    """Whether there is an index, made by this version, with nothing left out of it."""
    try:
        state = bot.state()
    except IndexMissing:
        return Check("index", "warn", "nothing has been ingested yet", INGEST)
    except NotebotError as error:
        return Check("index", "fail", str(error), INGEST)
    failed = [source for source in state.sources if source.state == "failed"]
    detail = f"{len(state.sources) - len(failed)} indexed, {state.chunks} passages, {state.embedder}, {state.ingested_at}"
    if failed:
        return Check("index", "warn", f"{detail}; {len(failed)} could not be read", "notebot status")
    return Check("index", "ok", detail)


def check_search(bot: Examined) -> Check:
    """Whether a search goes all the way: words, vectors and Chroma."""
    started = time.monotonic()
    try:
        bot.search("notes", 1)
    except NotebotError as error:
        return Check("search", "fail", str(error), INGEST)
    return Check("search", "ok", f"words and vectors, {time.monotonic() - started:.1f} s with loading")


def check_chat(bot: Examined) -> Iterator[Check]:
    """Whether a chat model would answer, and whether what it reads leaves this machine."""
    from notebot.models.ollama import OllamaServer, is_loopback

    address = bot.settings.ollama_host
    if not is_loopback(address):
        yield Check(
            "privacy", "warn", f"questions and notes go to {address}", "use an Ollama on this machine if that is not meant"
        )
    if OllamaServer(address).reachable():
        yield Check("ollama", "ok", address)
    else:
        yield Check(
            "ollama", "warn", f"no answer at {address}", "ollama serve (from https://ollama.com): larger models answer better"
        )
    try:
        yield Check("chat model", "ok", bot.model_name())
    except NotebotError as error:
        yield Check("chat model", "fail", str(error), "notebot models")


def check_port(host: str, port: int) -> Check:
    """Whether the web page could listen."""
    name = host.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((name, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            detail = f"{host}:{port} is taken, perhaps by a running notebot" if taken else f"{host}:{port}: {error.strerror}"
            return Check("port", "warn", detail, f"notebot web --port {port + 1 if port < 65_535 else 7860}")
    return Check("port", "ok", f"{host}:{port} is free")
