"""A chat model as LlamaIndex hears it: one message of a person, without thoughts, its errors as they are."""

import pytest

from fakes import FakeChat
from notebot.errors import ModelFailed
from notebot.evals.chat_llm import ChatLLM


def test_it_completes_a_prompt_without_thoughts():
    model = FakeChat([["hmm", "</think>", "yes", " indeed"]])
    llm = ChatLLM(model)
    assert llm.complete("Is it so?").text == "yes indeed"
    assert [(one.role, one.text) for one in model.prompts[0].messages] == [("user", "Is it so?")]
    assert (llm.metadata.model_name, llm.metadata.context_window) == ("fake", 4096)


def test_what_goes_wrong_is_said_in_our_words():
    with pytest.raises(ModelFailed, match="gone"):
        ChatLLM(FakeChat([ModelFailed("gone")])).complete("Is it so?")
