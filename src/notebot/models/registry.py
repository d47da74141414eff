"""A name from the settings -> the model that answers, or that embeds.

    auto                              Ollama if it answers and has a chat model, else the packaged model
    packaged, smollm2                 SmolLM2, which comes with notebot
    any/path/to/model.gguf            llama.cpp in this process
    ollama/NAME, NAME                 a model of the Ollama server
    llamaindex:MODULE.CLASS:MODEL     any LlamaIndex LLM package that is installed; it may send text to another machine

Modules that cost a second to import (llama_index, ollama, onnxruntime) are imported when a model is opened.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from notebot.errors import ModelError, ModelFailed, ModelMissing
from notebot.models.packaged import MINILM, MINILM_TOKENIZER, SMOLLM2, PackagedModel, is_present, models_folder, packaged_path

if TYPE_CHECKING:
    from notebot.models.ollama import Installed, OllamaServer
    from notebot.models.ports import ChatModel, Embedder

PACKAGED_CHAT = "smollm2-135m (packaged)"
_PACKAGED_NAMES = {"packaged", "smollm2"}
_PACKAGED_EMBEDDERS = {"minilm", "packaged"}


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of `notebot models`. `size` in bytes, 0 where it is not known; `chosen` is what would be used now."""

    name: str
    kind: Literal["chat", "embedding"]
    where: Literal["packaged", "file", "ollama", "ollama (runs elsewhere)", "llamaindex"]
    size: int
    installed: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class ModelList:
    """What `notebot models` shows. `notice` is one line about what could not be looked at or used, or empty."""

    rows: tuple[ModelRow, ...]
    notice: str


def open_chat(name: str, *, ollama_host: str, context_tokens: int, models: Path | None = None) -> ChatModel:
    """The chat model that `name` means, ready to answer; see the top of this file.

    `ollama_host` is a whole address (`http://host:port`), `models` the folder of the packaged models if not the usual
    one. Raises ModelMissing, ModelUnreachable or ModelFailed, each with what to do next.
    """
    if name == "auto":
        return _open_auto(ollama_host, context_tokens, models)
    if name in _PACKAGED_NAMES:
        return _open_gguf(packaged_path(SMOLLM2, folder=models), PACKAGED_CHAT, context_tokens)
    if name.lower().endswith(".gguf"):
        path = Path(name).expanduser()
        return _open_gguf(path, f"{path.stem} (llama.cpp)", context_tokens)
    if name.startswith("llamaindex:"):
        return _open_llamaindex(name, context_tokens)
    from notebot.models.ollama import OllamaServer

    server = OllamaServer(ollama_host)
    return _open_ollama(server, _chat_model(server, name.removeprefix("ollama/")), context_tokens)


def chosen_chat(name: str, *, ollama_host: str) -> str:
    """What `open_chat` would call its model, without loading anything. Raises as it does where that can be told now."""
    if name in _PACKAGED_NAMES:
        return PACKAGED_CHAT
    if name.lower().endswith(".gguf"):
        return f"{Path(name).stem} (llama.cpp)"
    if name.startswith("llamaindex:"):
        return name
    from notebot.models.ollama import OllamaServer

    server = OllamaServer(ollama_host)
    found = _automatic(server) if name == "auto" else _chat_model(server, name.removeprefix("ollama/"))
    return f"ollama/{found.name}" if found else PACKAGED_CHAT


def open_embedder(name: str, *, ollama_host: str, models: Path | None = None) -> Embedder:
    """`minilm`, which comes with notebot, or `ollama/NAME`. Raises ModelMissing, ModelUnreachable or ModelFailed."""
    if name in _PACKAGED_EMBEDDERS:
        from notebot.models.minilm import open_minilm

        return open_minilm(folder=models)
    from notebot.models.ollama import OllamaServer, missing
    from notebot.models.ollama_embed import OllamaEmbedder

    server, wanted = OllamaServer(ollama_host), name.removeprefix("ollama/")
    found = server.find(wanted)
    if found is None:
        raise missing(wanted)
    if not found.can_embed:
        raise ModelMissing(f"'{found.name}' makes no embeddings. Use embedder = \"minilm\", or run: ollama pull all-minilm")
    return OllamaEmbedder(server, found)


def list_models(*, model: str, embedder: str, ollama_host: str, models: Path | None = None) -> ModelList:
    """Every model that could be used, and which ones are. Never raises for a server that is away: that is the notice."""
    notices: list[str] = []
    try:
        chosen = chosen_chat(model, ollama_host=ollama_host)
    except ModelError as error:
        chosen = ""
        notices.append(str(error))
    folder = models or models_folder()
    rows = [
        ModelRow(PACKAGED_CHAT, "chat", "packaged", SMOLLM2.size, is_present(SMOLLM2, folder), chosen == PACKAGED_CHAT),
        ModelRow("minilm", "embedding", "packaged", MINILM.size, _present(folder), embedder in _PACKAGED_EMBEDDERS),
    ]
    if model.lower().endswith(".gguf"):
        path = Path(model).expanduser()
        rows.append(ModelRow(chosen, "chat", "file", path.stat().st_size if path.is_file() else 0, path.is_file(), True))
    if model.startswith("llamaindex:"):
        rows.append(ModelRow(model, "chat", "llamaindex", 0, True, True))
    try:
        rows += _ollama_rows(ollama_host, chosen, embedder)
    except ModelError as error:
        notices.append(str(error))
    return ModelList(tuple(rows), notices[0] if notices else "")


