"""What settings are read from, besides files: variables, folders, and a server's address as people write it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from notebot.errors import SettingsError

OLLAMA_PORT = 11434


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that `load` reads besides its argument: variables, the current folder, and the user's three folders."""

    environment: Mapping[str, str]
    folder: Path
    home: Path
    user_config: Path
    user_data: Path

    @classmethod
    def here(cls) -> Surroundings:
        """Those of this process, now."""
        import platformdirs

        try:
            folder, home = Path.cwd(), Path.home()
        except (OSError, RuntimeError) as error:
            raise SettingsError(
                f"The current folder or your home folder cannot be found ({error}). Change to a folder that exists."
            ) from error
        config, data = platformdirs.user_config_path("notebot"), platformdirs.user_data_path("notebot")
        return cls(MappingProxyType(dict(os.environ)), folder, home, config, data)


def address(text: str) -> str:
    """Turn what people write for OLLAMA_HOST (`host`, `host:port`, `0.0.0.0`, a URL) into the URL to connect to.

    Raises ValueError when no host can be read in it.
    """
    wanted = "must be an address like http://127.0.0.1:11434 or host:port."
    scheme, found, rest = text.strip().partition("://")
    scheme, rest = (scheme.lower(), rest) if found else ("http", text.strip())
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname or "127.0.0.1", parts.port
    except ValueError as error:
        raise ValueError(wanted) from error
    if scheme not in {"http", "https"} or "@" in rest or not rest or re.search(r"[\s\x00-\x1f\\]", rest) or port == 0:
        raise ValueError(wanted)
    if port is None:
        port = {"http": 80, "https": 443}[scheme] if found else OLLAMA_PORT
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  a server's "listen everywhere" is no address to connect to
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{parts.path.rstrip('/')}"
