"""Settings: strict, frozen, read once, each with the place it came from.

what is passed in  >  NOTEBOT_*  >  ./notebot.toml  >  the user's notebot.toml  >  OLLAMA_HOST  >  defaults
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from notebot.errors import SettingsError
from notebot.surroundings import OLLAMA_PORT, Surroundings, address
from notebot.urls import matches

FILE_NAME = "notebot.toml"
PREFIX = "NOTEBOT_"

FORMS = {  # what a value looks like, where its type does not say it
    "knowledge": "a folder, or a list of folders",
    "data": "a folder",
    "editor": "none, obsidian or vscode",
    "reranker": "none, or llamaindex:MODULE.CLASS or llamaindex:MODULE.CLASS:MODEL",
    "ollama_host": "an address like http://127.0.0.1:11434 or host:port",
    "links_allow": "a list of domains like example.org",
    "links_deny": "a list of domains like example.org",
    "hosts": "a list of names like notes.example.org",
    "proxies": "a list of addresses like 127.0.0.1",
    "log": "off, warning, info or debug",
}

Text = Annotated[str, Field(min_length=1)]
Reranker = Annotated[str, Field(pattern=r"^(none|llamaindex:\w+(\.\w+)+(:.+)?)$")]
Editor = Literal["none", "obsidian", "vscode"]
Domains = tuple[Text, ...]
Log = Annotated[str, Field(pattern=r"^(off|warning|info|debug)$")]
LISTS = frozenset({"links_allow", "links_deny", "hosts", "proxies"})  # in a variable, with spaces or commas between


class Settings(BaseModel):
    """Everything that can be set. Paths are absolute when they come from `load`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    knowledge: Annotated[tuple[Path, ...], Field(min_length=1, description="Folders with your notes.")] = (Path("knowledge"),)
    data: Annotated[Path, Field(description="Folder that holds the index. By default one for each set of notes folders.")]
    model: Annotated[Text, Field(description="Chat model: `auto`, an Ollama name, `packaged`, or the path of a GGUF file.")] = (
        "auto"
    )
    embedder: Annotated[Text, Field(description="Embedding model. The index belongs to it.")] = "minilm"
    reranker: Annotated[Reranker, Field(description="LlamaIndex postprocessor that has the last word on the order.")] = "none"
    ollama_host: Annotated[Text, Field(description="Address of the Ollama server.")] = f"http://127.0.0.1:{OLLAMA_PORT}"
    context_tokens: Annotated[int, Field(ge=512, le=1_048_576, description="The model's window: prompt and answer together.")] = (
        4096
    )
    answer_tokens: Annotated[int, Field(ge=16, le=65_536, description="The longest answer. At most half the window.")] = 400
    passages: Annotated[int, Field(ge=1, le=50, description="Passages an answer rests on, besides neighbours of the best.")] = 6
    open: Annotated[bool, Field(description="Let the model add its own knowledge, apart from the answer and marked.")] = False
    links: Annotated[bool, Field(description="Read the web pages that the notes link to.")] = True
    links_allow: Annotated[Domains, Field(description="If any are named, only pages of these domains are fetched.")] = ()
    links_deny: Annotated[Domains, Field(description="Pages of these domains are never fetched.")] = ()
    links_per_run: Annotated[int, Field(ge=1, le=100_000, description="How many pages one ingest asks for at most.")] = 200
    links_days: Annotated[int, Field(ge=0, le=3650, description="Days after which a page is asked for again.")] = 7
    answers_at_once: Annotated[int, Field(ge=1, le=1000, description="Answers made at a time; further questions wait.")] = 2
    watch: Annotated[bool, Field(description="While the web page is served, follow changes in the notes.")] = True
    host: Annotated[Text, Field(description="Address that the web page listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535, description="Port that the web page listens on; 0 takes any free one.")] = 7860
    hosts: Annotated[
        Domains, Field(description="Names that others may ask the server by, besides the address it listens on.")
    ] = ()
    sign_in: Annotated[bool, Field(description="Ask for a name and a password on this machine, too. Elsewhere always.")] = False
    proxies: Annotated[Domains, Field(description="Reverse proxies that are believed about whom they ask for.")] = ()
    requests_per_minute: Annotated[
        int, Field(ge=0, le=1_000_000, description="Requests of one user a minute, where people sign in; 0 sets no limit.")
    ] = 600
    metrics: Annotated[bool, Field(description="Serve figures for Prometheus at /metrics.")] = True
    log: Annotated[Log, Field(description="What the server writes on standard error, as JSON lines: info is each request.")] = (
        "off"
    )
    tracing: Annotated[bool, Field(description="Send OpenTelemetry traces to where OTEL_EXPORTER_OTLP_ENDPOINT says.")] = False
    trace_content: Annotated[bool, Field(description="Put questions, answers and names of notes into traces.")] = False
    editor: Annotated[Editor, Field(description="Program in which the web page opens a note at its line.")] = "none"

    @field_validator("ollama_host")
    @classmethod
    def _reachable_address(cls, value: str) -> str:
        return address(value)

    @field_validator("hosts", mode="after")
    @classmethod
    def _server_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]+\]?", name) for name in value):
            raise ValueError("not names of hosts")
        return tuple(name.lower() for name in value)

    @field_validator("links_allow", "links_deny")
    @classmethod
    def _host_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        matches("", value)
        return value

    @model_validator(mode="after")
    def _answer_fits_window(self) -> Settings:
        if self.answer_tokens * 2 > self.context_tokens:
            raise ValueError(
                f"answer_tokens ({self.answer_tokens}) must be at most half of context_tokens ({self.context_tokens}): "
                "the question and the notes need the rest."
            )
        return self


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and for each of them where it was read: `default`, `argument`, a variable's name, or a file's path."""

    settings: Settings
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Layer:
    """Raw values of one origin. Relative paths in it count from `base`."""

    values: Mapping[str, object]
    origin: str
    base: Path


def load(flags: Mapping[str, object] | None = None, *, around: Surroundings | None = None) -> Loaded:
    """Read every layer; the first that has a key wins.

    `flags` maps names of settings to values; None counts as not given. `around` is this process unless passed in.
    Raises SettingsError, which names the key, the value and where it was read.
    """
    around = around or Surroundings.here()
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    for layer in _layers(flags or {}, around):
        for key, value in layer.values.items():
            _require_known(key, layer.origin)
            if key not in values:
                values[key] = _with_paths(key, value, layer.base, around.home)
                origins[key] = layer.origin
    if "knowledge" not in values:
        values["knowledge"] = (around.folder / "knowledge",)
    if "data" not in values:
        values["data"] = _default_data(values["knowledge"], around.user_data)
    settings = _validated(values, origins)
    return Loaded(settings, MappingProxyType({key: origins.get(key, "default") for key in Settings.model_fields}))


def expected(key: str) -> str:
    """What a setting's value must be, in words, for messages and documentation."""
    if key in FORMS:
        return FORMS[key]
    if Settings.model_fields[key].annotation is bool:
        return "true or false"
    limits = {
        name: value
        for bound in Settings.model_fields[key].metadata
        for name in ("ge", "le")
        if (value := getattr(bound, name, None)) is not None
    }
    return f"a whole number from {limits['ge']} to {limits['le']}" if limits else "a text that is not empty"


