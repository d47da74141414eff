"""Settings are changed in the user's file: checked first, comments kept, and never half."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from notebot.errors import SettingsError
from notebot.settings_file import SettingsFile
from notebot.surroundings import Surroundings


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    (tmp_path / "here").mkdir()
    return Surroundings({}, tmp_path / "here", tmp_path, tmp_path / "config", tmp_path / "data")


def opened(around: Surroundings, flags: Mapping[str, object] | None = None, **variables: str) -> SettingsFile:
    return SettingsFile(
        flags or {}, around=Surroundings(variables, around.folder, around.home, around.user_config, around.user_data)
    )


def test_a_change_is_written_and_read_again(around: Surroundings) -> None:
    file = opened(around)
    loaded = file.change({"model": "ollama/tiny", "passages": 9, "open": True})
    assert (loaded.settings.model, loaded.settings.passages, loaded.settings.open) == ("ollama/tiny", 9, True)
    assert loaded.origins["passages"] == str(file.path)
    assert opened(around).loaded.settings == loaded.settings


def test_comments_and_everything_else_stay(around: Surroundings) -> None:
    around.user_config.mkdir()
    text = '# mine\nmodel = "packaged"  # small\n\nlinks_deny = [ "a.example",  "b.example" ]\n'
    (around.user_config / "notebot.toml").write_text(text)
    file = opened(around)
    file.change({"model": "auto", "passages": 4})
    assert file.path.read_text() == text.replace('"packaged"', '"auto"') + "passages = 4\n"


def test_what_is_as_it_was_is_not_written(around: Surroundings) -> None:
    file = opened(around)
    file.change({"model": "auto", "passages": 6, "links_deny": []})
    assert not file.path.exists()


@pytest.mark.parametrize("values", [{"passages": 0}, {"passages": "many"}, {"context_tokens": 600}, {"nonsense": 1}])
def test_what_cannot_be_used_is_refused_and_nothing_is_written(around: Surroundings, values: dict[str, object]) -> None:
    file = opened(around)
    with pytest.raises(SettingsError):
        file.change({"model": "packaged", **values})
    assert not file.path.exists()
    assert file.loaded.settings.model == "auto"


def test_what_something_else_sets_is_said_and_refused(around: Surroundings) -> None:
    (around.folder / "notebot.toml").write_text("passages = 3\n")
    file = opened(around, {"open": True}, NOTEBOT_MODEL="packaged", OLLAMA_HOST="127.0.0.1:9")
    assert file.set_elsewhere("model") == "NOTEBOT_MODEL"
    assert file.set_elsewhere("open") == "--open of the command line"
    assert file.set_elsewhere("passages") == str(around.folder / "notebot.toml")
    assert file.set_elsewhere("ollama_host") == file.set_elsewhere("links") == ""
    with pytest.raises(SettingsError, match="NOTEBOT_MODEL"):
        file.change({"model": "auto"})
    assert file.change({"ollama_host": "http://127.0.0.1:8"}).settings.ollama_host == "http://127.0.0.1:8"


def test_edits_by_hand_in_between_are_kept(around: Surroundings) -> None:
    file = opened(around)
    around.user_config.mkdir()
    file.path.write_text("passages = 8\n")
    assert file.change({"model": "packaged"}).settings.passages == 8


def test_a_file_that_cannot_be_written_stays_as_it_was(around: Surroundings) -> None:
    around.user_config.write_text("a file in the way")
    with pytest.raises(SettingsError, match="cannot be written"):
        opened(around).change({"model": "packaged"})


def test_it_is_replaced_as_a_whole_and_keeps_its_permissions_and_its_link(around: Surroundings) -> None:
    around.user_config.mkdir()
    real = around.home / "dotfiles.toml"
    real.write_text("passages = 8\n")
    real.chmod(0o640)
    (around.user_config / "notebot.toml").symlink_to(real)
    before = real.stat().st_ino
    opened(around).change({"passages": 7})
    assert real.read_text() == "passages = 7\n"
    assert real.stat().st_ino != before
    assert real.stat().st_mode & 0o777 == 0o640
    assert (around.user_config / "notebot.toml").is_symlink()
    assert [path.name for path in around.home.glob(".notebot-*")] == []


def test_a_byte_order_mark_of_an_editor_is_no_obstacle(around: Surroundings) -> None:
    around.user_config.mkdir()
    (around.user_config / "notebot.toml").write_bytes(b"\xef\xbb\xbfpassages = 8\n")
    file = opened(around)
    assert file.change({"passages": 7}).settings.passages == 7
