"""llama.cpp in this process, as LlamaIndex sees it: silent, private, stoppable while it reads."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import xllamacpp
from llama_index.core.llms import ChatMessage

from notebot.errors import ModelFailed, ModelMissing
from notebot.models.chat import LlamaIndexChat
from notebot.models.llamacpp import LlamaCpp, open_llamacpp
from notebot.models.packaged import SMOLLM2, packaged_path
from notebot.models.ports import Message

LONG = [ChatMessage(role="user", content="a river, a mill and a miller. " * 60)]


@pytest.fixture(scope="module")
def smollm2() -> Iterator[LlamaCpp]:
    llm = open_llamacpp(packaged_path(SMOLLM2), context_tokens=1024)
    yield llm
    llm.close()


def test_nothing_is_loaded_before_the_first_question() -> None:
    assert open_llamacpp(packaged_path(SMOLLM2), context_tokens=1024)._server is None


@pytest.mark.parametrize(("asked", "given"), [(1024, 1024), (100_000, 8192)])
def test_the_window_is_the_setting_or_the_models_own_limit(asked: int, given: int) -> None:
    llm = open_llamacpp(packaged_path(SMOLLM2), context_tokens=asked)
    assert llm.context_window == llm.metadata.context_window == given


def test_it_is_an_ordinary_llama_index_llm(smollm2: LlamaCpp) -> None:
    question = "Answer with one word: the capital of France is"
    answer = smollm2.complete(question, max_tokens=8).text
    assert "Paris" in answer
    assert smollm2.chat([ChatMessage(role="user", content=question)], max_tokens=8).message.content == answer
    assert list(smollm2.stream_complete(question, max_tokens=8))[-1].text == answer


def test_it_counts_what_it_reads_and_writes_from_its_cache_too_and_also_when_it_is_stopped(smollm2: LlamaCpp) -> None:
    chat = LlamaIndexChat(smollm2, name="smollm2", context_tokens=smollm2.context_window)
    prompt = [Message("user", "Count from one to fifty, in words. " * 5)]
    first: list[tuple[int, int]] = []
    again: list[tuple[int, int]] = []
    assert "".join(chat.stream(prompt, max_tokens=8, told=lambda *counts: first.append(counts)))
    read, written = first[-1]
    assert 40 < read < 120
    assert written == 8
    stream = chat.stream(prompt, max_tokens=200, told=lambda *counts: again.append(counts))
    assert next(piece for piece in stream if piece)
    stream.close()
    assert again[-1][0] == pytest.approx(read, abs=1)  # nearly all of it from the cache
    assert 1 <= again[-1][1] < 50


def test_a_prompt_that_does_not_fit_is_an_error_and_never_cut(smollm2: LlamaCpp) -> None:
    with pytest.raises(ModelFailed, match="exceeds the available context size"):
        smollm2.chat([ChatMessage(role="user", content="river " * 2000)], max_tokens=5)


def test_it_can_be_stopped_while_it_reads(smollm2: LlamaCpp) -> None:
    stream = smollm2.stream_chat(LONG, max_tokens=5)
    assert next(stream).delta == ""
    began = time.monotonic()
    stream.close()
    assert time.monotonic() - began < 1


def test_other_programs_of_this_machine_are_kept_out(smollm2: LlamaCpp) -> None:
    smollm2.complete("hi", max_tokens=1)
    reply = httpx.post(f"{smollm2._server.listening_address}/v1/chat/completions", json={"messages": []}, trust_env=False)
    assert reply.status_code == 401


def test_closing_frees_it_and_the_next_question_loads_it_again(smollm2: LlamaCpp) -> None:
    smollm2.complete("hi", max_tokens=1)
    smollm2.close()
    assert smollm2._server is None
    assert smollm2.complete("Say yes.", max_tokens=4).text


def test_it_writes_nothing_to_the_terminal_and_ends_cleanly_in_the_middle_of_an_answer() -> None:
    script = """if True:
        from notebot.models.llamacpp import open_llamacpp
        from notebot.models.packaged import SMOLLM2, packaged_path
        llm = open_llamacpp(packaged_path(SMOLLM2), context_tokens=1024)
        stream = llm.stream_complete("Tell me a story.", max_tokens=500)
        next(piece for piece in stream if piece.delta)
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=re.escape(str(tmp_path / "none.gguf"))):
        open_llamacpp(tmp_path / "none.gguf", context_tokens=1024)


def test_a_file_that_is_cut_short_fails_when_it_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "short.gguf"
    with packaged_path(SMOLLM2).open("rb") as whole:
        path.write_bytes(whole.read(3_000_000))
    with pytest.raises(ModelFailed, match="cannot be loaded"):
        open_llamacpp(path, context_tokens=1024).complete("hi")


# How Qwen3 and its like lead into a thought, cut down to what matters.
THINKING = (
    "{%- for message in messages %}{%- if message.role == 'assistant' and '</think>' in message.content %}"
    "{{- message.content.split('</think>')[-1] }}{%- else %}"
    "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}"
    "{%- else %}{{- '<think>\\n' }}{%- endif %}{%- endif %}"
)


@pytest.mark.parametrize("kept", ["", "{%- set enable_thinking = true %}"], ids=["can be told not to", "always thinks"])
def test_a_thinking_model_answers_without_its_thoughts(kept: str) -> None:
    parameters = xllamacpp.CommonParams()
    parameters.model.path, parameters.n_ctx, parameters.n_parallel, parameters.verbosity = str(packaged_path(SMOLLM2)), 512, 1, -1
    parameters.chat_template = kept + THINKING
    llm = open_llamacpp(packaged_path(SMOLLM2), context_tokens=512)
    llm._server = xllamacpp.Server(parameters)
    responses = list(llm.stream_chat([ChatMessage(role="user", content="Say hello.")], max_tokens=8))
    llm.close()
    thoughts = [response.additional_kwargs["thinking_delta"] for response in responses]
    assert bool(any(thoughts)) is bool(kept)
    assert bool(responses[-1].message.content) is not bool(kept)
