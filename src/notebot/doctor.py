"""Is everything in order, and what to do where it is not. Looks, and changes nothing."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from notebot.errors import IndexBroken, IndexMissing, Locked, NotebotError
from notebot.index.lock import OWNER_FILE, WriterLock
from notebot.ingest.watch import cannot_watch
from notebot.models.packaged import PACKAGED, is_present, models_folder
from notebot.settings import Settings
from notebot.states import IndexState
from notebot.types import Passage

ROOM_NEEDED = 200_000_000  # bytes: an index of some ten thousand passages, and space to rewrite it
PATIENCE = 4.0  # seconds for a model's server, counted from the start: one that accepts and never answers is a finding too
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
    def chroma_fault(self) -> str: ...


def examine(bot: Examined, *, models: Path | None = None) -> Iterator[Check]:
    """Each check as it is made, quick ones first; all of them within 5 seconds where a server does not answer.

    `models` is the folder of the packaged models, by default the installed one. Nothing is raised for what is wrong.
    """
    settings = bot.settings
    server, model = _Aside(check_server(settings)), _Aside(check_model(bot))
    yield Check("python", "ok", f"{sys.version.split()[0]}, {os.cpu_count()} cores")
    yield from check_notes(settings.knowledge)
    yield check_watching(settings.knowledge)
    yield check_data(settings.data)
    yield check_packaged(models or models_folder())
    yield check_writer(settings.data)
    yield from examine_index(bot)
    yield from server.checks(PATIENCE)
    yield from model.checks(PATIENCE)
    if model.late:
        fix = "restart Ollama, or use: notebot --model packaged"
        yield Check("chat model", "fail", f"nothing came from {settings.ollama_host} in {PATIENCE} s", fix)
    yield check_port(settings.host, settings.port)


def examine_index(bot: Examined) -> Iterator[Check]:
    """The index, what is in it, and whether it can be searched."""
    try:
        state = bot.state()
    except NotebotError as error:
        yield check_index(error)
        return
    yield check_index(state)
    yield check_vectors(state)
    yield from check_pages(state)
    yield from check_reranker(bot.settings.reranker)
    if not _embedder_answers(bot.settings):
        detail = f"the embedder {bot.settings.embedder} is behind {bot.settings.ollama_host}, which does not answer"
        yield Check("search", "fail", detail, "ollama serve")
        return
    yield check_search(bot)
    yield check_chroma(bot)


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


def check_watching(folders: tuple[Path, ...]) -> Check:
    """Whether the system tells of changes in the notes; there may be more folders than it watches for one user."""
    if reason := cannot_watch(folders):
        return Check(
            "watching", "warn", f"changes are looked for again and again, since the system does not tell of them: {reason}",
            "sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024",
        )  # fmt: skip
    return Check("watching", "ok", "the system tells of changes in the notes")


def check_writer(data: Path) -> Check:
    """Whether a process writes the index now, and which."""
    try:
        if (data / OWNER_FILE).exists():  # somebody writes, or died while he did; only the lock itself knows which
            WriterLock(data).release()
    except Locked as error:
        return Check("writer", "warn", str(error), "wait, or end that process: what it stored stays")
    except OSError as error:
        return Check("writer", "warn", f"{error.strerror}: {error.filename}", f"chmod u+rw {data}/*")
    return Check("writer", "ok", "no process is writing the index")


def check_index(found: IndexState | NotebotError) -> Check:
    """Whether there is an index, made by this version, undamaged, with no note left out of it."""
    from notebot.index.schema import OlderFormat

    match found:
        case IndexMissing():
            return Check("index", "warn", "nothing has been ingested yet", INGEST)
        case OlderFormat():
            return Check("index", "fail", str(found), INGEST)
        case IndexBroken():
            return Check("index", "fail", str(found), f"{INGEST} --rebuild")
        case NotebotError():
            return Check("index", "fail", str(found), "notebot doctor, again, when that is done")
    count = Counter((source.kind, source.state) for source in found.sources)
    notes = sum(number for (kind, state), number in count.items() if kind == "note" and state != "failed")
    detail = f"{notes} notes, {found.chunks} passages, {found.embedder}, {found.ingested_at}"
    if failed := count["note", "failed"]:
        return Check("index", "warn", f"{detail}; {failed} could not be read", "notebot status --state failed")
    return Check("index", "ok", detail)


def check_vectors(state: IndexState) -> Check:
    """Whether every passage can be found by its meaning."""
    if state.unembedded:
        return Check("vectors", "warn", f"{state.unembedded} of {state.chunks} passages are found by their words only", INGEST)
    return Check("vectors", "ok", f"{state.chunks} of {state.chunks}")


def check_pages(state: IndexState) -> Iterator[Check]:
    """Whether the linked pages are there and as they are now; nothing if no note links to one."""
    pages = [source for source in state.sources if source.kind == "page"]
    wrong = [page for page in pages if page.state in {"failed", "stale", "waiting"}]
    if wrong:
        count = Counter(page.state for page in wrong)
        first = next((page for page in wrong if page.state != "waiting"), wrong[0])
        detail = (
            f"{', '.join(f'{number} {name}' for name, number in count.items())} of {len(pages)}; {first.source}: {first.reason}"
        )
        fix = f"notebot status --state {first.state}" if first.state != "waiting" else INGEST
        yield Check("linked pages", "warn", detail, fix)
    elif pages:
        yield Check("linked pages", "ok", f"{sum(page.state == 'indexed' for page in pages)} of {len(pages)} are in the index")


def check_search(bot: Examined) -> Check:
    """Whether a search goes all the way: words, vectors and Chroma."""
    started = time.monotonic()
    try:
        bot.search("notes", 1)
    except NotebotError as error:
        return Check("search", "fail", str(error), INGEST)
    return Check("search", "ok", f"words and vectors, {time.monotonic() - started:.1f} s with loading")


def check_reranker(name: str) -> Iterator[Check]:
    """Whether what shall have the last word on the order can be made; nothing where nothing is set."""
    from notebot.retrieve.postprocessor import open_postprocessor

    if name == "none":
        return
    try:
        open_postprocessor(name)
    except NotebotError as error:
        yield Check("reranker", "fail", str(error), "notebot config")
    else:
        yield Check("reranker", "ok", name)


def check_chroma(bot: Examined) -> Check:
    """Whether Chroma's copy of the vectors is whole; without it searches take longer."""
    try:
        fault = bot.chroma_fault()
    except NotebotError as error:
        return Check("chroma", "fail", str(error), INGEST)
    if fault:
        return Check("chroma", "warn", f"searches do without Chroma: {fault}", INGEST)
    return Check("chroma", "ok", "its copy of the vectors is whole")


