"""Citation recall and precision of one answer, as the ALCE benchmark defines them, quirks included. Pure.

Recall: share of the sentences that the passages they cite, read together, carry. Precision: share of the citations that are
needed: of a sentence that is carried, those that carry it alone, or without which the others no longer do.

Kept from its program on purpose, so that figures can be compared: only the first three citations of a sentence count; an answer
without a sentence is skipped; without any citation precision is 0; a citation of something that was not among the passages
makes its sentence uncarried and is itself not counted. Where notebot differs: it cites spans, so several that stand in one
passage are one citation, and whether a text carries a sentence is asked of `judge.carries`, not of a large model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from notebot.evals.cases import ANSWERING
from notebot.types import Answer

MOST = 3  # citations of a sentence that count

Carries = Callable[[str, str], bool]  # text, claim


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence, and what it cites: names of passages, in order, each once."""

    text: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Both from 0 to 1."""

    recall: float
    precision: float


def sentences(answer: Answer) -> list[Cited]:
    """The sentences that are shown as carried by the notes, each with the passages that it cites; none of a silent answer."""
    shown = [sentence for sentence in answer.sentences if sentence.supported and answer.status in ANSWERING]
    return [Cited(one.text, tuple(dict.fromkeys(citation.passage_id for citation in one.citations))) for one in shown]


def texts(answer: Answer) -> dict[str, str]:
    """What each passage says, with its heading, by its id."""
    return {passage.chunk.id: passage.chunk.indexed_text for passage in answer.passages}


def score(cited: Sequence[Cited], passages: Mapping[str, str], carries: Carries) -> Scores | None:
    """The scores of an answer; None for one without sentences."""
    if not cited:
        return None
    carried = needed = counted = 0
    for sentence in cited:
        if not sentence.passages or any(name not in passages for name in sentence.passages):
            continue
        own = [passages[name] for name in sentence.passages[:MOST]]
        counted += len(own)
        if carries("\n".join(own), sentence.text):
            carried += 1
            needed += sum(len(own) == 1 or _is_needed(number, own, sentence.text, carries) for number in range(len(own)))
    return Scores(carried / len(cited), needed / counted if counted else 0.0)


def _is_needed(number: int, own: Sequence[str], text: str, carries: Carries) -> bool:
    others = "\n".join(one for at, one in enumerate(own) if at != number)
    return carries(own[number], text) or not carries(others, text)
