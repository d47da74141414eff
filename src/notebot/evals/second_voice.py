"""A language model as a judge, and only as a second voice: its figures stand below those that were measured without it.

LlamaIndex's evaluators put the questions. What comes back is read strictly, since they read it loosely: FaithfulnessEvaluator
takes any text with "yes" in it for a yes ("yesterday") and all else for a no, and CorrectnessEvaluator raises on a single line.
An answer in no known form is a failure, and counted; it is never a verdict.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from notebot.answer.inert import inert
from notebot.errors import ModelFailed, ModelMissing, UsageError
from notebot.evals.labels import Claim
from notebot.evals.outcome import Outcome, supported_text
from notebot.models.ports import ChatModel

VOICE = "second-voice.jsonl"
PASSING = 4.0  # of 1 to 5, from which LlamaIndex calls an answer correct
_YES_NO = re.compile(r"^\W*(?:answer|verdict)?\W*(yes|no)\b", re.I)
_SCORE = re.compile(r"^\W*(?:(?:overall\s+)?(?:score|rating)\W*)?([1-5](?:\.\d+)?)(?:\s*/\s*5(?:\.0)?)?\W*$", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge said of one thing: of a claim `faithful`, of an answer `score` from 1 to 5; `failure` where neither.

    `about` is the id of the claim, or of the case with its repeat.
    """

    about: str
    judge: str
    faithful: bool | None = None
    score: float | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Where judging stands."""

    done: int
    total: int
    current: str


_FORM = TypeAdapter(Verdict)


def read_yes_no(text: str) -> bool | None:
    """What a judge meant that was asked for yes or no; None where its first word is neither."""
    match = _YES_NO.match(text.strip())
    return None if match is None else match[1].casefold() == "yes"


def read_score(text: str) -> float | None:
    """The score on a line of its own, from 1 to 5; None where there is none, or several that differ."""
    found = {float(value) for value in _SCORE.findall(text)}
    return found.pop() if len(found) == 1 and max(found) <= 5 else None


def other_model(names: Sequence[str], answered: str) -> str:
    """The first of some models that is not the one whose answers are judged. Raises UsageError where there is none."""
    for name in names:
        if name and name not in (answered, answered.removeprefix("ollama/")):
            return name
    raise UsageError(
        f"There is no other chat model here than {answered or 'the one that answers'}. Name one: --judge MODEL. A model that "
        "judges itself is no second voice."
    )


class SecondVoice:
    """A judge. Its model is asked by LlamaIndex's evaluators, a question at a time."""

    def __init__(self, model: ChatModel) -> None:
        from llama_index.core.evaluation import CorrectnessEvaluator, FaithfulnessEvaluator

        from notebot.evals.chat_llm import ChatLLM

        llm = ChatLLM(model)
        self.name = model.name
        self._faithful = FaithfulnessEvaluator(llm=llm)
        self._correct = CorrectnessEvaluator(
            llm=llm, parser_function=lambda text: (read_score(text), text), score_threshold=PASSING
        )

    def faithful(self, claim: Claim) -> Verdict:
        """Whether the evidence carries the claim. Raises ModelMissing or ModelUnreachable where there is no judge any more."""
        contexts = [inert(text) for _, text in claim.evidence]
        if not contexts:
            return Verdict(claim.id, self.name, failure="there is no evidence to judge by")
        said = self._asked(claim.id, self._faithful.aevaluate(response=inert(claim.text), contexts=contexts))
        if isinstance(said, Verdict):
            return said
        faithful = read_yes_no(said.feedback or "")
        return Verdict(claim.id, self.name, faithful, failure="" if faithful is not None else _unread(said.feedback))

    def correct(self, outcome: Outcome) -> Verdict:
        """How right the answer is, against the expected facts. Raises as `faithful` does."""
        case, about = outcome.case, f"{outcome.case.id}.{outcome.repeat}"
        reference = "; ".join(group[0] for group in case.facts)
        shown = inert(supported_text(outcome.answer)) if outcome.answer else ""
        said = self._asked(about, self._correct.aevaluate(query=case.question, response=shown, reference=reference))
        if isinstance(said, Verdict):
            return said
        score = said.score
        return Verdict(about, self.name, score=score, failure="" if score is not None else _unread(said.feedback))

    def _asked(self, about: str, asking: Coroutine[Any, Any, Any]) -> Any:
        try:
            return asyncio.run(asking)  # their own way to wait leaves an event loop open, and hides what went wrong in it
        except ModelMissing:
            raise
        except ModelFailed as error:  # it broke off at this one; the next may go well
            return Verdict(about, self.name, failure=str(error))
        except ValueError as error:  # what LlamaIndex raises where a prompt does not fit the window
            return Verdict(about, self.name, failure=f"it could not be asked: {error}")


def judging(
    voice: SecondVoice,
    claims: Sequence[Claim],
    outcomes: Sequence[Outcome],
    known: Sequence[Verdict] = (),
    *,
    keep: Callable[[Verdict], None] = lambda verdict: None,
) -> Generator[Step, None, list[Verdict]]:
    """Judge claims and answers, but for what is `known` already; `keep` hears each new verdict at once. Yields before each."""
    done = {verdict.about: verdict for verdict in known if verdict.judge == voice.name and not verdict.failure}
    answers = [one for one in outcomes if one.answer and one.case.facts and supported_text(one.answer)]
    todo: list[Claim | Outcome] = [*claims, *answers]
    found: list[Verdict] = []
    for number, one in enumerate(todo):
        about = one.id if isinstance(one, Claim) else f"{one.case.id}.{one.repeat}"
        if about not in done:
            yield Step(number, len(todo), one.text if isinstance(one, Claim) else one.case.question)
            done[about] = voice.faithful(one) if isinstance(one, Claim) else voice.correct(one)
            keep(done[about])
        found.append(done[about])
    return found


def read_verdicts(path: Path) -> list[Verdict]:
    """The verdicts in a file, the latest of each judge on each thing; none without a file. Raises UsageError with the line."""
    found: dict[tuple[str, str], Verdict] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n") if path.exists() else (), 1):
        try:
            if line.strip():
                verdict = _FORM.validate_json(line)
                found[verdict.judge, verdict.about] = verdict
        except ValidationError as error:
            raise UsageError(f"{path}, line {number}: this is no verdict ({error.errors()[0]['msg']}).") from error
    return list(found.values())


def add_verdict(path: Path, verdict: Verdict) -> None:
    """Write a verdict through to the system, as a line of JSON."""
    with path.open("ab") as file:
        file.write(_FORM.dump_json(verdict) + b"\n")


def _unread(said: str | None) -> str:
    return f"it said neither yes nor no, nor a score: {' '.join((said or 'nothing').split())[:80]}"
