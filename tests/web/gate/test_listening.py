"""Where a server listens, and whether people must sign in there."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebot.errors import NotebotError, UsageError
from notebot.settings import Settings
from notebot.web.gate.listening import OWN_NAMES, address_of_listener, listen, rules_of
from notebot.web.gate.users import Users

HERE = ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]"]
ELSEWHERE = ["0.0.0.0", "::", "[::]", "192.168.1.10", "example.com", ""]


@pytest.mark.parametrize("host", HERE)
def test_this_machine_alone_needs_no_users(tmp_path: Path, host: str) -> None:
    rules = rules_of(Settings(data=tmp_path), host)
    assert rules.entrance is None
    assert rules.hosts >= OWN_NAMES


@pytest.mark.parametrize("host", ELSEWHERE)
def test_elsewhere_nobody_is_let_in_without_users(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match=r"no password yet.*notebot users add NAME.*ssh -L"):
        rules_of(Settings(data=tmp_path, hosts=("notes.example.org",)), host)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_elsewhere_people_sign_in(tmp_path: Path, host: str) -> None:
    Users(tmp_path).add("ada", "correct horse battery")
    settings = Settings(data=tmp_path, hosts=("Notes.example.org", "2001:db8::1"), proxies=("10.0.0.1",), requests_per_minute=7)
    rules = rules_of(settings, host)
    assert rules.entrance is not None
    assert rules.entrance.users.names() == ["ada"]
    assert rules.hosts >= {"notes.example.org", "[2001:db8::1]", "localhost"}
    assert not rules.hosts & {"0.0.0.0", "[::]", ""}
    assert (rules.proxies, rules.requests_per_minute) == (frozenset({"10.0.0.1"}), 7)


def test_a_server_with_many_addresses_must_know_its_names(tmp_path: Path) -> None:
    Users(tmp_path).add("ada", "correct horse battery")
    with pytest.raises(UsageError, match=r"hosts = \["):
        rules_of(Settings(data=tmp_path), "0.0.0.0")
    assert "192.168.1.10" in rules_of(Settings(data=tmp_path), "192.168.1.10").hosts


def test_sign_in_can_be_asked_for_on_this_machine_too(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, sign_in=True)
    with pytest.raises(UsageError, match="`sign_in` is on"):
        rules_of(settings, "127.0.0.1")
    Users(tmp_path).add("ada", "correct horse battery")
    assert rules_of(settings, "127.0.0.1").entrance


def test_a_damaged_file_of_users_is_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text("{")
    with pytest.raises(NotebotError, match="is damaged"):
        rules_of(Settings(data=tmp_path), "0.0.0.0")


def test_an_address_to_open(tmp_path: Path) -> None:
    with listen("0.0.0.0", 0) as everywhere:
        assert address_of_listener(everywhere).startswith("http://127.0.0.1:")


def test_busy_port_is_named_with_a_way_out() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotebotError, match=f"Port {port} is already in use.*--port"):
            listen("127.0.0.1", port)


def test_port_out_of_range() -> None:
    with pytest.raises(NotebotError, match=r"cannot listen on 127\.0\.0\.1, port 70000"):
        listen("127.0.0.1", 70_000)
