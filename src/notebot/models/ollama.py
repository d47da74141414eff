"""An Ollama server: whether it is there, which models it has, which of them is the best, and pulling another.

What goes wrong there is translated here, in one place: `translated` and `Translation`.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import ollama

from notebot.errors import ModelError, ModelFailed, ModelMissing, ModelUnreachable

CONNECT_SECONDS = 0.3  # a server on this machine answers in a millisecond; nobody waits for one that is not there
CONNECT_FAR_SECONDS = 3.0
LOOK_SECONDS = 10.0  # what is installed is answered from memory, also by a server that is busy
ANSWER_SECONDS = 300.0  # a large prompt on a CPU can take minutes before its first token
COMFORTABLE = 9e9  # parameters: the most that runs at reading speed on an ordinary laptop
CLOUD = "Ollama's cloud"
_EMBEDDING_NAMES = re.compile(r"bert|embed|minilm|bge|gte-|\be5", re.IGNORECASE)
_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that an Ollama server has. `size` in bytes; `parameters` and `context_limit` are 0 where it does not say.

    `remote` models are only listed there and run on somebody else's machine: the text of notes would leave this one.
    """

    name: str
    digest: str
    size: int
    parameters: float
    context_limit: int
    can_chat: bool
    can_embed: bool
    can_think: bool
    remote: bool


@dataclass(frozen=True, slots=True)
class PullProgress:
    """Where a download stands: `done` of `total` bytes of all its parts that are known so far, in Ollama's own words."""

    status: str
    done: int
    total: int