def _layers(flags: Mapping[str, object], around: Surroundings) -> tuple[_Layer, ...]:
    given = {key: value for key, value in flags.items() if value is not None}
    variables = {key: value for key, value in around.environment.items() if key.startswith(PREFIX) and value.strip()}
    layers = [_Layer(given, "argument", around.folder)]
    layers += [
        _Layer({key.removeprefix(PREFIX).lower(): _from_text(key, value)}, key, around.folder) for key, value in variables.items()
    ]
    layers += [_file(around.folder / FILE_NAME), _file(around.user_config / FILE_NAME)]
    if ollama := around.environment.get("OLLAMA_HOST", "").strip():
        layers.append(_Layer({"ollama_host": ollama}, "OLLAMA_HOST", around.folder))
    return tuple(layers)


def _from_text(variable: str, text: str) -> object:
    """A variable's text as the type that its setting has; left as text where it does not fit, for the check to name it."""
    key = variable.removeprefix(PREFIX).lower()
    if key == "knowledge":
        return [part for part in text.split(os.pathsep) if part.strip()]
    field = Settings.model_fields.get(key)
    if key in LISTS:
        return text.replace(",", " ").split()
    if field is not None and field.annotation is bool:
        return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower(), text)
    if field is not None and field.annotation is int and re.fullmatch(r"\s*[+-]?\d{1,18}\s*", text):
        return int(text)
    return text


