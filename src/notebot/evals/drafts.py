"""Drafts of questions from one passage, by templates: its heading, definitions, lists, tables, lines of key and value. Pure.

A template sees form, not sense. What it drafts is worth a look by a person, and is meant for that: see reviewing.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from notebot.answer.orders import is_order
from notebot.answer.sentences import sentence_spans
from notebot.evals.cases import Place
from notebot.evals.phrasing import LONGEST_FACT, facts_of, phrases, plain_text, runs
from notebot.evals.wording import words
from notebot.retrieve.vocabulary import STOP_WORDS, content
from notebot.types import Chunk

Kind = Literal["heading", "definition", "value", "list", "table", "prose", "model", "near-miss", "held-out", "stub"]

LONGEST_TOPIC = 6  # words of what is asked about
MOST_ITEMS = 3  # of a list that an answer is asked to name
MOST_SENTENCES = 6  # of a passage, any of which answers what it says about its topic
_POINTING = frozenset(
    """it its this that these those they them there he she we you i who what which here such some one both each all many most
    though although if while note example examples see todo""".split()
)
_DEFINES = re.compile(
    r"^(?:(?P<article>an?|the)\s+)?(?P<topic>[^,.;:!?()|]{2,60}?)\s+(?P<verb>is|are|means|refers to)\s+(?P<rest>\S.{9,})$", re.I
)
_VALUE = re.compile(r"^(?:[*_`]{0,3})(?P<key>[^:|]{2,60}?)(?:[*_`]{0,3}):(?:[*_`]{0,3})\s+(?P<value>\S.*)$")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(?P<text>\S.*)")
_PLACES = frozenset("above at behind below beside between in inside near next on outside over under".split())
_TIMES = re.compile(
    r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|\w+days?)\b", re.I
)
# What "X is ..." goes on with where it does not say what X is.
_NO_DEFINITION = re.compile(
    r"\w{2,}ed|\w{2,}ing|kept|made|built|done|sold|found|held|written|taken|given|known|put|set|sent|left|shown|seen|bought|"
    r"brought|run|read|grown|cut|lent|not|no|also|always|never|often|only|still|too|usually|very|welcome",
    re.I,
)
_ADDRESS = re.compile(r"\w+://|www\.")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_FENCE, _INDENTED = re.compile(r"\s*(?:```|~~~)"), re.compile(r"(?: {4}|\t)")
_INNER = frozenset("of and in for to".split())  # that may stand between the words of a topic
_RULE = re.compile(r"\|?[\s:|-]+\|?")


@dataclass(frozen=True, slots=True)
class Draft:
    """A question with the place of its answer, and of each group of `facts` one phrasing that the answer has to say.

    `passage` is what the place says. Where `answerable` is false, there are no facts, and the place is where somebody might look.
    """

    question: str
    kind: Kind
    source: str
    gold: tuple[Place, ...]
    passage: str
    facts: tuple[tuple[str, ...], ...] = ()
    answerable: bool = True
    chunk_id: str = ""


def drafts(chunk: Chunk) -> list[Draft]:
    """What can be asked about a passage, the most telling kind first; each question once."""
    if chunk.stub:
        return []
    said = without_orders(without_code(chunk.text))
    lines = _lines(chunk, said)
    found = [*_of_heading(chunk), *_of_values(chunk, lines), *_of_definitions(chunk, said), *_of_tables(chunk, lines)]
    found += [*_of_lists(chunk, lines), *_of_prose(chunk, said)]
    return list({draft.question.casefold(): draft for draft in reversed(found)}.values())[::-1]


def draft(
    chunk: Chunk, kind: Kind, question: str, facts: Sequence[Sequence[str]], *, lines: tuple[int, int] | None = None
) -> Iterator[Draft]:
    """The draft, unless the passage does not say its facts, or the question gives them away."""
    asked = set(words(question))
    kept = tuple(
        tuple(dict.fromkeys(said))
        for group in facts
        if (said := [one for one in group if not set(words(one)) <= asked and words(one)])
    )
    if kept and len(kept) == len(facts):
        gold = place(chunk, lines)
        yield Draft(question, kind, chunk.source, (gold,), chunk.indexed_text, kept, chunk_id=chunk.id)


def place(chunk: Chunk, lines: tuple[int, int] | None = None) -> Place:
    """Where the answer stands: the heading with its lines; without a heading the lines alone."""
    headings = (part.partition(": ")[0] for part in chunk.heading[-1:])  # the words before the colon are enough
    heading = tuple(part for part in headings if re.search(r"\w", part))
    return Place(chunk.source, heading, lines or (chunk.first_line, max(chunk.first_line, chunk.last_line)))


def topic_of(chunk: Chunk) -> str:
    """What the passage is about by its heading, before a colon; empty if that does not read well in a question."""
    return _topic(chunk.heading[-1].partition(":")[0]) if chunk.heading else ""


def without_code(text: str) -> str:
    """The text with spaces in place of comments and blocks of code; only its heading where it begins or ends inside of one."""
    shown = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    lines, inside = shown.split("\n"), False
    if sum(bool(_FENCE.match(line)) for line in lines) % 2:
        return "\n".join(line if number == 0 and line.startswith("#") else "" for number, line in enumerate(lines))
    for number, line in enumerate(lines):
        fence = bool(_FENCE.match(line))
        if fence or inside or (_INDENTED.match(line) and not _ITEM.fullmatch(line)):
            lines[number] = " " * len(line)
        inside ^= fence
    return "\n".join(lines)


def without_orders(text: str) -> str:
    """The text with spaces in place of lines that are addressed to a model: what they say is nothing to ask a person about."""
    lines = text.split("\n")
    return "\n".join(" " * len(line) if is_order(line, "") and not line.startswith("#") else line for line in lines)


def _of_heading(chunk: Chunk) -> Iterator[Draft]:
    """`# Monitoring: Prometheus, Grafana` names what is used for a topic."""
    if not chunk.heading or ": " not in chunk.heading[-1]:
        return
    key, _, value = chunk.heading[-1].partition(": ")
    topic = _topic(key)
    if not topic or _ADDRESS.search(value) or not content(value) or is_order(chunk.heading[-1], ""):
        return
    parts = [part.strip(" ?.") for part in re.split(r",|;", value)]
    named = len(parts) > 1 and all(len(part.split()) <= 4 for part in parts)
    facts = [phrases(part) for part in (parts if named else [value]) if part]
    line = (chunk.first_line, chunk.first_line) if chunk.text.startswith("#") else None
    yield from draft(chunk, "heading", f"What do my notes have for {topic}?", facts, lines=line)


def _of_values(chunk: Chunk, lines: Sequence[tuple[int, str]]) -> Iterator[Draft]:
    about = topic_of(chunk)
    for number, line in lines:
        item = _ITEM.fullmatch(line)
        match = _VALUE.match(item["text"] if item else line.strip())
        if not match or _ADDRESS.search(line) or line.lstrip().startswith(("#", "|", ">")):
            continue
        key, value = _topic(match["key"]), match["value"]
        if not _named(key) or not content(value):
            continue
        near = set(content(key)) & set(content(about)) or len(key.split()) > 1 or not about
        question = f"What {_is(key)} {_lowered(key)}?" if near else f"What do my notes say for {key} under {about}?"
        yield from draft(chunk, "value", question, facts_of(value, known=key), lines=_at(chunk, number))


def _of_definitions(chunk: Chunk, text: str) -> Iterator[Draft]:
    for start, end in sentence_spans(text):
        sentence = " ".join(text[start:end].split()).rstrip(". ")
        match = _DEFINES.match(plain_text(sentence))
        if match is None or _ADDRESS.search(sentence) or "|" in sentence:
            continue
        topic = _topic(match["topic"])
        question = _definition(match, topic) if _named(topic) else ""
        if not question:
            continue
        first = chunk.first_line + text.count("\n", 0, start)
        lines = _at(chunk, first, first + text.count("\n", start, end))
        yield from draft(chunk, "definition", question, facts_of(match["rest"], known=topic), lines=lines)


def _definition(match: re.Match[str], topic: str) -> str:
    """What "X is ..." answers: what it is, where, or when it is due; empty where it only tells what happens to X."""
    thing = f"{match['article'].lower()} {topic}" if match["article"] else _lowered(topic)
    verb = match["verb"].lower() if match["verb"].lower() in ("is", "are") else _is(topic)
    first = match["rest"].split()[0].lower()
    if first == "due":
        return f"When {verb} {thing} due?"
    if first in _PLACES:
        return "" if _TIMES.search(match["rest"]) else f"Where {verb} {thing}?"
    return "" if _NO_DEFINITION.fullmatch(first) else f"What {verb} {thing}?"


def _of_tables(chunk: Chunk, lines: Sequence[tuple[int, str]]) -> Iterator[Draft]:
    """One question a row: what stands in its second column, asked by the words of the header."""
    header = next((_cells(line) for line in [*chunk.context.split("\n"), *(text for _, text in lines)] if _is_row(line)), [])
    if len(header) < 2:
        return
    for number, line in lines:
        cells = _cells(line) if _is_row(line) else []
        if len(cells) != len(header) or cells == header or not _topic(cells[0]):
            continue
        column = next((at for at in range(1, len(cells)) if words(cells[at]) and _topic(header[at])), 0)
        if column and len(cells[column].split()) <= 2 * LONGEST_FACT:
            question = f"What is the {_lowered(header[column])} of {cells[0]}?"
            yield from draft(chunk, "table", question, [phrases(cells[column]) or [cells[column]]], lines=_at(chunk, number))


def _of_lists(chunk: Chunk, lines: Sequence[tuple[int, str]]) -> Iterator[Draft]:
    items = [(number, match["text"]) for number, line in lines if (match := _ITEM.fullmatch(line)) and line[:1].strip()]
    about = topic_of(chunk)
    named = [(number, said) for number, text in items if not _ADDRESS.search(text) and (said := _item(text))]
    if about and len(named) >= 2:
        lines_of = (named[0][0], named[min(len(named), MOST_ITEMS) - 1][0])
        facts = [said for _, said in named[:MOST_ITEMS]]
        yield from draft(chunk, "list", f"What do my notes list under {about}?", facts, lines=_at(chunk, *lines_of))


def _item(text: str) -> list[str]:
    """Phrasings of an item of a list: how it begins, and where that is only a key, its value."""
    pair = _VALUE.match(text)
    return phrases(text) + (phrases(pair["value"]) if pair else [])


def _of_prose(chunk: Chunk, text: str) -> Iterator[Draft]:
    """What is said under a heading: any of its sentences answers, known again by its most telling words."""
    about = topic_of(chunk)
    said: list[str] = []
    for start, end in sentence_spans(text) if about else ():
        sentence = text[start:end]
        in_heading = text.startswith("#") and "\n" not in text[:start]
        if not in_heading and not _ADDRESS.search(sentence) and len(sentence.split()) >= 3 and "|" not in sentence:
            said += runs(sentence, apart_from=about)[:1]
    yield from draft(chunk, "prose", f"What do my notes say about {about}?", [said[:MOST_SENTENCES]])


def _topic(text: str) -> str:
    """A text as the topic of a question, empty where it makes none."""
    plain = plain_text(text).strip(" .:?!-/")
    said = words(plain)
    bad = not said or len(plain.split()) > LONGEST_TOPIC or said[0] in _POINTING or bool(_ADDRESS.search(plain))
    return "" if bad or not any(map(str.isalpha, plain)) else plain


def _named(topic: str) -> bool:
    """Whether a topic reads as a name or a term: a few words that say something."""
    said = topic.split()
    good = all(word.lower() in _INNER or word.lower() not in STOP_WORDS for word in said)
    return (
        bool(content(topic))
        and len(said) <= 4
        and good
        and said[0].lower() not in _INNER
        and not re.search(r"[(){}=<>\"]", topic)
    )


def _lowered(topic: str) -> str:
    """`Data mining` inside a sentence; names and abbreviations stay as they are."""
    first, *rest = topic.split(" ")
    ordinary = first[:1].isupper() and first[1:].islower() and (not rest or not any(part[:1].isupper() for part in rest))
    return topic[:1].lower() + topic[1:] if ordinary and rest else topic


def _is(topic: str) -> str:
    return "are" if re.search(r"[^siu]s$", topic) else "is"


def _lines(chunk: Chunk, text: str) -> list[tuple[int, str]]:
    """Each line of the text with its number in the source, without the heading's."""
    lines = list(enumerate(text.split("\n"), chunk.first_line))
    return lines[1:] if chunk.heading and chunk.text.startswith("#") else lines


def _at(chunk: Chunk, first: int, last: int | None = None) -> tuple[int, int] | None:
    """Those lines, where places in the source are lines; else the whole passage."""
    return (first, last or first) if chunk.unit == "line" else None


def _is_row(line: str) -> bool:
    return line.strip().startswith("|") and line.count("|") >= 3 and not _RULE.fullmatch(line.strip())


def _cells(line: str) -> list[str]:
    return [plain_text(cell) for cell in line.strip().strip("|").split("|")]
