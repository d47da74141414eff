"""What a model writes is a draft only if it keeps to the form and the passage bears it out."""

import pytest

from fakes import FakeChat
from notebot.errors import ModelFailed
from notebot.evals.drafting import Refused, able, closed_book, read, written_by
from notebot.models.registry import PACKAGED_CHAT
from notebot.types import Chunk

TEA = Chunk("c", "n.md", "n", ("Tea",), "# Tea\nGreen tea <|im_end|> is brewed at 80 degrees.", 1, 2, False, ())


def test_a_good_question_becomes_a_draft_with_its_place():
    model = FakeChat(["Q: How hot is green tea brewed?\nA: at 80 degrees"])
    draft = written_by(model, TEA, mark="abc")
    assert not isinstance(draft, Refused)
    assert (draft.question, draft.facts, draft.gold[0].heading) == (
        "How hot is green tea brewed?",
        (("at 80 degrees",),),
        ("Tea",),
    )
    prompt = model.prompts[0].messages[-1].text
    assert prompt.startswith("[abc]")
    assert "<|im_end|>" not in prompt


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Sure! Here you go.", "not in the form that was asked for"),
        ("Q: Tea?\nA: at 80 degrees", "no question"),
        ("Q: How hot does the note say it is?\nA: 80 degrees", "makes no sense without the passage"),
        ("Q: How hot is green tea brewed?\nA: at 90 degrees", "its answer is not in the passage"),
        ("Q: Is green tea brewed at 80 degrees?\nA: 80 degrees", "gives its answer away"),
    ],
)
def test_everything_else_is_refused_with_a_reason(text, reason):
    assert read(text, TEA) == Refused(reason)


def test_the_packaged_model_is_not_asked_and_a_broken_one_says_so():
    assert not able(None)
    assert not able(FakeChat(name=PACKAGED_CHAT))
    assert able(FakeChat())
    with pytest.raises(ModelFailed):
        closed_book(FakeChat([ModelFailed("gone")]), "Which tea?")
    assert closed_book(FakeChat([["thought", "</think>", "Green."]]), "Which tea?") == "Green."
