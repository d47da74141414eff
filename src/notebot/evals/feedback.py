"""What people thought of answers -> a question set: thumbs up as cases, thumbs down as cases for a person to finish."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from notebot import render
from notebot.evals.cases import ANSWERING
from notebot.evals.yaml_text import yaml_text
from notebot.history.store import Entry
from notebot.types import Answer, Status

FEEDBACK, TO_EDIT = "feedback", "to-edit"
LONGEST_ID = 60
MOST_FACTS = 3
HEAD = """\
# Questions asked on the page, with what people thought of the answers. How to run this: notebot eval FILE
#
# Thumbs up are cases: the places are those that the answer cited, the facts are what it said in their words. Look at them.
# Thumbs down stand behind a #, tagged to-edit. Say what is right instead, take the tag off, and the "# " of each line.

"""


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry with feedback, and those before it in its conversation."""

    entry: Entry
    before: tuple[Entry, ...] = ()


def cases_text(judged: Sequence[Judged], *, name: str = FEEDBACK) -> str:
    """The question set as YAML, which `cases.load_cases` reads. A question without a word in it is left out."""
    taken: set[str] = set()
    cases = [_case_text(one, taken) for one in judged if _readable(one.entry.question)]
    head = yaml_text({"name": name, "version": 1, "thresholds": {}})
    finished = any(text.startswith("  - ") for text in cases)
    return HEAD + head + ("cases:\n" if finished else "cases: []\n") + "\n".join(cases)


def _case_text(judged: Judged, taken: set[str]) -> str:
    entry, answer = judged.entry, judged.entry.answer
    expected = _expected(answer)
    silent = ANSWERING.isdisjoint(expected)
    gold, facts = (list(_gold(answer)), list(_facts(answer))) if answer else ([], [])
    liked = entry.feedback is not None and entry.feedback.verdict == "up"
    finished = liked and answer is not None and (silent or bool(gold and facts))
    if not finished:
        gold, facts, expected, silent = [_WHERE], [[_WHAT]], USUAL, False
    case: dict[str, object] = {"id": _id(entry.question, taken), "question": entry.question, "expect": list(map(str, expected))}
    if not silent:
        case |= {"facts": facts, "gold": gold}
    case["tags"] = [FEEDBACK] if finished else [FEEDBACK, TO_EDIT]
    if history := list(_history(judged.before)):
        case["history"] = history
    lines = yaml_text([case]).splitlines()
    if not finished:
        lines = [*_remarks(entry), *(f"# {line}" for line in lines)]
    return "".join(f"  {line}\n" for line in lines)


USUAL = (Status.ANSWERED, Status.PARTIAL, Status.QUOTED)
_WHAT = "WRITE HERE WHAT AN ANSWER MUST SAY"
_WHERE: dict[str, object] = {"source": "THE-NOTE.md", "heading": ["THE HEADING IT STANDS UNDER"]}


def _expected(answer: Answer | None) -> Sequence[Status]:
    """The same again; of those that answer from one place, any."""
    return USUAL if answer is None or answer.status in USUAL else (answer.status,)


def _facts(answer: Answer) -> Iterator[list[str]]:
    """For each of the first supported sentences: the most words in a row that it shares with what it cites."""
    supported = [sentence for sentence in answer.sentences if sentence.supported and sentence.citations]
    for sentence in supported[:MOST_FACTS]:
        words = sentence.text.split()
        shared = [_run(words, place.quote.split()) for place in sentence.citations]
        phrase = max([*shared, ""], key=len) or sentence.text
        if _readable(phrase):
            yield [phrase]


def _run(words: list[str], others: list[str]) -> str:
    said, stands = ([word.strip(".,;:!?\"'()*`").lower() for word in side] for side in (words, others))
    found = SequenceMatcher(None, said, stands, autojunk=False).find_longest_match()
    return " ".join(words[found.a : found.a + found.size]).strip(".,;:!?\"'()*`")


def _gold(answer: Answer) -> Iterator[dict[str, object]]:
    """The places that supported sentences rest on, each once. By heading, since lines move with every edit above them."""
    seen: set[tuple[object, ...]] = set()
    for citation in (place for sentence in answer.sentences if sentence.supported for place in sentence.citations):
        heading = [part for part in citation.heading if _readable(part)]
        place: dict[str, object] = {"source": citation.source}
        if heading:
            place["heading"] = heading
        else:
            place["lines"] = [citation.first_line, citation.last_line]
        key = (citation.source, *heading) if heading else (citation.source, citation.first_line, citation.last_line)
        if key not in seen:
            seen.add(key)
            yield place


def _history(before: Sequence[Entry]) -> Iterator[dict[str, str]]:
    """What had been said, as the bot read it."""
    for entry in before:
        if entry.answer and entry.answer.text:
            yield {"role": "user", "text": entry.question}
            yield {"role": "assistant", "text": entry.answer.text}


def _remarks(entry: Entry) -> Iterator[str]:
    """Comments for whoever finishes the case."""
    thought = entry.feedback
    why = [thought.verdict, thought.reason] if thought else []
    yield f"## TO EDIT. Thumb {render.one_line(': '.join(filter(None, why)))}"
    if thought and thought.note:
        yield f"## In their words: {render.one_line(thought.note)}"
    if entry.answer:
        yield f"## It was answered ({entry.answer.status}): {render.one_line(entry.answer.text)}"
    elif entry.trouble:
        yield f"## There was no answer: {render.one_line(entry.trouble)}"


def _readable(text: str) -> bool:
    """Whether `cases.Words` takes it."""
    return any(char.isalpha() or char.isdecimal() for char in text)


def _id(question: str, taken: set[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", question.lower())[:LONGEST_ID].strip("-") or "question"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    taken.add(name)
    return name
