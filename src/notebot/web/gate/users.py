"""Who may sign in: names with hashes of their passwords and tokens, in one file that only its owner can read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from filelock import FileLock

from notebot.errors import NotebotError, UsageError

FILE = "users.json"
FORMAT_VERSION = 1  # bump when a user's fields or their meaning change
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
SHORTEST = 10  # characters of a password
LONGEST = 1024  # the same; what is longer only costs time to hash
TOKEN_BYTES = 32  # at random: a plain digest of it cannot be guessed, unlike one of a password
PREFIX = "nb_"  # by which scanners for leaked secrets know a token
DAY = 86_400.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class User:
    """One user. `password` is an argon2id hash, `token` a SHA-256 in hex; empty where there is none.

    `expires` is when the token ends, in seconds since 1970; 0 for never.
    """

    name: str
    password: str = ""
    token: str = ""
    expires: float = 0.0


class Users:
    """The users of the data folder `data`. The file is read anew when it has changed. Safe to share between threads.

    A file that cannot be read lets nobody in: the server goes on, and says so in its log.
    """

    def __init__(self, data: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.path = data / FILE
        self._clock = clock
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex())  # so that an unknown name takes as long as a known one
        self._lock = threading.Lock()
        self._stamp: tuple[int, ...] = ()
        self._users: Mapping[str, User] = MappingProxyType({})

    def names(self) -> list[str]:
        """In order. Raises NotebotError when the file is there and cannot be used."""
        return sorted(read(self.path))

    def user(self, name: str) -> User | None:
        """The user as the file has them now."""
        return self._now().get(name)

    def knows(self, name: str, password: str) -> bool:
        """Whether this is the password of `name`. Takes the same time whatever is wrong: about 0.1 s, and 64 MB."""
        user = self.user(name)
        kept = user.password if user and user.password else self._nobody
        try:
            same = self._hasher.verify(kept, password[:LONGEST])
        except (Argon2Error, InvalidHashError):
            return False
        return same and kept is not self._nobody

    def owner(self, token: str) -> User | None:
        """Whose token this is, if it has not expired. Looks at every user, so that the time says nothing."""
        return self.owner_of_digest(digest(token))

    def owner_of_digest(self, found: str) -> User | None:
        """The same for a token's digest."""
        owner = None
        for user in self._now().values():
            if hmac.compare_digest(user.token, found):
                owner = user
        return owner if owner and owner.token and (not owner.expires or self._clock() < owner.expires) else None

    def add(self, name: str, password: str = "") -> None:
        """Add a user, or give one that is there another password, which ends their sessions. Raises UsageError, NotebotError."""
        if not NAME.fullmatch(name):
            raise UsageError(f"A name has small letters, digits and . _ @ -, and at most 64 of them. {name[:80]!r} is none.")
        if password and not SHORTEST <= len(password) <= LONGEST:
            raise UsageError(f"A password has from {SHORTEST} to {LONGEST:,} characters. A few unrelated words make a good one.")
        with self._changing() as users:
            user = users.get(name, User(name))
            users[name] = replace(user, password=self._hasher.hash(password)) if password else user

    def new_token(self, name: str, *, days: int = 0) -> str:
        """A new token for a user, in place of the one they had; it ends after `days`, or never. Kept nowhere.

        Raises UsageError when there is no such user.
        """
        token = PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(TOKEN_BYTES)).rstrip(b"=").decode()
        with self._changing() as users:
            known = _known(users, name)
            users[name] = replace(known, token=digest(token), expires=self._clock() + days * DAY if days else 0.0)
        return token

    def remove(self, name: str) -> None:
        """Remove a user; a running server cuts them off within seconds. Raises UsageError when there is no such user."""
        with self._changing() as users:
            del users[_known(users, name).name]

    def _changing(self) -> _Change:
        return _Change(self.path)

    def _now(self) -> Mapping[str, User]:
        with self._lock:
            stamp: tuple[int, ...] = ()
            with suppress(OSError):
                found = self.path.stat()
                stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if stamp != self._stamp:
                self._stamp = stamp
                self._users = MappingProxyType(self._read_anew())
            return self._users

    def _read_anew(self) -> dict[str, User]:
        try:
            if self.path.exists() and self.path.stat().st_mode & 0o077:
                log.warning("%s can be read by other users of this machine. Run: chmod 600 %s", self.path, self.path)
            return read(self.path)
        except NotebotError as error:
            log.warning("Nobody can sign in: %s", error)
            return {}


class _Change:
    """The users for as long as a `with` block changes them; written when it ends well. One process at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.chmod(0o700)
        except OSError as error:
            raise _cannot_write(path, error) from error
        self._lock = FileLock(path.with_suffix(".lock"), mode=0o600)
        self._users: dict[str, User] = {}

    def __enter__(self) -> dict[str, User]:
        self._lock.acquire()
        try:
            self._users = read(self._path)
        except BaseException:
            self._lock.release()
            raise
        return self._users

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            if kind is None:
                write(self._path, self._users)
        finally:
            self._lock.release()


def read(path: Path) -> dict[str, User]:
    """The users in a file; none if there is no file. Raises NotebotError when it cannot be used."""
    try:
        held = json.loads(path.read_bytes())
        if held["version"] != FORMAT_VERSION:
            raise NotebotError(f"{path} was written by another version of notebot. Use that version, or add the users anew.")
        users = [User(**fields) for fields in held["users"]]
        if not all(isinstance(value, str) for user in users for value in (user.name, user.password, user.token)):
            raise TypeError
        return {user.name: replace(user, expires=float(user.expires)) for user in users}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise NotebotError(f"{path} cannot be read: {error.strerror}. Make it readable for yourself: chmod 600 {path}") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotebotError(f"{path} is damaged. Put a copy in its place, or delete it and add the users anew.") from error


def write(path: Path, users: Mapping[str, User]) -> None:
    """Replace the file, 0600, at once. Raises NotebotError."""
    held = {"version": FORMAT_VERSION, "users": [asdict(users[name]) for name in sorted(users)]}
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".users-")  # 0600 from its first moment
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(held, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _cannot_write(path, error) from error


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _known(users: Mapping[str, User], name: str) -> User:
    if name not in users:
        raise UsageError(f"There is no user {name[:80]!r}. See who there is: notebot users list")
    return users[name]


def _cannot_write(path: Path, error: OSError) -> NotebotError:
    return NotebotError(
        f"{path} cannot be written: {error.strerror}. Choose another folder with --data, or make this one writable."
    )
