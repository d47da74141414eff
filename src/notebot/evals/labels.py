"""Claims of a finished run, and what people say of them: supported by the notes, partly, or not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from notebot.errors import UsageError
from notebot.evals.figures import clusters
from notebot.evals.judge import carries
from notebot.evals.outcome import Outcome
from notebot.render import chunk_text, place_text
from notebot.types import Answer, Sentence

LABELS = "labels.jsonl"
SEED = 1
MOST_PASSAGES = 5  # that are shown for a claim which cites nothing

Word = Literal["supported", "partly", "not", "skip"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that a model wrote. `shown`: the check let it pass, with `score`; `judge`: the word judge finds it there.

    `evidence` holds places with their text: what it cites, or of a withheld one the passages that were before the model.
    """

    id: str
    question: str
    text: str
    shown: bool
    score: float
    judge: bool
    evidence: tuple[tuple[str, str], ...]
    cluster: str


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of a claim, with all that calibration needs to know of it."""

    claim: str
    label: Word
    text: str
    score: float
    shown: bool
    judge: bool
    cluster: str


_FORM = TypeAdapter(Label)


def claims_of(outcomes: Sequence[Outcome], *, seed: int = SEED) -> list[Claim]:
    """Every sentence that was checked, each text once a case, in an order by chance: whoever stops early has a fair sample."""
    groups = clusters(outcomes)
    found = [claim for outcome in outcomes for claim in _of(outcome, groups[outcome.case.id])]
    once = list({(claim.question, claim.text): claim for claim in reversed(found)}.values())[::-1]
    Random(seed).shuffle(once)  # noqa: S311 - nothing secret is drawn
    return once


def _of(outcome: Outcome, cluster: str) -> Iterator[Claim]:
    answer = outcome.answer
    if answer is None:
        return
    for number, sentence in enumerate(outcome.checked, 1):
        evidence = evidence_of(sentence, answer)
        judged = carries("\n".join(text for _, text in evidence), sentence.text)
        name = f"{outcome.case.id}.{outcome.repeat}.{number}"
        yield Claim(name, outcome.case.question, sentence.text, sentence.supported, sentence.score, judged, evidence, cluster)


def evidence_of(sentence: Sentence, answer: Answer) -> tuple[tuple[str, str], ...]:
    """What a sentence rests on: the passages that it cites, or else the first of those that were read."""
    texts = {passage.chunk.id: passage.chunk.text for passage in answer.passages}
    cited = {
        place_text(at.source, at.first_line, at.last_line, unit=at.unit): texts.get(at.passage_id, at.quote)
        for at in sentence.citations
    }
    read = {chunk_text(passage.chunk): passage.chunk.text for passage in answer.passages[:MOST_PASSAGES]}
    return tuple((cited or read).items())


def label_of(claim: Claim, said: Word) -> Label:
    """The label that a person gives a claim."""
    return Label(claim.id, said, claim.text, claim.score, claim.shown, claim.judge, claim.cluster)


def read_labels(path: Path) -> list[Label]:
    """The labels in a file, the latest of each claim. Raises UsageError with the line; a torn last line is left out."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError as error:
        raise UsageError(f"There are no labels in {path}. Give some: notebot eval label RUN") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The labels in {path} cannot be read: {error}.") from error
    found: dict[str, Label] = {}
    for number, line in enumerate(lines[:-1], 1):
        try:
            label = _FORM.validate_json(line)
        except ValidationError as error:
            raise UsageError(f"{path}, line {number}: this is no label ({error.errors()[0]['msg']}).") from error
        found[label.claim] = label
    return list(found.values())


def add_label(path: Path, label: Label) -> None:
    """Write a label through to the disk. Whatever a crash left torn at the end is cut off."""
    with path.open("ab+") as file:
        file.seek(0)
        whole = file.read()
        if (end := whole.rfind(b"\n") + 1) < len(whole):
            file.truncate(end)
        file.write(_FORM.dump_json(label) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def unlabelled(claims: Sequence[Claim], labels: Sequence[Label]) -> list[Claim]:
    """The claims that nobody has said anything of, as they stand now, in their order."""
    known = {(label.claim, label.text) for label in labels}
    return [claim for claim in claims if (claim.id, claim.text) not in known]
