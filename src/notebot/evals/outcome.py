"""What came of asking one case once: a value that goes to a line of JSON and back without loss."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from notebot.errors import UsageError
from notebot.evals.cases import ANSWERING, Case
from notebot.types import Answer, Citation, Passage, Sentence


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case.

    `found` is None where retrieval was not measured, `answer` where no answer was asked for, or it failed with `error`;
    `crashed`: in a way that notebot has no words for. `quotes_exist` says for each citation of the supported sentences, in order,
    whether its quote stands in the file on its lines; None where that cannot be looked up (a web page).

    `repeat` counts from 0. `asked` is what was searched for. `offered` are the ids of the passages that were there for the
    model, before its window cut some; `draft` is all that it wrote, `checked` its sentences after the check, before some were
    taken back or quotes took their place. `first` is when its first word came, `seconds` when the answer stood, both from the
    question. `cached`: it was asked in an earlier run, where nothing that matters was different.
    """

    case: Case
    found: tuple[Passage, ...] | None = None
    answer: Answer | None = None
    quotes_exist: tuple[bool | None, ...] = ()
    error: str = ""
    crashed: bool = False
    repeat: int = 0
    asked: str = ""
    offered: tuple[str, ...] = ()
    draft: str = ""
    checked: tuple[Sentence, ...] = ()
    first: float | None = None
    seconds: float | None = None
    cached: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """What no other outcome of a run has."""
        return self.case.id, self.repeat


_FORM = TypeAdapter(Outcome)


def to_line(outcome: Outcome) -> str:
    """One line of JSON, without its end."""
    return _FORM.dump_json(outcome, ensure_ascii=True).decode("ascii")


def from_line(line: str) -> Outcome:
    """The outcome in a line. Raises UsageError where it is none, or one of another version of notebot."""
    try:
        return _FORM.validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the line"
        raise UsageError(f"this is no outcome of a run ({where}: {first['msg']}).") from error


def supported_text(answer: Answer) -> str:
    """What a person is shown as carried by the notes."""
    return "\n".join(sentence.text for sentence in answer.sentences if sentence.supported)


def citations(answer: Answer) -> list[Citation]:
    """Of the supported sentences, in order."""
    return [citation for sentence in answer.sentences if sentence.supported for citation in sentence.citations]


def silent(answer: Answer) -> bool:
    """Whether it says that the notes do not."""
    return answer.status not in ANSWERING
