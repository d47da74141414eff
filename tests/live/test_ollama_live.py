"""notebot's models on a real Ollama server: what is installed, answering, stopping, embedding, and its deaths."""

from __future__ import annotations

import time

import httpx
import numpy as np
import pytest

from notebot.errors import ModelFailed, ModelMissing, ModelUnreachable
from notebot.models.minilm import MiniLM
from notebot.models.ollama import OllamaServer, best
from notebot.models.ports import Message
from notebot.models.registry import PACKAGED_CHAT, chosen_chat, list_models, open_chat, open_embedder
from notebot.models.tokens import token_bound

pytestmark = pytest.mark.live

QUESTION = [Message("system", "Answer in one sentence."), Message("user", "What is the capital of France?")]
LONG = [Message("user", "Tell me a very long story about a river, a mill and a miller.")]


def counted_by_ollama(address: str, messages: list[Message], *, context_tokens: int) -> int:
    """Tokens of the prompt as the server counts them."""
    body = {
        "model": "smollm2:135m",
        "messages": [{"role": message.role, "content": message.text} for message in messages],
        "options": {"num_predict": 1, "num_ctx": context_tokens},
        "stream": False,
    }
    return httpx.post(f"{address}/api/chat", json=body, timeout=120).json()["prompt_eval_count"]


def test_what_is_installed(ollama) -> None:
    embedding, chat = OllamaServer(ollama.address).installed()
    assert (embedding.name, embedding.can_chat, embedding.can_embed) == ("all-minilm:latest", False, True)
    assert (chat.name, chat.can_chat, chat.can_embed) == ("smollm2:135m", True, False)
    assert chat.context_limit == 8192
    assert 1.3e8 < chat.parameters < 1.4e8
    assert best([embedding, chat]) == chat


def test_auto_takes_it(ollama) -> None:
    assert chosen_chat("auto", ollama_host=ollama.address) == "ollama/smollm2:135m"
    assert open_chat("auto", ollama_host=ollama.address, context_tokens=1024).name == "ollama/smollm2:135m"


def test_auto_without_a_chat_model_there_takes_the_packaged_one(empty_ollama) -> None:
    assert chosen_chat("auto", ollama_host=empty_ollama.address) == PACKAGED_CHAT


def test_the_list_shows_both_and_what_is_used(ollama) -> None:
    rows = {row.name: row for row in list_models(model="auto", embedder="minilm", ollama_host=ollama.address).rows}
    assert rows["ollama/smollm2:135m"].chosen
    assert not rows["ollama/all-minilm:latest"].chosen
    assert rows["ollama/all-minilm:latest"].kind == "embedding"
    assert not rows[PACKAGED_CHAT].chosen


def test_it_answers(ollama) -> None:
    chat = open_chat("ollama/smollm2:135m", ollama_host=ollama.address, context_tokens=1024)
    assert "Paris" in "".join(chat.stream(QUESTION, max_tokens=30))


def test_the_window_is_really_set(ollama) -> None:
    chat = open_chat("smollm2:135m", ollama_host=ollama.address, context_tokens=1536)
    list(chat.stream(QUESTION, max_tokens=2))
    assert "--ctx-size 1536 " in ollama.log.read_text()  # this server's /api/ps does not say it


def test_a_window_above_the_models_own_is_not_asked_for(ollama) -> None:
    assert open_chat("smollm2:135m", ollama_host=ollama.address, context_tokens=100_000).context_tokens == 8192


@pytest.mark.parametrize(
    "text",
    [
        "Spark runs in memory and is faster than MapReduce for iterative work. " * 2,
        "def bound(text: str) -> int:\n    return sum(len(part) for part in text.split())\n" * 2,
        "Überanpassung lässt sich durch Regularisierung vermeiden. Größe zählt. " * 2,
        "机器学习使计算机能够从数据中学习而无需明确编程。" * 2,
    ],
    ids=["prose", "code", "German", "Chinese"],
)
def test_the_bound_on_tokens_holds_for_the_servers_count(ollama, text: str) -> None:
    template = counted_by_ollama(ollama.address, [Message("user", "")], context_tokens=2048)
    assert counted_by_ollama(ollama.address, [Message("user", text)], context_tokens=2048) - template <= token_bound(text)


