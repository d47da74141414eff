"""Settings: which layer wins, what is refused, and what the refusal says."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from notebot.errors import SettingsError
from notebot.settings import Settings, Surroundings, address, expected, load


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    """An empty machine: no variables, no files."""
    folders = {name: tmp_path / name for name in ("folder", "home", "user_config", "user_data")}
    for folder in folders.values():
        folder.mkdir()
    return Surroundings({}, **folders)


def with_variables(around: Surroundings, variables: dict[str, str]) -> Surroundings:
    return replace(around, environment=variables)


def refusal(around: Surroundings, flags: dict[str, object] | None = None) -> str:
    with pytest.raises(SettingsError) as refused:
        load(flags, around=around)
    return str(refused.value)


def test_defaults_are_absolute_and_say_so(around: Surroundings) -> None:
    loaded = load(around=around)
    assert loaded.settings.knowledge == (around.folder / "knowledge",)
    assert loaded.settings.data.parent == around.user_data
    assert loaded.settings.model == "auto"
    assert set(loaded.origins.values()) == {"default"}
    assert set(loaded.origins) == set(Settings.model_fields)


def test_input_90_each_layer_outranks_the_next(around: Surroundings) -> None:
    project, user = around.folder / "notebot.toml", around.user_config / "notebot.toml"
    user.write_text('model = "user"\npassages = 3\nport = 1000\nhost = "h"\nollama_host = "from-user:1"\n')
    project.write_text('model = "project"\npassages = 4\nport = 2000\n')
    here = with_variables(around, {"NOTEBOT_MODEL": "variable", "NOTEBOT_PASSAGES": "5", "OLLAMA_HOST": "ollama:2"})
    loaded = load({"model": "flag", "data": None}, around=here)
    chosen = loaded.settings
    assert (chosen.model, chosen.passages, chosen.port, chosen.host) == ("flag", 5, 2000, "h")
    assert chosen.ollama_host == "http://from-user:1"
    assert {key: loaded.origins[key] for key in ("model", "passages", "port", "host", "data")} == {
        "model": "argument",
        "passages": "NOTEBOT_PASSAGES",
        "port": str(project),
        "host": str(user),
        "data": "default",
    }


def test_ollama_host_is_heard_when_nothing_else_speaks(around: Surroundings) -> None:
    loaded = load(around=with_variables(around, {"OLLAMA_HOST": "0.0.0.0:4000"}))
    assert loaded.settings.ollama_host == "http://127.0.0.1:4000"
    assert loaded.origins["ollama_host"] == "OLLAMA_HOST"


def test_paths_count_from_where_they_are_written(around: Surroundings) -> None:
    (around.user_config / "notebot.toml").write_text('knowledge = ["notes", "~/wiki"]\ndata = "../index"\n')
    chosen = load(around=around).settings
    assert chosen.knowledge == (around.user_config / "notes", around.home / "wiki")
    assert chosen.data == around.user_config.parent / "index"
    assert load({"data": "d"}, around=around).settings.data == around.folder / "d"


def test_one_folder_may_stand_without_a_list(around: Surroundings) -> None:
    (around.folder / "notebot.toml").write_text('knowledge = "notes"')
    assert load(around=around).settings.knowledge == (around.folder / "notes",)


def test_variable_names_several_folders(around: Surroundings) -> None:
    here = with_variables(around, {"NOTEBOT_KNOWLEDGE": os.pathsep.join(["a", "/b", ""])})
    assert load(around=here).settings.knowledge == (around.folder / "a", Path("/b"))


def test_each_set_of_folders_has_its_own_index(around: Surroundings) -> None:
    def data(*folders: str) -> Path:
        return load({"knowledge": folders}, around=around).settings.data

    assert data("a", "b").name[-8:] == data("b", "a").name[-8:]
    assert len({data("a"), data("b"), data("a", "b"), data("sub/a")}) == 4
    assert data("my notes!").name.startswith("my-notes-")


def test_a_model_file_in_a_settings_file_counts_from_there(around: Surroundings) -> None:
    (around.user_config / "notebot.toml").write_text('model = "models/tiny.gguf"')
    assert load(around=around).settings.model == str(around.user_config / "models" / "tiny.gguf")


def test_input_87_unknown_key_names_key_file_and_the_likely_one(around: Surroundings) -> None:
    file = around.folder / "notebot.toml"
    file.write_text("passage = 3")
    assert refusal(around) == f"Unknown setting 'passage' in {file}. Did you mean 'passages'?"
    file.write_text("[table]\nx = 1")
    assert "Unknown setting 'table'" in refusal(around)
    assert "Known: knowledge, data, model" in refusal(around)


def test_unknown_variable_is_named_whole(around: Surroundings) -> None:
    assert (
        refusal(with_variables(around, {"NOTEBOT_MODLE": "x"})) == "Unknown variable NOTEBOT_MODLE. Did you mean 'NOTEBOT_MODEL'?"
    )


def test_an_unknown_key_is_refused_in_a_layer_that_loses(around: Surroundings) -> None:
    (around.user_config / "notebot.toml").write_text("typo = 1")
    (around.folder / "notebot.toml").write_text("port = 1")
    assert "'typo'" in refusal(around)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("port = 99999", "port in {file} is '99999', but it must be a whole number from 0 to 65535."),
        ("port = -1", "a whole number from 0 to 65535"),
        ('port = "7860"', "port in {file} is '7860', but it must be a whole number"),
        ("port = true", "a whole number"),
        ("port = nan", "a whole number"),
        ("passages = 0", "passages in {file} is '0', but it must be a whole number from 1 to 50."),
        ("context_tokens = 1", "a whole number from 512 to 1048576"),
        ("model = 3", "model in {file} is '3', but it must be a text that is not empty."),
        ('model = ""', "a text that is not empty"),
        ("data = 3", "data in {file} must be a folder."),
        ('data = ""', "data in {file} must be a folder."),
        ('knowledge = ["a", 3]', "knowledge in {file} must be a folder, or a list of folders."),
        ("knowledge = []", "knowledge in {file} is '()', but it must be a folder, or a list of folders."),
        ('knowledge = "a\\u0000b"', "knowledge in {file} must be a folder"),
        ('ollama_host = "ftp://x"', "ollama_host in {file} is 'ftp://x', but it must be an address like"),
        ('ollama_host = "http://me:secret@x"', "ollama_host in {file} is 'http://...@x', but it must be an address like"),
        ('ollama_host = "me:secret@x"', "ollama_host in {file} is '...@x', but it must be an address like"),
        ('hosts = ["https://x/"]', "a list of names like notes.example.org"),
        ('hosts = ["*"]', "a list of names like notes.example.org"),
        ('proxies = "127.0.0.1"', "a list of addresses like 127.0.0.1"),
        ('log = "loud"', "log in {file} is 'loud', but it must be off, warning, info or debug."),
        ("requests_per_minute = -1", "a whole number from 0 to 1000000"),
        ('sign_in = "yes"', "true or false"),
        ("answer_tokens = 3000", "answer_tokens (3000) must be at most half of context_tokens (4096)"),
    ],
)
def test_input_88_wrong_value_names_key_value_range_and_place(around: Surroundings, line: str, wanted: str) -> None:
    file = around.folder / "notebot.toml"
    file.write_text(line)
    assert wanted.format(file=file) in refusal(around)


def test_wrong_variable_is_named_as_it_was_set(around: Surroundings) -> None:
    said = refusal(with_variables(around, {"NOTEBOT_PORT": "many"}))
    assert said == "NOTEBOT_PORT is 'many', but it must be a whole number from 0 to 65535."
    assert refusal(with_variables(around, {"OLLAMA_HOST": "a b"})).startswith("OLLAMA_HOST is 'a b', but it must be an address")


def test_lists_of_domains_and_switches_in_every_layer(around: Surroundings) -> None:
    (around.folder / "notebot.toml").write_text('links_allow = ["example.org"]\nlinks = false\n')
    settings = load(around=around).settings
    assert (settings.links_allow, settings.links, settings.watch) == (("example.org",), False, True)
    variables = {"NOTEBOT_LINKS_ALLOW": "a.org, b.org c.org", "NOTEBOT_LINKS": "true", "NOTEBOT_WATCH": "0"}
    settings = load(around=replace(around, environment=variables)).settings
    assert (settings.links_allow, settings.links, settings.watch) == (("a.org", "b.org", "c.org"), True, False)
    for name, value in (("NOTEBOT_LINKS_DENY", "http://a.org/b"), ("NOTEBOT_LINKS", "perhaps"), ("NOTEBOT_LINKS_DAYS", "-1")):
        with pytest.raises(SettingsError, match=name):
            load(around=replace(around, environment={name: value}))


def test_lists_of_names_in_a_variable(around: Surroundings) -> None:
    here = with_variables(around, {"NOTEBOT_HOSTS": "Notes.example.org, 10.0.0.7", "NOTEBOT_PROXIES": "127.0.0.1 ::1"})
    chosen = load(around=here).settings
    assert chosen.hosts == ("notes.example.org", "10.0.0.7")
    assert chosen.proxies == ("127.0.0.1", "::1")


def test_an_empty_variable_is_none(around: Surroundings) -> None:
    assert load(around=with_variables(around, {"NOTEBOT_MODEL": ""})).settings.model == "auto"


def test_input_86_broken_toml_names_line_and_column(around: Surroundings) -> None:
    file = around.folder / "notebot.toml"
    file.write_text("port = 1\nmodel = = 2\n")
    assert f"{file} is not valid TOML" in refusal(around)
    assert "line 2, column 9" in refusal(around)
    file.write_text("port = 1\nmodel =")
    assert "line 2, column 8" in refusal(around)


def test_unreadable_files_are_one_sentence(around: Surroundings) -> None:
    file = around.folder / "notebot.toml"
    file.write_bytes(b"\xff\xfeport")
    assert "is not UTF-8 text" in refusal(around)
    file.unlink()
    file.mkdir()
    assert "cannot be read: Is a directory" in refusal(around)


def test_a_byte_order_mark_is_no_error(around: Surroundings) -> None:
    (around.folder / "notebot.toml").write_bytes(b"\xef\xbb\xbfport = 5")
    assert load(around=around).settings.port == 5


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("localhost", "http://localhost:11434"),
        ("box:80", "http://box:80"),
        (":9", "http://127.0.0.1:9"),
        ("http://box", "http://box:80"),
        ("https://box/ollama/", "https://box:443/ollama"),
        ("[::1]:5", "http://[::1]:5"),
        ("[::]", "http://[::1]:11434"),
    ],
)
def test_addresses_as_people_write_them(written: str, meant: str) -> None:
    assert address(written) == meant
    assert address(meant) == meant


@pytest.mark.parametrize("written", ["", "a b", "ftp://x", "x:99999", "x:0", "user@box", "http://", "x\x00y", "x\\y", "[::1"])
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="address like"):
        address(written)


def test_settings_are_frozen_and_closed(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]  # that is the point
    with pytest.raises(ValidationError):
        Settings(data=tmp_path, prot=1)  # type: ignore[call-arg]  # that is the point


def test_every_setting_says_what_it_must_be_and_is_documented() -> None:
    page = (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
    for key, field in Settings.model_fields.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{key}`"))
        assert expected(key) in row
        assert (field.description or "?") in row


def test_this_process_is_read_when_nothing_is_passed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("NOTEBOT_PORT", "123")
    here = Surroundings.here()
    assert here.folder == tmp_path
    assert load().settings.port == 123