def check_server(settings: Settings) -> Iterator[Check]:
    """Whether an Ollama server answers, and whether what it reads leaves this machine."""
    from notebot.models.ollama import OllamaServer, is_loopback

    address = settings.ollama_host
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


def check_model(bot: Examined) -> Iterator[Check]:
    """Whether a chat model would answer, and which."""
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


class _Aside:
    """Checks made in a thread of their own, begun at once. One that never ends is left behind, and holds up nothing."""

    def __init__(self, checks: Iterator[Check]) -> None:
        self._made: list[Check] = []
        self._begun = time.monotonic()
        self._thread = threading.Thread(target=lambda: self._made.extend(checks), name="notebot-doctor", daemon=True)
        self._thread.start()
        self.late = False

    def checks(self, within: float) -> Iterator[Check]:
        """Those that were made within so many seconds after the beginning; `late` says whether there were to be more."""
        self._thread.join(max(0.0, self._begun + within - time.monotonic()))
        self.late = self._thread.is_alive()
        yield from tuple(self._made)


def _embedder_answers(settings: Settings) -> bool:
    """False if the embedder is behind a server that does not answer: a search would wait for minutes."""
    from notebot.models.ollama import OllamaServer

    return settings.embedder in {"minilm", "packaged"} or OllamaServer(settings.ollama_host).reachable()
