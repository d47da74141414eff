"""A judge through LlamaIndex's evaluators: read strictly, failures counted, what was judged not judged again."""

import pytest

from fakes import FakeChat
from made_run import OUTCOMES, RIGHT
from notebot.errors import ModelFailed, ModelMissing, UsageError
from notebot.evals.labels import claims_of
from notebot.evals.second_voice import (
    SecondVoice,
    Verdict,
    add_verdict,
    judging,
    other_model,
    read_score,
    read_verdicts,
    read_yes_no,
)  # fmt: skip

CLAIM = claims_of([RIGHT])[0]


@pytest.mark.parametrize(
    ("text", "meant"),
    [("YES", True), ("no.", False), ("Answer: yes", True), ("*No*", False), ("yesterday", None), ("I say yes", None), ("", None)],
)  # fmt: skip
def test_yes_and_no_are_read_strictly(text, meant):
    assert read_yes_no(text) is meant
    verdict = SecondVoice(FakeChat([text])).faithful(CLAIM)
    assert verdict.faithful is meant
    assert bool(verdict.failure) == (meant is None)


@pytest.mark.parametrize(
    ("text", "score"),
    [("4.5\nGood.", 4.5), ("3", 3), ("Score: 2/5\nBad.", 2), ("7", None), ("5.5", None), ("fine", None), ("4\n2", None)],
)
def test_a_score_is_read_strictly(text, score):
    assert read_score(text) == score
    assert SecondVoice(FakeChat([text])).correct(RIGHT).score == score


def test_a_model_that_breaks_off_fails_once_and_one_that_is_gone_ends_it():
    assert SecondVoice(FakeChat([ModelFailed("broke off")])).faithful(CLAIM).failure == "broke off"
    with pytest.raises(ModelMissing):
        SecondVoice(FakeChat([ModelMissing("gone")])).faithful(CLAIM)


def test_what_is_known_is_not_asked_again(tmp_path):
    path, claims = tmp_path / "voice.jsonl", claims_of(OUTCOMES)
    model = FakeChat(["yes", "perhaps", "yes", "4"])
    list(judging(SecondVoice(model), claims, OUTCOMES, keep=lambda verdict: add_verdict(path, verdict)))
    known = read_verdicts(path)
    assert [(one.faithful, one.score, bool(one.failure)) for one in known] == [
        (True, None, False), (None, None, True), (True, None, False), (None, 4.0, False),
    ]  # fmt: skip
    again = FakeChat(["no"])
    list(judging(SecondVoice(again), claims, OUTCOMES, known))
    assert len(again.prompts) == 1  # the one that failed


def test_the_judge_is_another_model():
    assert other_model(["ollama/a", "ollama/b"], "ollama/a") == "ollama/b"
    with pytest.raises(UsageError, match="--judge"):
        other_model(["ollama/a"], "ollama/a")


def test_what_is_no_verdict_is_told_with_its_line(tmp_path):
    path = tmp_path / "voice.jsonl"
    add_verdict(path, Verdict("a", "j", True))
    with path.open("a", encoding="utf-8") as file:
        file.write("{}\n")
    with pytest.raises(UsageError, match="line 2"):
        read_verdicts(path)
    assert read_verdicts(tmp_path / "none") == []