def test_closing_frees_the_server_within_a_second(ollama) -> None:
    chat = open_chat("smollm2:135m", ollama_host=ollama.address, context_tokens=4096)
    list(chat.stream(QUESTION, max_tokens=2))  # loaded
    stream = chat.stream(LONG, max_tokens=3000)
    next(piece for piece in stream if piece)
    began = time.monotonic()
    stream.close()
    assert time.monotonic() - began < 1
    assert "".join(chat.stream(QUESTION, max_tokens=3)).strip()
    assert time.monotonic() - began < 10  # 3,000 tokens would take half a minute


def test_closing_while_it_reads_frees_the_server(ollama) -> None:
    chat = open_chat("smollm2:135m", ollama_host=ollama.address, context_tokens=4096)
    list(chat.stream(QUESTION, max_tokens=2))
    stream = chat.stream([Message("user", "fact 17 is about rivers and mills. " * 200)], max_tokens=50)
    assert next(stream) == ""  # a beat: it is reading, and will be for seconds
    began = time.monotonic()
    stream.close()
    assert time.monotonic() - began < 1


def test_a_model_that_is_not_there(ollama) -> None:
    with pytest.raises(ModelMissing, match=r"Model 'qwen3:4b' is not installed\. Run: ollama pull qwen3:4b"):
        open_chat("qwen3:4b", ollama_host=ollama.address, context_tokens=1024)
    with pytest.raises(ModelMissing, match="Run: ollama pull nomic"):
        open_embedder("ollama/nomic", ollama_host=ollama.address)


def test_a_model_that_leaves_after_it_was_opened(mortal_ollama) -> None:
    with httpx.Client(base_url=mortal_ollama.address, timeout=60) as client:
        client.post("/api/copy", json={"source": "smollm2:135m", "destination": "leaving"}).raise_for_status()
        chat = open_chat("leaving", ollama_host=mortal_ollama.address, context_tokens=1024)
        client.request("DELETE", "/api/delete", json={"model": "leaving"}).raise_for_status()
    with pytest.raises(ModelMissing, match="ollama pull leaving:latest"):
        list(chat.stream(QUESTION, max_tokens=5))


def test_an_embedding_model_cannot_answer(ollama) -> None:
    with pytest.raises(ModelMissing, match="embedding model and cannot answer"):
        open_chat("all-minilm", ollama_host=ollama.address, context_tokens=1024)


def test_pulling_what_cannot_be_had_fails_in_one_line(ollama) -> None:
    with pytest.raises(ModelFailed, match=r"Model '127\.0\.0\.1:1/library/no-such-model' could not be pulled: ") as caught:
        list(OllamaServer(ollama.address).pull("127.0.0.1:1/library/no-such-model"))
    assert "\n" not in str(caught.value)


def test_a_server_that_dies_while_it_writes_leaves_what_it_wrote(mortal_ollama) -> None:
    chat = open_chat("smollm2:135m", ollama_host=mortal_ollama.address, context_tokens=4096)
    written = ""
    stream = chat.stream(LONG, max_tokens=4000)
    while len(written.split()) < 5:
        written += next(stream)
    mortal_ollama.kill()
    with pytest.raises(ModelFailed, match="broke off"):
        list(stream)
    with pytest.raises(ModelUnreachable, match="ollama serve"):
        list(chat.stream(QUESTION, max_tokens=5))


def test_its_embeddings_agree_with_the_packaged_minilm(ollama, minilm: MiniLM) -> None:
    texts = ["Apache Spark is a framework.", "Bake the bread for an hour.", "数据库", "x " * 100]
    embedder = open_embedder("ollama/all-minilm", ollama_host=ollama.address)
    rows = embedder.embed(texts)
    assert embedder.dimension == 384 == rows.shape[1]
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (rows * minilm.embed(texts)).sum(axis=1).min() > 0.99
    assert embedder.name.startswith("ollama/all-minilm:latest@")
    assert embedder.embed([]).shape == (0, 384)


def test_a_text_longer_than_the_embedders_window_is_an_error_not_a_cut(ollama) -> None:
    embedder = open_embedder("ollama/all-minilm", ollama_host=ollama.address)
    with pytest.raises(ModelFailed, match="context length"):
        embedder.embed(["short", "word " * 2000])
