"""Everything that determines a run: the set, the settings, the index, the models, the prompt, the code, the machine."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from notebot import __version__
from notebot.answer.prompt import SYSTEM
from notebot.evals.cases import CaseSet, Limit
from notebot.evals.metrics import RESAMPLES, SEED
from notebot.index.catalog import Catalog
from notebot.settings import Settings

PACKAGE = Path(__file__).parents[1]
ANSWERING_CODE = ("answer", "index", "ingest", "models", "retrieve", "bot.py", "types.py", "urls.py")
# Settings that change where things are and who may ask, not what is answered. What is not named here counts.
BESIDE_THE_POINT = frozenset(
    "knowledge data host port watch ollama_host links links_allow links_deny links_per_run links_days".split()
)


@dataclass(frozen=True, slots=True)
class How:
    """What is asked of a set: its cases with one of `tags`, of `split`, each `every`th of them, the first `limit`, each `repeat`
    times; empty is all."""

    retrieval_only: bool = False
    repeat: int = 1
    tags: tuple[str, ...] = ()
    split: str = ""
    limit: int = 0
    every: int = 1

    @property
    def partial(self) -> bool:
        """Whether some cases may be left out."""
        return bool(self.tags or self.split or self.limit or self.every > 1)


@dataclass(frozen=True, slots=True)
class Asker:
    """What answers: two runs with equal ones differ by chance alone. Digests are SHA-256, "" for what is not known.

    A model is known by its digest where it is a packaged one, a file, or on an Ollama server.
    """

    model: str
    model_digest: str
    embedder: str
    index_digest: str
    settings: Mapping[str, object]
    prompt_digest: str
    code_digest: str
    lock_digest: str

    def differences(self, other: Asker) -> list[str]:
        """What is not the same, in words."""
        words = {
            "model": "the model",
            "model_digest": "the model's file",
            "embedder": "the embedder",
            "index_digest": "the index",
        }
        words |= {"prompt_digest": "the prompt", "code_digest": "notebot's code", "lock_digest": "the packages"}
        found = [said for name, said in words.items() if getattr(self, name) != getattr(other, name)]
        keys = sorted({*self.settings, *other.settings})
        return found + [f"the setting {key}" for key in keys if self.settings.get(key) != other.settings.get(key)]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it ran."""

    system: str
    processor: str
    cores: int
    python: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A run, before its first question. `started` is ISO 8601 in UTC; `commit` is "" outside a repository.

    `at_once`: so many questions were asked side by side, which makes each of them take longer.
    """

    name: str
    version: int
    path: str
    set_digest: str
    how: How
    asker: Asker
    thresholds: Mapping[str, Limit]
    started: str
    generation: int
    commit: str
    notebot: str = __version__
    seed: int = SEED
    resamples: int = RESAMPLES
    at_once: int = 1
    machine: Machine = field(
        default_factory=lambda: Machine(platform.platform(), platform.processor(), os.cpu_count() or 0, platform.python_version())
    )


def describe(wanted: CaseSet, path: Path, how: How, *, asker: Asker, catalog: Catalog) -> Manifest:
    """The manifest of a run that begins now."""
    return Manifest(
        name=wanted.name,
        version=wanted.version,
        path=str(path),
        set_digest=digest(path.read_bytes()),
        how=how,
        asker=asker,
        thresholds=wanted.thresholds,
        started=now(),
        generation=catalog.generation(),
        commit=commit(PACKAGE.parents[1]),
    )


def asker(settings: Settings, model: str, catalog: Catalog) -> Asker:
    """What answers now. `model` is the chat model's name, empty where none is asked. Raises ModelError where it is gone."""
    kept = {name: value for name, value in settings.model_dump(mode="json").items() if name not in BESIDE_THE_POINT}
    meta = catalog.meta()
    held = [*sorted(catalog.chunk_ids()), *map(str, sorted(catalog.page_states().items()))]
    lock = PACKAGE.parents[1] / "requirements.lock"
    return Asker(
        model=model,
        model_digest=model_digest(model, settings) if model else "",
        embedder=meta.get("embedder", ""),
        index_digest=digest("\n".join(held).encode()),
        settings=kept,
        prompt_digest=digest(SYSTEM.encode()),
        code_digest=code_digest(PACKAGE, ANSWERING_CODE),
        lock_digest=digest(lock.read_bytes()) if lock.is_file() else "",
    )


def model_digest(name: str, settings: Settings) -> str:
    """The digest of the chat model's weights, "" where it runs where they cannot be seen. Raises ModelError."""
    from notebot.models.packaged import SMOLLM2
    from notebot.models.registry import PACKAGED_CHAT

    if name == PACKAGED_CHAT:
        return SMOLLM2.sha256
    if settings.model.lower().endswith(".gguf"):
        path = Path(settings.model).expanduser()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if name.startswith("ollama/"):
        from notebot.models.ollama import OllamaServer

        found = OllamaServer(settings.ollama_host).find(name.removeprefix("ollama/"))
        return found.digest if found else ""
    return ""


def code_digest(package: Path, parts: Iterable[str]) -> str:
    """The digest of the program text of some folders and files of a package, and of the weights that lie there."""
    files: list[Path] = []
    for part in parts:
        below = package / part
        files += [below] if below.is_file() else [path for path in below.rglob("*") if path.suffix in (".py", ".onnx", ".json")]
    listed = ((path.relative_to(package).as_posix(), digest(path.read_bytes())) for path in sorted(files))
    return digest("\n".join(f"{name} {found}" for name, found in listed).encode())


def commit(folder: Path) -> str:
    """The commit that a folder of sources is at, read from its .git; "" where there is none. It says nothing of later edits."""
    git = folder / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        if (git / name).is_file():
            return (git / name).read_text(encoding="ascii").strip()
        packed = (git / "packed-refs").read_text(encoding="ascii").splitlines()
        return next((line.split()[0] for line in packed if line.endswith(f" {name}")), "")
    except (OSError, UnicodeDecodeError):
        return ""


def now() -> str:
    """The time, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def peak_memory() -> float | None:
    """The most memory that this process has had so far, in MB; None where the system does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 1)  # macOS counts bytes, Linux kilobytes


def digest(content: bytes) -> str:
    """SHA-256, as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(value: Mapping[str, object]) -> str:
    """The digest of what JSON can hold, whatever the order of its keys."""
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=True).encode())
