"""Change settings in the user's notebot.toml: checked first, comments kept, written as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from notebot.errors import SettingsError
from notebot.settings import FILE_NAME, Loaded, load
from notebot.surroundings import Surroundings


class SettingsFile:
    """The settings of this process, and the file in which a person may change them. Safe to share between threads.

    `flags` are those of the command line, as `settings.load` takes them; they and the variables stay as they were at the start.
    """

    def __init__(self, flags: Mapping[str, object], *, around: Surroundings | None = None) -> None:
        self._flags = dict(flags)
        self._around = around or Surroundings.here()
        self._lock = threading.Lock()
        self.path = self._around.user_config / FILE_NAME
        self.loaded = load(self._flags, around=self._around)

    def set_elsewhere(self, key: str) -> str:
        """In words, what sets `key` with more right than the file has; empty if the file decides."""
        origin = self.loaded.origins[key]
        if origin in ("default", "OLLAMA_HOST", str(self.path)):
            return ""
        return f"--{key.replace('_', '-')} of the command line" if origin == "argument" else origin

    def change(self, values: Mapping[str, object]) -> Loaded:
        """Write these settings into the file, and read all settings anew. What is as it was already is not written.

        Raises SettingsError, and leaves the file as it was, where a value cannot be used, where something with more right sets
        it, or where the file cannot be read or written.
        """
        with self._lock:
            self.loaded = load(self._flags, around=self._around)  # somebody may have edited the file meanwhile
            now = {key: _written(value) for key, value in self.loaded.settings}
            wanted = {key: value for key, value in values.items() if key not in now or value != now[key]}
            if not wanted:
                return self.loaded
            load({**self._flags, **wanted}, around=self._around)  # the check: nothing is written yet
            for key in wanted:
                if other := self.set_elsewhere(key):
                    raise SettingsError(f"{key} is set by {other}, which counts more than {self.path}. Change it there.")
            _write(self.path, _with(self.path, wanted))
            self.loaded = load(self._flags, around=self._around)
            return self.loaded


def _written(value: object) -> object:
    """A setting's value as it stands in a file."""
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    return str(value) if isinstance(value, Path) else value


def _with(path: Path, values: Mapping[str, object]) -> str:
    """The text of the file with these values in it, and all else as it is."""
    try:
        text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        document = tomlkit.parse(text)
        for key, value in values.items():
            document[key] = value
        return tomlkit.dumps(document)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Make it readable, or move it away.") from error
    except (TOMLKitError, UnicodeDecodeError, ValueError) as error:  # `load` has read it, so this is hardly ever met
        raise SettingsError(f"{path} cannot be changed: {error}. Mend it by hand.") from error


def _write(path: Path, text: str) -> None:
    """Put `text` into the file at once. A link is followed: dotfiles are often kept elsewhere."""
    target = Path(os.path.realpath(path))
    scratch = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=target.parent, prefix=".notebot-", delete=False
        ) as file:
            scratch = file.name
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            Path(scratch).chmod(target.stat().st_mode & 0o777)
        Path(scratch).replace(target)
    except OSError as error:
        with suppress(OSError):
            Path(scratch).unlink() if scratch else None
        raise SettingsError(f"{path} cannot be written: {error.strerror}. Check the permissions of its folder.") from error
