"""The doctor: each thing that can be wrong is found, named, and comes with what to do."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from notebot import doctor
from notebot.bot import Bot
from notebot.doctor import Check
from notebot.errors import IndexBroken, IndexMissing, Locked, ModelMissing
from notebot.index.lock import OWNER_FILE, WriterLock
from notebot.index.schema import OlderFormat
from notebot.models.packaged import PACKAGED
from notebot.settings import Settings
from notebot.states import IndexState, SourceState
from notebot.types import Passage

GOOD = SourceState("a.md", "note", "indexed", "", "2026-01-01T00:00:00+00:00", 3, 0, 0)
BAD = SourceState("b.md", "note", "failed", "is binary", "2026-01-01T00:00:00+00:00", 0, 0, 0)


class Patient:
    """A bot in a given condition: an exception in place of a part is raised by it."""

    def __init__(
        self, settings: Settings, *, index: IndexState | Exception, found: Exception | None = None, model: str | Exception = "m"
    ) -> None:
        self.settings = settings
        self._index, self._found, self._model = index, found, model
        self.fault = ""

    def state(self) -> IndexState:
        if isinstance(self._index, Exception):
            raise self._index
        return self._index

    def search(self, question: str, limit: int = 10) -> list[Passage]:
        if self._found:
            raise self._found
        return []

    def chroma_fault(self) -> str:
        return self.fault

    def model_name(self) -> str:
        if isinstance(self._model, Exception):
            raise self._model
        return self._model


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def settings(tmp_path: Path, free_port: int) -> Settings:
    """A machine in order, without an Ollama server."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.md").write_text("# A\ntext")
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    return Settings(knowledge=(notes,), data=data, ollama_host="http://127.0.0.1:9", port=free_port)


def state(*sources: SourceState, unembedded: int = 0) -> IndexState:
    return IndexState(sources, 3, unembedded, (), 0, "minilm", 1, "2026-01-01T00:00:00+00:00")


