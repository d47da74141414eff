"""From a name in the settings to a model, with an Ollama server that is well, ill, empty or away."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from notebot.errors import ModelError, ModelFailed, ModelMissing, ModelUnreachable
from notebot.models.packaged import SMOLLM2, packaged_path
from notebot.models.registry import PACKAGED_CHAT, _service, chosen_chat, list_models, open_chat, open_embedder
from scripted_ollama import MODEL, SHOWN, Reply, line, scripted, usual

AWAY = "http://127.0.0.1:1"
EMBEDDING = SHOWN | {"capabilities": ["embedding"]}


def embedding_only() -> dict[str, list[Reply]]:
    return usual(show=Reply([line(EMBEDDING)]))


def test_auto_takes_ollama_when_it_has_a_chat_model() -> None:
    with scripted(usual()) as script:
        assert chosen_chat("auto", ollama_host=script.address) == "ollama/tiny:latest"
        chat = open_chat("auto", ollama_host=script.address, context_tokens=4096)
        assert (chat.name, chat.context_tokens) == ("ollama/tiny:latest", 2048)
        assert "".join(chat.stream([], max_tokens=5)) == "Spark is fast."


@pytest.mark.parametrize(
    "replies",
    [
        usual(tags=Reply([line({"models": []})])),
        embedding_only(),
        usual(tags=Reply([b"<html>"], kind="text/html")),
        usual(version=Reply([b"<html>not ollama</html>"])),
        usual(tags=Reply([line({"error": "boom"})], status=500)),
    ],
    ids=["no models", "embeddings only", "html", "another program", "500"],
)
def test_auto_falls_back_to_the_packaged_model(replies: dict[str, list[Reply]]) -> None:
    with scripted(replies) as script:
        assert chosen_chat("auto", ollama_host=script.address) == PACKAGED_CHAT
        assert open_chat("auto", ollama_host=script.address, context_tokens=1024).name == PACKAGED_CHAT


def test_auto_does_not_wait_for_a_server_that_is_away() -> None:
    chosen_chat("auto", ollama_host=AWAY)  # the imports
    began = time.monotonic()
    assert chosen_chat("auto", ollama_host=AWAY) == PACKAGED_CHAT
    assert time.monotonic() - began < 0.8


def test_auto_without_the_packaged_model_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="Run: make setup"):
        open_chat("auto", ollama_host=AWAY, context_tokens=1024, models=tmp_path)


@pytest.mark.parametrize("name", ["tiny", "tiny:latest", "ollama/tiny"])
def test_an_ollama_name(name: str) -> None:
    with scripted(usual()) as script:
        assert open_chat(name, ollama_host=script.address, context_tokens=1024).name == "ollama/tiny:latest"
        assert chosen_chat(name, ollama_host=script.address) == "ollama/tiny:latest"


@pytest.mark.parametrize("name", ["packaged", "smollm2"])
def test_the_packaged_model(name: str) -> None:
    assert open_chat(name, ollama_host=AWAY, context_tokens=1024).name == PACKAGED_CHAT
    assert chosen_chat(name, ollama_host=AWAY) == PACKAGED_CHAT


def test_a_gguf_file() -> None:
    path = packaged_path(SMOLLM2)
    assert open_chat(str(path), ollama_host=AWAY, context_tokens=1024).name == f"{path.stem} (llama.cpp)"


@dataclass
class Asks:
    """A LlamaIndex model as far as it says whom it asks."""

    base_url: str | None = None
    api_base: str | None = None


@pytest.mark.parametrize(
    ("llm", "host"),
    [
        (Asks("http://127.0.0.1:9"), ""),
        (Asks(api_base="http://[::1]:9/v1"), ""),
        (Asks(api_base="https://api.example/v1"), "api.example"),
        (Asks(), "Groq"),
        (object(), "Groq"),
    ],
)
def test_who_reads_what_a_llama_index_class_is_asked(llm: object, host: str) -> None:
    """One with an address asks that machine; of one without, no more is known than its name."""
    assert _service(llm, "Groq") == host


def test_a_llama_index_class() -> None:
    chat = open_chat("llamaindex:llama_index.llms.ollama.Ollama:tiny", ollama_host=AWAY, context_tokens=1024)
    assert (chat.name, chat.host) == ("Ollama/tiny", "")


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("qwen3:4b", ModelMissing, "Model 'qwen3:4b' is not installed. Run: ollama pull qwen3:4b"),
        ("ollama/qwen3", ModelMissing, "Model 'qwen3' is not installed. Run: ollama pull qwen3"),
        ("/no/such.gguf", ModelMissing, "There is no model file /no/such.gguf"),
        ("llamaindex:Ollama", ModelMissing, "Write llamaindex:MODULE.CLASS:MODEL"),
        ("llamaindex:no.such.Thing:x", ModelMissing, "There is no no.such.Thing here"),
        ("llamaindex:llama_index.core.llms.LLM:x", ModelFailed, "could not be set up for 'x'"),
    ],
)
def test_input_92_a_name_that_means_nothing_here(name: str, kind: type[ModelError], says: str) -> None:
    with scripted(usual()) as script, pytest.raises(kind) as caught:
        open_chat(name, ollama_host=script.address, context_tokens=1024)
    assert says in str(caught.value)


def test_a_name_with_the_server_away() -> None:
    with pytest.raises(ModelUnreachable, match=r"Ollama does not answer at http://127\.0\.0\.1:1\. Start it with: ollama serve"):
        open_chat("tiny", ollama_host=AWAY, context_tokens=1024)


def test_input_91_an_embedding_model_cannot_answer() -> None:
    with scripted(embedding_only()) as script, pytest.raises(ModelMissing, match="'tiny:latest' is an embedding model"):
        open_chat("tiny", ollama_host=script.address, context_tokens=1024)


def test_embedders() -> None:
    assert open_embedder("minilm", ollama_host=AWAY).dimension == 384
    with scripted(usual()) as script, pytest.raises(ModelMissing, match="'tiny:latest' makes no embeddings"):
        open_embedder("ollama/tiny", ollama_host=script.address)
    with scripted(usual()) as script, pytest.raises(ModelMissing, match="Run: ollama pull other"):
        open_embedder("ollama/other", ollama_host=script.address)
    with pytest.raises(ModelUnreachable):
        open_embedder("ollama/tiny", ollama_host=AWAY)


def test_the_list_with_a_server() -> None:
    listed = [MODEL, MODEL | {"name": "big:cloud", "model": "big:cloud", "size": 300}]
    with scripted(usual(tags=Reply([line({"models": listed})]))) as script:
        found = list_models(model="auto", embedder="minilm", ollama_host=script.address)
    assert found.notice == ""
    assert [(row.name, row.where, row.chosen) for row in found.rows] == [
        (PACKAGED_CHAT, "packaged", False),
        ("minilm", "packaged", True),
        ("ollama/big:cloud", "ollama (runs elsewhere)", False),
        ("ollama/tiny:latest", "ollama", True),
    ]


def test_the_list_without_a_server_and_without_models(tmp_path: Path) -> None:
    found = list_models(model="qwen3:4b", embedder="minilm", ollama_host=AWAY, models=tmp_path)
    assert "Ollama does not answer" in found.notice
    assert [(row.installed, row.chosen) for row in found.rows] == [(False, False), (False, True)]


def test_looking_at_names_imports_no_heavy_library() -> None:
    script = f"""if True:
        import sys
        from notebot.models.registry import list_models
        list_models(model="auto", embedder="minilm", ollama_host="{AWAY}")
        print([name for name in ("llama_index", "onnxruntime", "xllamacpp", "chromadb") if name in sys.modules])
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