def _file(path: Path) -> _Layer:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        values = tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        values = {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}. Make it readable, or move it away.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        lines = text.split("\n")
        place = str(error).replace("at end of document", f"at line {len(lines)}, column {len(lines[-1]) + 1}, the end")
        raise SettingsError(f"{path} is not valid TOML: {place}. Mend that line, or move the file away.") from error
    except RecursionError as error:
        raise SettingsError(f"{path} is nested too deeply. Settings are plain lines: key = value.") from error
    return _Layer(values, str(path), path.parent)


def _require_known(key: str, origin: str) -> None:
    if key in Settings.model_fields:
        return
    variable = origin.startswith(PREFIX)
    near = difflib.get_close_matches(key.lower().replace("-", "_"), Settings.model_fields, n=1, cutoff=0.6)
    meant = [f"{PREFIX}{name.upper()}" if variable else name for name in near]
    hint = f"Did you mean {meant[0]!r}?" if meant else f"Known: {', '.join(Settings.model_fields)}."
    where = f"Unknown variable {origin}." if variable else f"Unknown setting {key!r} in {origin}."
    raise SettingsError(f"{where} {hint}")


def _with_paths(key: str, value: object, base: Path, home: Path) -> object:
    """The value with its paths made absolute. What is no path is left as it is, for the check to name it."""
    if key == "data":
        return _path(value, base, home)
    if key == "knowledge":
        parts = value if isinstance(value, (list, tuple)) else (value,)
        return tuple(_path(part, base, home) for part in parts)
    if key == "model" and isinstance(value, str) and value.lower().endswith(".gguf"):
        return str(_path(value, base, home))
    if key in LISTS and isinstance(value, list):
        return tuple(value)
    return value


def _path(value: object, base: Path, home: Path) -> object:
    if not isinstance(value, (str, Path)) or not str(value).strip() or "\0" in str(value):
        return None  # no path at all: refused by the check
    text = str(value)
    path = home / text[2:] if text.startswith("~/") else home if text == "~" else base / text
    return Path(os.path.normpath(path))


def _default_data(knowledge: object, user_data: Path) -> Path | None:
    """One index for each set of notes folders, whatever the order they are named in."""
    folders = knowledge if isinstance(knowledge, tuple) else ()
    if not folders or None in folders:
        return None  # the check of `knowledge` has the better message
    names = sorted(str(folder.resolve()) for folder in folders)
    digest = hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()
    label = re.sub(r"[^\w.-]+", "-", folders[0].name).strip("-.")[:60] or "notes"
    return user_data / f"{label}-{digest[:8]}"


def _validated(values: Mapping[str, object], origins: Mapping[str, str]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    if not key:
        where = " and ".join(sorted({origins[name] for name in ("answer_tokens", "context_tokens") if name in origins}))
        raise SettingsError(f"{first['msg'].removeprefix('Value error, ')} Read from: {where}.")
    origin = origins.get(key, "default")
    shown = origin if origin.startswith((PREFIX, "OLLAMA_")) else key if origin == "argument" else f"{key} in {origin}"
    given = first["input"]
    written = re.sub(r"(//)?[^/@\s]*@", r"\1...@", str(given))  # what stands before it may be a password
    value = "" if given is None else f" is {written[:80]!r}, but it"  # None stands for what was no path
    raise SettingsError(f"{shown}{value} must be {expected(key)}.")
