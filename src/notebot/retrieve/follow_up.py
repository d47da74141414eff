"""A question in a conversation -> one that stands alone, by rule: nothing is guessed, and the same words give the same question.

Where a question leans on the conversation (see leaning.py), the topic of the conversation is put in: in place of the pronoun,
or in front. A question that names its own topic is left as it is, and its topic becomes that of the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from notebot.retrieve.leaning import (
    JOINED,
    POSSESSIVE,
    PREPOSITION,
    PRONOUN,
    is_name,
    is_question,
    leans,
    points,
    says_something,
)
from notebot.retrieve.vocabulary import ASKING_WORDS, CLASS_WORDS, WORD, content, is_content, stem
from notebot.types import Turn

REMEMBERED = 8  # questions back that a chain of follow-ups can reach
SHORT_TOPIC = 4  # words; of a longer one only the last part is taken

Headings = Callable[[str], Sequence[str]]
"""The headings of what the words of a text find, best first."""

# Nothing but "why?": the whole question before it is what is asked about.
BARE = re.compile(
    r"""^(?:why(?:\ not|\ so|\ is\ that)?|how(?:\ so|\ come|\ exactly)?|when|where|who|which|what(?:\ for|\ else|\ exactly)?|
           since\ when|for\ what|by\ whom|really|such\ as|like\ what|for\ example|for\ instance|e\.g\.|sure|
           (?:are|is|do|does|am)\ (?:you|i|that|this)\ (?:sure|right|correct|true))\b[\s?.!]*$""",
    re.I | re.VERBOSE,
)
WHAT_ABOUT = re.compile(
    r"""^(?:(?:and|or|but|so|then|also|ok)\b[\s,]*)*(?:what|how)\ about\s+
      | ^(?:and|or|but)\s+(?!(?:what|how|why|when|where|who|which|is|are|was|were|do|does|did|can|could|will|would|should|
                              has|have)\b)""",
    re.I | re.VERBOSE,
)
STANDS_FOR = re.compile(r"\b(?:this|that|these|those)\b(?=\s*[?.!]*$|\s+(?:works?|means?|called|used|done|different)\b)", re.I)
AUXILIARY = re.compile(r"\b(?:do|does|did|can|could|will|would|should)\b", re.I)
BETWEEN = frozenset(["", "and", "of", "or", "vs", "vs.", "&", "/", "from", "with"])
ORDER = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
ORDINAL = re.compile(
    r"\b(?:the )?(first|second|third|fourth|fifth|last) (?:one|item|point|kind|type|of (?:them|these|those))\b", re.I
)
ITEM = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+(.+)$", re.M)


def standalone(question: str, history: Sequence[Turn], headings: Headings) -> str:
    """The question as it would be asked without the conversation before it; the question itself if it needs none of it."""
    before, answer = _Said("", ""), ""
    for turn in history[-2 * REMEMBERED :]:
        if turn.role == "assistant":
            answer = turn.text
        elif is_question(turn.text):
            before = _alone(turn.text, before, answer, headings)
    return _alone(question, before, answer, headings).question


@dataclass(frozen=True, slots=True)
class _Said:
    """A question that stands alone, and the topic it has from those before it; empty if it brought its own."""

    question: str
    topic: str


def _alone(question: str, before: _Said, answer: str, headings: Headings) -> _Said:
    """The question with what it takes from the one before it and from the answer to that."""
    if not before.question:
        return _Said(question, "")
    if picked := _picked(question, answer):
        return _Said(picked, "")
    if BARE.match(JOINED.sub("", question).strip()):
        return _Said(f"{before.question.rstrip(' ?.!')}: {question}", before.topic)
    about = WHAT_ABOUT.match(question)
    if not about and not leans(question):
        return _Said(question, "")
    topic = before.topic or topic_of(before.question, headings)
    if about:
        return _what_about(question[about.end() :].rstrip(" ?.!"), _Said(before.question, topic), headings)
    return _Said(_in_place(question, topic) or f"{topic}: {question}", topic)


# --- what it leans on ---------------------------------------------------------------------------------------------


def topic_of(question: str, headings: Headings) -> str:
    """The words of a question that name what it is about: those that a heading of the notes shares, or all that say something."""
    runs = list(_runs(question))
    if not runs:
        return question.rstrip(" ?.!")
    for heading in headings(question):
        named = set(content(heading.partition(":")[0]))
        best = max(runs, key=lambda run: len(named & set(content(run))))
        if named & set(content(best)):
            return _to_last_named(best, named)
    of_things = list(filter(says_something, runs)) or runs
    return " ".join(of_things) if len(" ".join(of_things).split()) <= SHORT_TOPIC else of_things[-1]


def _runs(question: str) -> list[str]:
    """Stretches of words that say something, with "and", "of" and the like inside."""
    runs: list[tuple[int, int]] = []
    inner = ""
    for match in WORD.finditer(question):
        word = match.group()
        if not is_content(word) and word.lower() not in CLASS_WORDS:
            continue
        inner = question[runs[-1][1] : match.start()].strip().lower() if runs else "."
        if runs and inner in BETWEEN:
            runs[-1] = (runs[-1][0], match.end())
        else:
            runs.append((match.start(), match.end()))
    if runs and not AUXILIARY.search(question) and (rest := question[runs[-1][1] :].strip(" ?.!")) in ASKING_WORDS:
        runs[-1] = (runs[-1][0], question.rindex(rest) + len(rest))  # "the pros of remote work?"
    return [run for run in (question[start:end] for start, end in runs) if content(run)]


def _to_last_named(run: str, named: set[str]) -> str:
    """The run without the words after the last one that the heading names: "Databricks built" is about Databricks."""
    ends = [match.end() for match in WORD.finditer(run) if stem(match.group()) in named]
    return run[: ends[-1]] if ends else run


def _in_place(question: str, topic: str) -> str:
    """The question with the topic where a pronoun stands; nothing where that would not read as a sentence."""
    hits = list(PRONOUN.finditer(question))
    if not hits:
        match = STANDS_FOR.search(question)
        return question[: match.start()] + topic + question[match.end() :] if match else ""
    first = hits[0]
    possessive = first.group().lower() in POSSESSIVE
    put = f"{topic}'{'' if topic.endswith('s') else 's'}" if possessive else topic
    return question[: first.start()] + put + question[first.end() :]


def _what_about(thing: str, before: _Said, headings: Headings) -> _Said:
    """ "What about X?": the last question about X instead, if X is something of its own; else X of the last topic."""
    topic = before.topic
    if PREPOSITION.match(thing):
        return _Said(f"{before.question.rstrip(' ?.!')} {thing}?", topic)
    if points(thing) or not says_something(thing):
        return _Said(_in_place(thing, topic) or f"{topic}: {thing}", topic)
    own = set(content(thing))
    named = any(_names_all(heading, own) for heading in headings(thing)) or is_name(WORD.findall(thing)[-1])
    if named or own & set(content(topic)):
        return _Said(before.question.replace(topic, thing, 1) if topic in before.question else thing, thing)
    return _Said(f"{topic}: {thing}", topic)


def _names_all(heading: str, own: set[str]) -> bool:
    named = content(heading.partition(":")[0])
    return bool(named) and set(named) <= own


def _picked(question: str, answer: str) -> str:
    """ "The second one" with the second item of the list that the last answer was; nothing if it was none."""
    match = ORDINAL.search(question)
    items = ITEM.findall(answer)
    number = ORDER[match[1].lower()] if match else 0
    if not match or not -len(items) <= number < len(items):
        return ""
    item = re.split(r"[:(]", items[number], maxsplit=1)[0].strip(" .*_")
    return question[: match.start()] + " ".join(item.split()[:8]) + question[match.end() :]
