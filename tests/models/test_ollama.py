"""What an Ollama server has, which of it is best, and pulling more."""

from __future__ import annotations

import pytest

from notebot.errors import ModelFailed
from notebot.models.ollama import Installed, OllamaServer, PullProgress, best, is_loopback, reader
from scripted_ollama import MODEL, SHOWN, Reply, line, scripted, usual


def model(name: str, parameters: float, *, chats: bool = True, remote: bool = False) -> Installed:
    return Installed(name, "d", 1, parameters, 4096, chats, not chats, False, remote)


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ([], None),
        ([model("embed", 3e8, chats=False)], None),
        ([model("a:1b", 1e9), model("b:4b", 4e9), model("c:70b", 70e9)], "b:4b"),
        ([model("c:70b", 70e9), model("d:30b", 30e9)], "d:30b"),
        ([model("huge:cloud", 4e9, remote=True), model("a:1b", 1e9)], "a:1b"),
        ([model("huge:cloud", 4e9, remote=True)], None),
        ([model("b:4b", 4e9), model("a:4b", 4e9)], "a:4b"),
        ([model("unknown", 0), model("a:1b", 1e9)], "a:1b"),
    ],
)
def test_the_best(models: list[Installed], expected: str | None) -> None:
    assert getattr(best(models), "name", None) == expected
    assert getattr(best(models[::-1]), "name", None) == expected


@pytest.mark.parametrize(
    ("family", "capabilities", "can_chat", "can_embed"),
    [
        ("llama", ["completion", "tools"], True, False),
        ("bert", ["embedding"], False, True),
        ("llama", None, True, False),  # servers before 0.6 name no capabilities
        ("nomic-bert", None, False, True),
    ],
)
def test_what_a_model_can_do(family: str, capabilities: list[str] | None, can_chat: bool, can_embed: bool) -> None:
    details = {"family": family, "parameter_size": "7.6B"}
    shown = {"details": details, "model_info": {"x.context_length": 32768}, "capabilities": capabilities}
    tags = {"models": [MODEL | {"details": details}]}
    with scripted(usual(show=Reply([line(shown)]), tags=Reply([line(tags)]))) as script:
        (found,) = OllamaServer(script.address).installed()
    assert (found.can_chat, found.can_embed, found.context_limit, found.parameters) == (can_chat, can_embed, 32768, 7.6e9)


def test_a_model_that_says_nothing_about_itself_is_still_listed() -> None:
    with scripted(usual(show=Reply([line({"model_info": None})]))) as script:
        (found,) = OllamaServer(script.address).installed()
    assert (found.can_chat, found.context_limit) == (True, 0)


def test_reachable() -> None:
    assert not OllamaServer("http://127.0.0.1:1").reachable()
    with scripted(usual()) as script:
        assert OllamaServer(script.address).reachable()
    with scripted(usual(version=Reply([b"[]"]))) as script:
        assert not OllamaServer(script.address).reachable()


def pulling(*steps: dict[str, object]) -> list[PullProgress]:
    with scripted(usual(pull=Reply([line(step) for step in steps]))) as script:
        return list(OllamaServer(script.address).pull("tiny"))


def test_pull_adds_up_its_parts() -> None:
    progress = pulling(
        {"status": "pulling manifest"},
        {"status": "pulling a", "digest": "a", "total": 100, "completed": 40},
        {"status": "pulling b", "digest": "b", "total": 10},
        {"status": "pulling a", "digest": "a", "total": 100, "completed": 100},
        {"status": "success"},
    )
    assert [(step.done, step.total) for step in progress] == [(0, 0), (40, 100), (40, 110), (100, 110), (100, 110)]
    assert progress[-1].status == "success"


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([{"status": "pulling manifest"}, {"error": "pull model manifest: file does not exist"}], "file does not exist"),
        ([{"status": "pulling a", "digest": "a", "total": 100, "completed": 40}], "ended early"),
    ],
)
def test_a_pull_that_fails(steps: list[dict[str, object]], says: str) -> None:
    with pytest.raises(ModelFailed, match=rf"Model 'tiny' could not be pulled: .*{says}"):
        pulling(*steps)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("http://127.0.0.1:1", True), ("http://localhost:1", True), ("http://[::1]:1", True), ("http://10.0.0.2:1", False)],
)
def test_this_machine(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected


@pytest.mark.parametrize(
    ("address", "remote", "who"),
    [
        ("http://127.0.0.1:11434", False, ""),
        ("http://127.0.0.1:11434", True, "Ollama's cloud"),
        ("http://10.0.0.2:11434", False, "10.0.0.2"),
        ("https://gpu.example", True, "gpu.example"),
    ],
)
def test_who_besides_this_machine_reads_what_is_asked(address: str, remote: bool, who: str) -> None:
    assert reader(address, remote=remote) == who


def test_nothing_is_sent_on_to_where_a_redirect_leads() -> None:
    with scripted(usual()) as other, scripted(usual(tags=Reply([b"moved"], status=307))) as script:
        with pytest.raises(ModelFailed):
            OllamaServer(script.address).installed()
        assert other.asked == []


def test_a_shown_model_keeps_its_thinking() -> None:
    with scripted(usual(show=Reply([line(SHOWN | {"capabilities": ["completion", "thinking"]})]))) as script:
        found = OllamaServer(script.address).find("tiny")
    assert found is not None
    assert found.can_think