class OllamaServer:
    """The Ollama server at `address` (`http://host:port`). Nothing is asked of it before a method is called, and nothing
    stays open after one.

    Every method but `reachable` raises ModelUnreachable where it does not answer and ModelFailed where it answers
    with something that cannot be used. `answer_seconds` is how long it may be silent while a model works.
    """

    def __init__(self, address: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.address = address
        self.answer_seconds = answer_seconds
        self._client = _client(address, answer_seconds)
        self._look = _client(address, min(LOOK_SECONDS, answer_seconds))

    def reachable(self) -> bool:
        """Whether an Ollama server answers there, within a third of a second on this machine."""
        wait = httpx.Timeout(2.0, connect=timeout(self.address, 0).connect)
        try:
            reply = httpx.get(f"{self.address}/api/version", timeout=wait, trust_env=not is_loopback(self.address))
            return reply.status_code == httpx.codes.OK and "version" in reply.json()
        except (httpx.HTTPError, ValueError, TypeError):
            return False

    def installed(self) -> list[Installed]:
        """Every model the server has, by name."""
        with translated(self.address):
            listed = self._look.list().models
        names = sorted(model.model for model in listed if model.model)
        return [found for name in names if (found := self.find(name))]

    def find(self, name: str) -> Installed | None:
        """The installed model that Ollama would run for `name` (`qwen3` means `qwen3:latest`), or None."""
        with translated(self.address):
            listed = {model.model: model for model in self._look.list().models}
            entry = listed.get(name) or listed.get(f"{name}:latest")
            if entry is None or not entry.model:
                return None
            shown = self._look.show(entry.model)
        details = entry.details or shown.details
        info = shown.modelinfo or {}
        can_chat, can_embed = _kinds(entry.model, details.family if details else None, shown.capabilities)
        return Installed(
            name=entry.model,
            digest=entry.digest or "",
            size=int(entry.size or 0),
            parameters=_parameters(details.parameter_size if details else None),
            context_limit=next((int(value) for key, value in info.items() if key.endswith(".context_length")), 0),
            can_chat=can_chat,
            can_embed=can_embed,
            can_think="thinking" in (shown.capabilities or ()),
            remote=is_remote(entry.model),
        )

    def pull(self, name: str) -> Iterator[PullProgress]:
        """Download a model, yielding progress. Raises ModelFailed when it does not arrive whole."""
        parts: dict[str, tuple[int, int]] = {}
        status = ""
        with translated(self.address, model=name, doing=f"Model '{name}' could not be pulled"):
            for step in self._client.pull(name, stream=True):
                status = step.status or ""
                if step.digest and step.total:
                    parts[step.digest] = step.completed or 0, step.total
                yield PullProgress(status, sum(done for done, _ in parts.values()), sum(total for _, total in parts.values()))
        if status != "success":
            raise ModelFailed(
                f"Model '{name}' could not be pulled: the download ended early. Run it again; it goes on where it stopped."
            )

    def embed(self, name: str, texts: list[str]) -> list[list[float]]:
        """Vectors as the server gives them, one a text. A text longer than the model's window is an error, never cut."""
        with translated(self.address, model=name):
            return [list(row) for row in self._client.embed(name, texts, truncate=False).embeddings]


def best(models: list[Installed]) -> Installed | None:
    """The model that `auto` takes: the largest chat model that an ordinary laptop runs at reading speed, else the smallest.

    Models that run on somebody else's machine are never taken unasked. Equal sizes are decided by name.
    """
    usable = [model for model in models if model.can_chat and not model.remote]
    comfortable = [model for model in usable if model.parameters <= COMFORTABLE]
    if comfortable:
        return min(comfortable, key=lambda model: (-model.parameters, model.name))
    return min(usable, key=lambda model: (model.parameters, model.name), default=None)


@contextmanager
def translated(address: str, *, model: str = "", doing: str = "") -> Iterator[None]:
    """Turn what the ollama package and httpx raise into our errors. `doing` begins the message of a failure."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        found = Translation(address, model=model, doing=doing)(error)
        if found is None:
            raise
        raise found from error


@dataclass(frozen=True, slots=True)
class Translation:
    """An error of the ollama package or httpx -> ours, with what to do next; None for what is neither."""

    address: str
    model: str = ""
    doing: str = ""

    def __call__(self, error: Exception) -> ModelError | None:
        failed = self.doing or (f"Ollama's model '{self.model}' broke off" if self.model else f"Ollama at {self.address} failed")
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout() | ConnectionError():
                return ModelUnreachable(
                    f"Ollama does not answer at {self.address}. Start it with: ollama serve  (or use --model packaged)"
                )
            case ollama.ResponseError():
                return self._of_reply(error, failed)
            case httpx.TimeoutException():
                return ModelFailed(f"{failed}: Ollama was silent for too long. Try again, or choose a smaller model.")
            case httpx.HTTPError():
                return ModelFailed(f"{failed}: the connection to Ollama was cut. Look at Ollama's log, then try again.")
            case json.JSONDecodeError() | UnicodeDecodeError() | ValueError() | KeyError() | TypeError() | AttributeError():
                return ModelFailed(f"{failed}: what came from {self.address} is not Ollama's language. Is that address right?")
        return None

    def _of_reply(self, error: ollama.ResponseError, failed: str) -> ModelError:
        reason = " ".join(re.sub(r"<[^>]*>", " ", str(error.error)).split())[:200].rstrip(".") or "it gave no reason"
        if error.status_code == httpx.codes.NOT_FOUND and self.model:
            return missing(self.model)
        if error.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return ModelFailed(f"{failed}: Ollama is busy ({reason}). Try again in a moment.")
        return ModelFailed(f"{failed}: {reason}.")


def missing(name: str) -> ModelMissing:
    """The error for a model that the server does not have."""
    return ModelMissing(f"Model '{name}' is not installed. Run: ollama pull {name}")


def _client(address: str, seconds: float) -> ollama.Client:
    return ollama.Client(
        host=address,
        timeout=timeout(address, seconds),
        follow_redirects=False,  # a redirect could carry notes to another machine
        trust_env=not is_loopback(address),  # a proxy is for what is outside
        limits=httpx.Limits(max_keepalive_connections=0),  # so that nothing stays open that somebody must close
    )


def timeout(address: str, seconds: float) -> httpx.Timeout:
    """`seconds` of silence, and a short wait for the connection itself."""
    return httpx.Timeout(seconds, connect=CONNECT_SECONDS if is_loopback(address) else CONNECT_FAR_SECONDS)


def reader(address: str, *, remote: bool) -> str:
    """Who besides this machine reads what a model of the server at `address` is asked; empty if nobody."""
    if not is_loopback(address):
        return urlsplit(address).hostname or address
    return CLOUD if remote else ""


def is_remote(name: str) -> bool:
    """Whether an Ollama server only passes on what it is asked of this model: it runs in Ollama's cloud."""
    return bool(re.search(r"[:-]cloud$", name))


def is_loopback(address: str) -> bool:
    """Whether the address is this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _kinds(name: str, family: str | None, capabilities: list[str] | None) -> tuple[bool, bool]:
    """Whether it chats and whether it embeds; servers before 0.6 do not say, and there the names must do."""
    if capabilities:
        return "completion" in capabilities, "embedding" in capabilities
    embeds = bool(_EMBEDDING_NAMES.search(f"{name} {family or ''}"))
    return not embeds, embeds


def _parameters(text: str | None) -> float:
    """`134.52M` -> 134520000.0"""
    found = re.fullmatch(r"([\d.]+)\s*([KMBT])", text or "")
    return float(found[1]) * _UNITS[found[2]] if found else 0.0
