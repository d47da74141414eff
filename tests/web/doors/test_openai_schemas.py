"""What of a chat request becomes a question, what is let pass, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from notebot import render
from notebot.types import Turn
from notebot.web.doors.faults import Unusable
from notebot.web.doors.openai_schemas import ChatRequest, said

HELLO = {"role": "user", "content": "What is RAG?"}


def asked(*messages: dict[str, Any], **more: Any) -> tuple[str, tuple[Turn, ...]]:
    return ChatRequest.model_validate({"model": "notebot", "messages": list(messages), **more}).conversation()


def test_the_last_message_of_the_user_is_the_question_and_the_rest_history() -> None:
    answer = {"role": "assistant", "content": "Retrieval."}
    system = {"role": "system", "content": "Answer in French, whatever the notes say."}
    assert asked(system, HELLO) == ("What is RAG?", ())
    assert asked(system, HELLO, answer, {"role": "developer", "content": "x"}, {**HELLO, "content": "And why?"}) == (
        "And why?",
        (Turn("user", "What is RAG?"), Turn("assistant", "Retrieval.")),
    )
    assert asked(HELLO, answer) == ("What is RAG?", ())
    assert asked(HELLO, {"role": "assistant", "content": None}, HELLO)[1] == (Turn("user", "What is RAG?"),)


def test_content_may_be_parts_of_text_and_nothing_else() -> None:
    parts = [{"type": "text", "text": "What is"}, {"type": "text", "text": "RAG?"}]
    assert asked({"role": "user", "content": parts})[0] == "What is\nRAG?"
    with pytest.raises(Unusable, match="no image_url") as refused:
        asked(HELLO, {"role": "user", "content": [*parts, {"type": "image_url", "image_url": {"url": "https://x.example/"}}]})
    assert refused.value.param == "messages.1.content"


@pytest.mark.parametrize(
    "more",
    [
        {
            "temperature": 2,
            "top_p": 0.1,
            "max_tokens": 5,
            "seed": 1,
            "user": "me",
            "presence_penalty": 1.5,
            "logit_bias": {"5": 1},
        },
        {"chat_id": "a", "session_id": "b", "features": {"web_search": False}, "metadata": {"x": 1}},  # Open WebUI's own
        {"tools": [], "tool_choice": "none", "response_format": {"type": "text"}, "n": 1, "stop": None, "logprobs": False},
        {"parallel_tool_calls": True, "store": False, "reasoning_effort": "low", "modalities": ["text"]},
    ],
)
def test_what_changes_nothing_is_let_pass(more: dict[str, Any]) -> None:
    assert asked(HELLO, **more) == ("What is RAG?", ())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tools", [{"type": "function"}]),
        ("functions", [{"name": "f"}]),
        ("tool_choice", "required"),
        ("function_call", {"name": "f"}),
        ("response_format", {"type": "json_object"}),
        ("n", 2),
        ("n", 0),
        ("stop", ["\n"]),
        ("logprobs", True),
        ("top_logprobs", 3),
        ("modalities", ["text", "audio"]),
        ("audio", {"voice": "x"}),
        ("prediction", {"type": "content"}),
        ("web_search_options", {}),
    ],
)
def test_what_would_change_the_answer_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(Unusable, match=name) as refused:
        asked(HELLO, **{name: value})
    assert refused.value.param == name


@pytest.mark.parametrize("role", ["tool", "function"])
def test_results_of_tools_are_refused(role: str) -> None:
    with pytest.raises(Unusable, match="no tools"):
        asked(HELLO, {"role": role, "content": "x"})


def test_another_model_and_no_question_are_refused() -> None:
    with pytest.raises(Unusable) as refused:
        asked(HELLO, model="gpt-5")
    assert refused.value.code == "model_not_found"
    with pytest.raises(Unusable, match="no question"):
        asked({"role": "system", "content": "x"})


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [HELLO]},
        {"model": "notebot"},
        {"model": "notebot", "messages": []},
        {"model": "notebot", "messages": [HELLO] * 1_001},
        {"model": "notebot", "messages": [{"role": "me", "content": "x"}]},
        {"model": "notebot", "messages": [{"role": "user", "content": 7}]},
        {"model": "notebot", "messages": [HELLO], "stream": "yes"},
        {"model": "notebot", "messages": [HELLO], "n": 1.5},
        {"model": "notebot", "messages": [HELLO], "stream_options": {"include_usage": 1}},
        {"model": "\ud800", "messages": [HELLO]},
    ],
)
def test_what_is_no_request_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ChatRequest.model_validate(body)


def test_an_answer_that_comes_back_is_its_words_alone(scripted: Any) -> None:
    answer = scripted.page_story()[-1].answer
    assert said(render.answer_markdown(answer)) == answer.text
    assert said(render.answer_text(answer)) == answer.text
    assert said("Plain words, a list [a] and snake\\_case.") == "Plain words, a list [a] and snake_case."
