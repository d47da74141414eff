"""Users in their file: what is kept, what is refused, and that a change is heard of."""

from __future__ import annotations

import json
import logging
import statistics
import threading
import time
from pathlib import Path

import pytest

from notebot.errors import NotebotError, UsageError
from notebot.web.gate.users import DAY, PREFIX, Users, digest

PASSWORD = "correct horse battery"  # noqa: S105  it opens nothing


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return Users(tmp_path / "data")


def test_a_password_is_known_again_and_kept_as_a_hash(users: Users) -> None:
    users.add("ada", PASSWORD)
    assert users.knows("ada", PASSWORD)
    assert not users.knows("ada", f"{PASSWORD}!")
    assert not users.knows("bob", PASSWORD)
    kept = users.path.read_text()
    assert PASSWORD not in kept
    assert '"$argon2id$' in kept


def test_a_token_is_shown_once_and_kept_as_a_digest(users: Users) -> None:
    users.add("ada", PASSWORD)
    token = users.new_token("ada")
    assert token.startswith(PREFIX)
    assert len(token) >= 43
    assert token not in users.path.read_text()
    owner = users.owner(token)
    assert owner is not None
    assert owner.name == "ada"
    assert users.owner(token + "x") is None
    assert users.owner("") is None
    assert users.owner_of_digest("") is None
    another = users.new_token("ada")
    assert users.owner(token) is None
    assert users.owner(another) is not None
    assert users.knows("ada", PASSWORD)  # a token takes nothing away


def test_a_user_without_a_token_has_no_empty_one(users: Users) -> None:
    users.add("ada", PASSWORD)
    users.add("bob", PASSWORD)
    assert users.owner("") is None
    assert users.owner_of_digest("") is None


def test_input_98_a_token_that_has_expired(tmp_path: Path) -> None:
    now = [1_000_000.0]
    users = Users(tmp_path, clock=lambda: now[0])
    users.add("ada")
    token = users.new_token("ada", days=2)
    now[0] += 2 * DAY - 1
    assert users.owner(token)
    now[0] += 2
    assert users.owner(token) is None


def test_a_user_with_a_token_alone_has_no_password_that_works(users: Users) -> None:
    users.add("editor")
    assert not users.knows("editor", "")
    assert not users.knows("editor", PASSWORD)


def test_files_are_for_their_owner_alone(users: Users) -> None:
    users.path.parent.mkdir(mode=0o755)
    users.add("ada", PASSWORD)
    assert users.path.stat().st_mode & 0o777 == 0o600
    assert users.path.parent.stat().st_mode & 0o777 == 0o700
    users.new_token("ada")
    assert users.path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in users.path.parent.iterdir()) in (["users.json"], ["users.json", "users.lock"])


def test_another_process_s_changes_are_heard_of(users: Users) -> None:
    users.add("ada", PASSWORD)
    assert users.knows("ada", PASSWORD)
    other = Users(users.path.parent)
    other.add("bob", PASSWORD)
    other.remove("ada")
    assert not users.knows("ada", PASSWORD)
    assert users.user("bob")
    assert users.names() == ["bob"]
    users.path.unlink()
    assert users.user("bob") is None


@pytest.mark.parametrize("name", ["", "Ada", "a b", "-a", "a" * 65, "../a", "a\n", "ä", "<b>"])
def test_names_that_are_none(users: Users, name: str) -> None:
    with pytest.raises(UsageError, match="small letters"):
        users.add(name, PASSWORD)
    assert not users.path.exists()


@pytest.mark.parametrize("password", ["short", "x" * 9, "x" * 1025])
def test_passwords_that_are_too_short_or_too_long(users: Users, password: str) -> None:
    with pytest.raises(UsageError, match="from 10 to 1,024"):
        users.add("ada", password)


def test_unknown_users_are_named_with_a_way_out(users: Users) -> None:
    for act in (users.remove, users.new_token):
        with pytest.raises(UsageError, match="notebot users list"):
            act("ada")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"version": 1}', '{"version": 1, "users": [1]}', '{"version": 1, "users": [{"name": 3}]}',
     '{"version": 1, "users": [{"name": "a", "role": "admin"}]}', '{"version": 1, "users": [{"name": "a", "expires": "soon"}]}',
     "[" * 100_000],
)  # fmt: skip
def test_input_86_a_damaged_file_lets_nobody_in_and_is_not_written_over(users: Users, text: str) -> None:
    users.path.parent.mkdir()
    users.path.write_text(text)
    with pytest.raises(NotebotError, match="is damaged"):
        users.names()
    assert users.owner("x") is None
    assert not users.knows("a", "x")
    with pytest.raises(NotebotError, match="is damaged"):
        users.add("ada", PASSWORD)
    assert users.path.read_text() == text


def test_a_newer_file_is_refused_as_such(users: Users) -> None:
    users.path.parent.mkdir()
    users.path.write_text(json.dumps({"version": 2, "users": []}))
    with pytest.raises(NotebotError, match="another version"):
        users.names()


def test_input_89_a_file_that_others_can_read_is_warned_of(users: Users, caplog: pytest.LogCaptureFixture) -> None:
    users.add("ada", PASSWORD)
    users.path.chmod(0o644)
    with caplog.at_level(logging.WARNING):
        assert users.user("ada")
    assert f"chmod 600 {users.path}" in caplog.text


def test_input_94_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(NotebotError, match="Choose another folder with --data"):
        Users(tmp_path / "data").add("ada", PASSWORD)


def test_many_at_once_lose_no_user(users: Users) -> None:
    threads = [threading.Thread(target=Users(users.path.parent).add, args=(f"u{number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(users.names()) == 20


def test_input_98_unknown_and_known_names_take_the_same_time(users: Users) -> None:
    users.add("ada", PASSWORD)
    users.add("editor")

    def seconds(name: str) -> float:
        begin = time.perf_counter()
        assert not users.knows(name, "wrong password")
        return time.perf_counter() - begin

    taken: dict[str, list[float]] = {"ada": [], "nobody": [], "editor": []}
    for _ in range(7):  # in turns, so that a busy machine is busy for all of them
        for name, times in taken.items():
            times.append(seconds(name))
    least = {name: min(times) for name, times in taken.items()}
    assert min(least.values()) > 0.005  # a hash was really made
    assert max(least.values()) < 1.5 * min(least.values()), (least, statistics.median(taken["ada"]))


def test_digests_differ() -> None:
    assert digest("a") != digest("b")
    assert len(digest("\udc80")) == 64
