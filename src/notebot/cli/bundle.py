"""What helps to find a fault, as one object: versions, settings, findings and counts. Never a word of notes or questions."""

from __future__ import annotations

import os
import platform
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

from notebot import __version__
from notebot.errors import NotebotError
from notebot.render.objects import SCHEMA

if TYPE_CHECKING:
    from notebot.bot import Bot
    from notebot.doctor import Check
    from notebot.settings import Loaded
    from notebot.states import IndexState

HIDDEN = "(hidden)"
NAME = re.compile(r"[A-Za-z0-9._-]+")  # of a package, at the beginning of what is required
ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?:[^\s/@]*@)?(?P<host>[^\s/?#]*)(?P<path>[^\s?#]*)(?:[?#]\S*)?", re.I)
CHOICES = frozenset(
    ("auto", "packaged", "smollm2", "minilm", "none", "127.0.0.1", "localhost")
)  # words that say nothing of anybody


def bundle_json(loaded: Loaded, checks: Sequence[Check], bot: Bot, *, redact: bool) -> dict[str, object]:
    """The whole bundle. User names, passwords and queries in addresses are never in it.

    With `redact` no text is that a person has typed, no name of a note, folder, model or machine either: of a setting only
    whether it is set, of a finding only how it ended.
    """
    return {
        "schema": SCHEMA,
        "notebot": __version__,
        "redacted": redact,
        "python": platform.python_version(),
        "system": {"name": platform.system(), "machine": platform.machine(), "cores": os.cpu_count()},
        "packages": _packages(),
        "settings": _settings(loaded, redact=redact),
        "checks": [_check(check, redact=redact) for check in checks],
        "index": _index(bot),
        "log": "notebot keeps none. To have one: notebot web --log-level info 2>> notebot.log",
    }


def _packages() -> dict[str, str | None]:
    """What notebot is built on, as it is installed; null for what an extra would bring."""
    names = {found.group() for line in requires("notebot") or () if (found := NAME.match(line))}
    return {name: _version(name) for name in sorted(names, key=str.lower)}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _settings(loaded: Loaded, *, redact: bool) -> dict[str, object]:
    values: Mapping[str, object] = loaded.settings.model_dump(mode="json")
    shown: dict[str, object] = {}
    for key, value in values.items():
        origin = loaded.origins[key]
        if redact and origin not in ("default", "argument"):
            origin = "variable" if origin.isupper() else "file"
        shown[key] = {"value": _without_names(value) if redact else _cleaned(value), "origin": origin}
    return shown


def _without_names(value: object) -> object:
    """Numbers, switches and words that are offered stay; of all else, how much there is."""
    match value:
        case str() if value in CHOICES or not value:
            return value
        case str():
            return HIDDEN
        case list():
            return [HIDDEN] * len(value)
        case _:
            return value


def _cleaned(value: object) -> object:
    match value:
        case str():
            return _bare(value)
        case list():
            return [_cleaned(each) for each in value]
        case _:
            return value


def _bare(text: str) -> str:
    """Addresses without who asks and what is asked."""
    return ADDRESS.sub(lambda found: f"{found['scheme']}{found['host']}{found['path']}", text)


def _check(check: Check, *, redact: bool) -> dict[str, object]:
    if redact:
        return {"name": check.name, "state": check.state}
    return {key: _bare(value) for key, value in asdict(check).items()}


def _index(bot: Bot) -> dict[str, object]:
    """How much there is; of an index that cannot be used, the kind of error."""
    try:
        state = bot.state()
    except NotebotError as error:
        return {"unusable": type(error).__name__}
    return {
        "notes": _by_state(state, "note"),
        "pages": _by_state(state, "page"),
        "passages": state.chunks,
        "without_vectors": state.unembedded,
        "stubs": len(state.stubs),
        "links": state.links,
        "generation": state.generation,
        "ingested_at": state.ingested_at,
    }


def _by_state(state: IndexState, kind: str) -> dict[str, int]:
    states: Iterable[str] = (source.state for source in state.sources if source.kind == kind)
    return dict(sorted(Counter(states).items()))