def by_name(checks: Iterator[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_a_machine_in_order_has_no_failure(settings: Settings) -> None:
    started = time.monotonic()
    checks = by_name(doctor.examine(Patient(settings, index=state(GOOD))))
    assert time.monotonic() - started < 5
    assert list(checks) == [
        "python", "notes", "watching", "data", "packaged models", "writer", "index", "vectors", "search", "chroma", "ollama",
        "chat model", "port",
    ]  # fmt: skip
    assert {name for name, check in checks.items() if check.state != "ok"} == {"ollama"}
    assert checks["ollama"].state == "warn"
    assert "ollama serve" in checks["ollama"].fix
    assert all(check.fix for check in checks.values() if check.state != "ok")


def test_before_the_first_ingest_it_says_what_to_do_first(settings: Settings) -> None:
    checks = by_name(doctor.examine(Patient(settings, index=IndexMissing("none"))))
    assert (checks["index"].state, checks["index"].fix) == ("warn", "notebot ingest")
    assert "search" not in checks


def test_what_the_index_says_is_passed_on() -> None:
    older = doctor.check_index(OlderFormat("made by version 1"))
    assert (older.state, older.detail, older.fix) == ("fail", "made by version 1", "notebot ingest")
    broken = doctor.check_index(IndexBroken("is damaged"))
    assert (broken.state, broken.detail, broken.fix) == ("fail", "is damaged", "notebot ingest --rebuild")
    assert doctor.check_index(Locked("is busy")).state == "fail"
    partly = doctor.check_index(state(GOOD, BAD))
    assert (partly.state, partly.fix) == ("warn", "notebot status --state failed")
    assert partly.detail.startswith("1 notes, 3 passages")
    assert "1 could not be read" in partly.detail


def test_vectors_that_are_still_missing(settings: Settings) -> None:
    checks = by_name(doctor.examine_index(Patient(settings, index=state(GOOD, unembedded=2))))
    assert (checks["vectors"].state, checks["vectors"].fix) == ("warn", "notebot ingest")
    assert checks["vectors"].detail.startswith("2 of 3 ")


def test_a_copy_of_chroma_that_is_damaged(settings: Settings) -> None:
    patient = Patient(settings, index=state(GOOD))
    patient.fault = "its files are damaged"
    damaged = by_name(doctor.examine_index(patient))["chroma"]
    assert (damaged.state, damaged.fix) == ("warn", "notebot ingest")
    assert "its files are damaged" in damaged.detail


def page(name: str, condition: str, reason: str = "") -> SourceState:
    return SourceState(f"https://example.org/{name}", "page", condition, reason, "", 1, 0, 0)


def test_linked_pages() -> None:
    assert list(doctor.check_pages(state(GOOD))) == []
    (good,) = doctor.check_pages(state(GOOD, page("a", "indexed"), page("b", "skipped", "asks for a login")))
    assert (good.state, good.detail) == ("ok", "1 of 2 are in the index")
    (wrong,) = doctor.check_pages(state(page("a", "waiting"), page("b", "stale", "404"), page("c", "failed", "no answer")))
    assert (wrong.state, wrong.fix) == ("warn", "notebot status --state stale")
    assert wrong.detail == "1 waiting, 1 stale, 1 failed of 3; https://example.org/b: 404"
    (waiting,) = doctor.check_pages(state(page("a", "waiting", "not asked for yet")))
    assert waiting.fix == "notebot ingest"


def test_a_writer_is_named(tmp_path: Path) -> None:
    assert doctor.check_writer(tmp_path / "absent").state == "ok"
    lock = WriterLock(tmp_path)
    try:
        held = doctor.check_writer(tmp_path)
    finally:
        lock.release()
    assert held.state == "warn"
    assert str(os.getpid()) in held.detail
    (tmp_path / OWNER_FILE).write_text('{"pid": 1, "since": "long ago"}')  # of a process that was killed
    assert doctor.check_writer(tmp_path).state == "ok"


@contextmanager
def hung() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_server_that_never_answers_is_found_in_time(settings: Settings) -> None:
    with hung() as address:
        ill = settings.model_copy(update={"ollama_host": address, "model": "ollama/qwen3:4b"})
        patient = Patient(ill, index=state(GOOD))
        patient.model_name = Bot(ill).model_name
        started = time.monotonic()
        checks = by_name(doctor.examine(patient))
        assert time.monotonic() - started < 5
    assert (checks["ollama"].state, checks["chat model"].state, checks["search"].state) == ("warn", "fail", "ok")
    assert "packaged" in checks["chat model"].fix


def test_an_embedder_that_never_answers_is_not_waited_for(settings: Settings) -> None:
    with hung() as address:
        ill = settings.model_copy(update={"ollama_host": address, "embedder": "ollama/all-minilm"})
        started = time.monotonic()
        checks = by_name(doctor.examine_index(Patient(ill, index=state(GOOD))))
        assert time.monotonic() - started < 4
    assert (checks["search"].state, checks["search"].fix) == ("fail", "ollama serve")


@pytest.mark.parametrize(
    ("reranker", "state"),
    [("llamaindex:llama_index.core.postprocessor.LongContextReorder", "ok"), ("llamaindex:no.such.Thing", "fail")],
)
def test_a_reranker_is_made_before_it_is_believed(reranker: str, state: str) -> None:
    (check,) = doctor.check_reranker(reranker)
    assert (check.name, check.state) == ("reranker", state)
    assert bool(check.fix) == (state == "fail")
    assert list(doctor.check_reranker("none")) == []


def test_an_index_with_unreadable_notes_is_searched_all_the_same(settings: Settings) -> None:
    checks = by_name(doctor.examine(Patient(settings, index=state(GOOD, BAD), found=IndexBroken("vectors"))))
    assert (checks["search"].state, checks["search"].detail) == ("fail", "vectors")


def test_a_missing_model_is_a_failure_with_its_own_words(settings: Settings) -> None:
    checks = by_name(doctor.check_model(Patient(settings, index=state(), model=ModelMissing("Run: ollama pull x"))))
    assert (checks["chat model"].state, checks["chat model"].detail) == ("fail", "Run: ollama pull x")


def test_input_95_a_server_elsewhere_is_a_warning_about_privacy(settings: Settings) -> None:
    away = settings.model_copy(update={"ollama_host": "http://192.0.2.1:1"})
    first = next(doctor.check_server(away))
    assert (first.name, first.state) == ("privacy", "warn")
    assert "192.0.2.1" in first.detail


def test_notes_folders(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.md").touch()
    folders = tuple(tmp_path / name for name in ("absent", "file", "empty", "full"))
    assert [check.state for check in doctor.check_notes(folders)] == ["fail", "fail", "warn", "ok"]


def test_data_folder(tmp_path: Path) -> None:
    assert doctor.check_data(tmp_path / "not" / "there" / "yet").state == "ok"
    (tmp_path / "file").touch()
    assert doctor.check_data(tmp_path / "file" / "index").state == "fail"
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    shared.chmod(0o755)
    warned = doctor.check_data(shared)
    assert (warned.state, warned.fix) == ("warn", f"chmod 700 {shared}")
    shared.chmod(0o700)
    assert doctor.check_data(shared).state == "ok"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_input_94_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert doctor.check_data(tmp_path / "index").state == "fail"
    finally:
        tmp_path.chmod(0o700)


def test_packaged_models(tmp_path: Path) -> None:
    missing = doctor.check_packaged(tmp_path)
    assert (missing.state, missing.fix) == ("fail", "make setup")
    for model in PACKAGED:
        with (tmp_path / model.file).open("wb") as file:
            file.truncate(model.size)
    assert doctor.check_packaged(tmp_path).state == "ok"
    (tmp_path / PACKAGED[0].file).write_bytes(b"cut short")
    assert PACKAGED[0].title in doctor.check_packaged(tmp_path).detail


def test_port(free_port: int) -> None:
    assert doctor.check_port("127.0.0.1", free_port).state == "ok"
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        taken = doctor.check_port("127.0.0.1", free_port)
    assert (taken.state, taken.fix) == ("warn", f"notebot web --port {free_port + 1}")
    assert doctor.check_port("203.0.113.1", free_port).state == "warn"
