"""Everything that can go wrong with an Ollama server while it answers, each ending in one clear line."""

from __future__ import annotations

import socket
import time
from contextlib import suppress

import pytest

from notebot.errors import ModelError, ModelFailed, ModelMissing, ModelUnreachable
from notebot.models.chat import LlamaIndexChat
from notebot.models.ollama import OllamaServer, Translation
from notebot.models.ollama_chat import open_ollama
from notebot.models.ports import Message
from scripted_ollama import SHOWN, Reply, Script, line, scripted, usual, words

QUESTION = [Message("system", "Answer."), Message("user", "What is Spark?")]


def open_tiny(script: Script, *, silence: float = 5.0, context_tokens: int = 4096) -> LlamaIndexChat:
    server = OllamaServer(script.address, answer_seconds=silence)
    model = server.find("tiny")
    assert model is not None
    llm = open_ollama(server, model, context_tokens=context_tokens)
    return LlamaIndexChat(
        llm, name="ollama/tiny", context_tokens=llm.context_window, translate=Translation(script.address, model="tiny")
    )


def ask(reply: Reply, *, silence: float = 5.0) -> tuple[str, ModelError | None]:
    """What was written before it ended, and how it ended."""
    written = ""
    with scripted(usual(chat=reply)) as script:
        try:
            for piece in open_tiny(script, silence=silence).stream(QUESTION, max_tokens=50):
                written += piece
        except ModelError as error:
            return written, error
    return written, None


def test_a_whole_answer() -> None:
    assert ask(Reply(words("Spark", " is", " fast."))) == ("Spark is fast.", None)


def test_the_server_s_own_counts_are_passed_on() -> None:
    end = {"model": "tiny", "message": {"role": "assistant", "content": ""}, "done": True}
    told: list[tuple[int, int]] = []
    counted = [*words("Spark", done=False), line({**end, "prompt_eval_count": 31, "eval_count": 7})]
    for lines in (counted, words("Spark")):  # the second, as servers do that read all of a prompt from their cache
        with scripted(usual(chat=Reply(lines))) as script:
            list(open_tiny(script).stream(QUESTION, max_tokens=50, told=lambda read, written: told.append((read, written))))
    assert told == [(31, 7)]


HTML = b"<html><body><h1>Welcome to nginx</h1></body></html>\n"
ERROR = line({"error": "llama runner process has terminated: exit status 2"})
THOUGHT = line({"message": {"role": "assistant", "content": "", "thinking": "hmm"}, "done": False})


@pytest.mark.parametrize(
    ("reply", "kind", "says", "kept"),
    [
        pytest.param(
            Reply([line({"error": "model 'tiny' not found"})], status=404), ModelMissing, "ollama pull tiny", "", id="404"
        ),
        pytest.param(Reply([ERROR], status=500), ModelFailed, "runner process has terminated", "", id="500"),
        pytest.param(Reply([line({"error": "server busy"})], status=503), ModelFailed, "busy", "", id="503"),
        pytest.param(Reply([HTML], kind="text/html"), ModelFailed, "not Ollama's language", "", id="html"),
        pytest.param(Reply([HTML], kind="text/html", status=502), ModelFailed, "Welcome to nginx", "", id="html 502"),
        pytest.param(Reply([*words("Spark", " is", done=False), ERROR]), ModelFailed, "terminated", "Spark is", id="error line"),
        pytest.param(Reply(words("Spark", done=False)), ModelFailed, "ended before the answer did", "Spark", id="no done"),
        pytest.param(Reply([]), ModelFailed, "ended before the answer did", "", id="nothing at all"),
        pytest.param(Reply([*words("Spark", done=False), b"%%%\n"]), ModelFailed, "not Ollama's language", "Spark", id="garbage"),
        pytest.param(Reply([b'{"surprise": 1}\n']), ModelFailed, "not Ollama's language", "", id="other json"),
        pytest.param(Reply([b"[1, 2]\n"]), ModelFailed, "not Ollama's language", "", id="a list"),
        pytest.param(Reply(words("Spark", done=False), reset=True), ModelFailed, "was cut", "Spark", id="reset"),
        pytest.param(Reply(words("Spark"), wait=2), ModelFailed, "silent for too long", "", id="slow first byte"),
        pytest.param(Reply(words("Spark", " is"), pause=2), ModelFailed, "silent for too long", "Spark", id="stalls"),
        pytest.param(Reply([THOUGHT, *words()]), ModelFailed, "on thinking", "", id="only thoughts"),
    ],
)
def test_illness(reply: Reply, kind: type[ModelError], says: str, kept: str) -> None:
    written, error = ask(reply, silence=0.5)
    assert type(error) is kind
    assert says in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 300
    assert written == kept


def test_a_server_that_is_gone_is_unreachable() -> None:
    with scripted(usual()) as script:
        chat = open_tiny(script)
    with pytest.raises(ModelUnreachable, match="ollama serve"):
        list(chat.stream(QUESTION, max_tokens=5))


def test_a_name_that_does_not_resolve_is_unreachable() -> None:
    with pytest.raises(ModelUnreachable, match="does not answer at"):
        OllamaServer("http://no-such-host.invalid:11434").installed()


def test_a_port_that_accepts_and_says_nothing_does_not_hang() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        server = OllamaServer(f"http://127.0.0.1:{deaf.getsockname()[1]}", answer_seconds=0.3)
        with pytest.raises(ModelFailed, match="silent for too long"):
            server.installed()


def test_thoughts_of_a_thinking_model_are_left_out_and_thinking_is_turned_off() -> None:
    shown = Reply([line(SHOWN | {"capabilities": ["completion", "thinking"]})])
    with scripted(usual(show=shown, chat=Reply([THOUGHT, *words("Spark.")]))) as script:
        assert "".join(open_tiny(script).stream(QUESTION, max_tokens=5)) == "Spark."
        assert script.bodies("/api/chat")[0]["think"] is False


def test_what_is_sent() -> None:
    with scripted(usual()) as script:
        chat = open_tiny(script)
        list(chat.stream(QUESTION, max_tokens=7))
        (body,) = script.bodies("/api/chat")
    assert body["options"] == {"temperature": 0.0, "num_ctx": 2048, "num_predict": 7}  # the model's own limit, not 4096
    assert chat.context_tokens == 2048
    assert body["messages"] == [{"role": "system", "content": "Answer."}, {"role": "user", "content": "What is Spark?"}]
    assert "think" not in body  # a model that cannot think refuses the word


def test_a_window_below_the_models_limit_is_kept() -> None:
    with scripted(usual()) as script:
        assert open_tiny(script, context_tokens=1024).context_tokens == 1024


@pytest.mark.parametrize(
    "reply", [Reply(words("Spark"), wait=20), Reply(words("Spark", " is"), pause=20)], ids=["reading", "writing"]
)
def test_closing_cuts_the_connection_at_once_even_while_the_model_reads(reply: Reply) -> None:
    with scripted(usual(chat=reply)) as script:
        stream = open_tiny(script, silence=30).stream(QUESTION, max_tokens=50)
        next(stream)
        began = time.monotonic()
        stream.close()
        assert script.cut.wait(1)
        assert time.monotonic() - began < 1


def test_nothing_is_left_running_after_a_failure() -> None:
    with scripted(usual(chat=Reply([ERROR], status=500))) as script:
        stream = open_tiny(script).stream(QUESTION, max_tokens=5)
        with suppress(ModelError):
            list(stream)
        with pytest.raises(StopIteration):
            next(stream)
