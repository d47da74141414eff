"""What a process finds around it, and addresses as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebot.errors import SettingsError
from notebot.surroundings import Surroundings, address


def test_this_process_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("NOTEBOT_PORT", "123")
    here = Surroundings.here()
    assert here.folder == tmp_path
    assert here.environment["NOTEBOT_PORT"] == "123"
    assert "notebot" in here.user_config.name


def test_a_folder_that_is_gone_is_named_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SettingsError, match="Change to a folder that exists"):
        Surroundings.here()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("box", "http://box:11434"),
        ("0.0.0.0:4000", "http://127.0.0.1:4000"),
        ("https://box/", "https://box:443"),
        ("[::1]:99", "http://[::1]:99"),
    ],
)
def test_an_address_as_people_write_it(written: str, meant: str) -> None:
    assert address(written) == meant


@pytest.mark.parametrize("written", ["", "ftp://box", "http://me@box", "box:0", "a b"])
def test_what_is_no_address(written: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        address(written)