def _ollama_rows(host: str, chosen: str, embedder: str) -> list[ModelRow]:
    from notebot.models.ollama import OllamaServer

    rows = []
    for model in OllamaServer(host).installed():
        kind: Literal["chat", "embedding"] = "chat" if model.can_chat else "embedding"
        where: Literal["ollama", "ollama (runs elsewhere)"] = "ollama (runs elsewhere)" if model.remote else "ollama"
        name = f"ollama/{model.name}"
        used = name == chosen if kind == "chat" else embedder in {name, name.removesuffix(":latest")}
        rows.append(ModelRow(name, kind, where, model.size, True, used))
    return rows


def _present(folder: Path) -> bool:
    both: Sequence[PackagedModel] = (MINILM, MINILM_TOKENIZER)
    return all(is_present(model, folder) for model in both)


def _open_auto(host: str, context_tokens: int, models: Path | None) -> ChatModel:
    from notebot.models.ollama import OllamaServer

    server = OllamaServer(host)
    found = _automatic(server)
    if found is not None:
        return _open_ollama(server, found, context_tokens)
    return open_chat("packaged", ollama_host=host, context_tokens=context_tokens, models=models)


def _automatic(server: OllamaServer) -> Installed | None:
    """What `auto` finds on the server; None where it is away, ill, or has nothing that chats."""
    from notebot.models.ollama import best

    if not server.reachable():
        return None
    try:
        return best(server.installed())
    except ModelError:  # there is a model that works without it
        return None


def _chat_model(server: OllamaServer, name: str) -> Installed:
    from notebot.models.ollama import missing

    found = server.find(name)
    if found is None:
        raise missing(name)
    if not found.can_chat:
        raise ModelMissing(f"'{found.name}' is an embedding model and cannot answer. Run: notebot models  to see those that can")
    return found


def _open_ollama(server: OllamaServer, model: Installed, context_tokens: int) -> ChatModel:
    from notebot.models.chat import LlamaIndexChat
    from notebot.models.ollama import Translation, reader
    from notebot.models.ollama_chat import open_ollama

    llm = open_ollama(server, model, context_tokens=context_tokens)
    return LlamaIndexChat(
        llm,
        name=f"ollama/{model.name}",
        context_tokens=llm.context_window,
        translate=Translation(server.address, model=model.name),
        host=reader(server.address, remote=model.remote),
    )


def _open_gguf(path: Path, name: str, context_tokens: int) -> ChatModel:
    from notebot.models.chat import LlamaIndexChat
    from notebot.models.llamacpp import open_llamacpp

    llm = open_llamacpp(path, context_tokens=context_tokens)
    return LlamaIndexChat(llm, name=name, context_tokens=llm.context_window)


def _open_llamaindex(name: str, context_tokens: int) -> ChatModel:
    from notebot.models.chat import LlamaIndexChat

    _, dotted, model = (*name.split(":", 2), "", "")[:3]
    module, _, kind = dotted.rpartition(".")
    if not module or not model:
        raise ModelMissing(
            f"'{name}' names no model. Write llamaindex:MODULE.CLASS:MODEL, as in llamaindex:llama_index.llms.groq.Groq:name"
        )
    try:
        made = getattr(importlib.import_module(module), kind)
        options = {"context_window": context_tokens} if "context_window" in made.model_fields else {}
        llm = made(model=model, **options)
        window = min(context_tokens, llm.metadata.context_window or context_tokens)
    except (ImportError, AttributeError) as error:
        raise ModelMissing(
            f"There is no {dotted} here ({error}). Install the LlamaIndex package that has it into .venv."
        ) from error
    except Exception as error:  # each package has its own; most want a key or an address from the environment
        raise ModelFailed(f"{dotted} could not be set up for '{model}': {error}") from error
    return LlamaIndexChat(llm, name=f"{kind}/{model}", context_tokens=window, host=_service(llm, kind))


def _service(llm: object, kind: str) -> str:
    """Whom a LlamaIndex package asks: the machine in its address, where it has one; the package itself, where it does not say."""
    from notebot.models.ollama import is_loopback

    addresses = (getattr(llm, name, None) for name in ("base_url", "api_base", "endpoint"))
    address = next((str(found) for found in addresses if found), "")
    if not address:
        return kind
    return "" if is_loopback(address) else urlsplit(address).hostname or kind
