"""Drafts of questions from one passage, by templates: its heading, definitions, lists, tables, lines of key and value. Pure.

A template sees form, not sense. What it drafts is worth a look by a person, and is meant for that: see reviewing.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from notebot.answer.sentences import sentence_spans
from notebot.evals.cases import Place
from notebot.evals.wording import words
from notebot.retrieve.vocabulary import STOP_WORDS, WORD, content, is_content
from notebot.types import Chunk

Kind = Literal["heading", "definition", "value", "list", "table", "prose", "model", "near-miss", "held-out", "stub"]

LONGEST_TOPIC = 6  # words of what is asked about
LONGEST_FACT = 5  # words of one phrasing; longer ones are seldom repeated
MOST_ITEMS = 3  # of a list that an answer is asked to name
_POINTING = frozenset(
    """it its this that these those they them there he she we you i who what which here such some one both each all many most
    though although if while note example examples see todo""".split()
)
_DEFINES = re.compile(
    r"^(?:(?:an?|the)\s+)?(?P<topic>[^,.;:!?()|]{2,60}?)\s+(?P<verb>is|are|means|refers to)\s+(?P<rest>\S.{9,})$", re.I
)
_VALUE = re.compile(r"^(?:[*_`]{0,3})(?P<key>[^:|]{2,60}?)(?:[*_`]{0,3}):(?:[*_`]{0,3})\s+(?P<value>\S.*)$")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?(?P<text>\S.*)")
_CUT = re.compile(
    r"\s*(?:[,;:()|–—]|\.\s|\.$|\s-\s|\b(?:that|which|who|where|when|while|and|or|but|with|for|as|by|from|used|using|because|so|"
    r"e\.g|i\.e|such|to|in order)\b).*",
    re.I | re.S,
)
_ARTICLE = re.compile(r"^(?:an?|the|its|their|our|my|also|usually|generally|often|any|some)\s+", re.I)
_MARKS = re.compile(r"[*_`]{1,3}|\[\[?|\]\]?(?:\([^)]*\))?")
_NUMBER = re.compile(r"(?<![\w.-])\d[\d.,]*\+?%?(?:\s+[^\W\d_]+)?")
_LOOSE = re.compile(r"\s+(?:on|in|at|into|over|under|about|across|between|through|during|after|before|of|to|the|an?)\b.*", re.I)
_ADDRESS = re.compile(r"\w+://|www\.")
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
    said = without_code(chunk.text)
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


def phrases(text: str) -> list[str]:
    """Phrasings of a fact, word for word from the text: how it begins, and that without an article."""
    plain = _plain(text)
    head = _CUT.sub("", plain).strip(" .?!\"'“”")
    if len(head.split()) > LONGEST_FACT:
        head = " ".join((_LOOSE.sub("", head) if len(_LOOSE.sub("", head).split()) > 1 else head).split()[:LONGEST_FACT])
    bare = _ARTICLE.sub("", head)
    if not content(bare):  # nothing before the first cut says anything: "used for X"
        bare = head = _run(plain)
    return [phrase for phrase in dict.fromkeys([bare, head]) if _telling(phrase)]


def without_code(text: str) -> str:
    """The text with spaces in place of blocks of code; nothing but its heading where it begins or ends inside of one."""
    lines, inside = text.split("\n"), False
    if sum(bool(_FENCE.match(line)) for line in lines) % 2:
        return "\n".join(line if number == 0 and line.startswith("#") else "" for number, line in enumerate(lines))
    for number, line in enumerate(lines):
        fence = bool(_FENCE.match(line))
        if fence or inside or (_INDENTED.match(line) and not _ITEM.fullmatch(line)):
            lines[number] = " " * len(line)
        inside ^= fence
    return "\n".join(lines)


def _of_heading(chunk: Chunk) -> Iterator[Draft]:
    """`# Monitoring: Prometheus, Grafana` names what is used for a topic."""
    if not chunk.heading or ": " not in chunk.heading[-1]:
        return
    key, _, value = chunk.heading[-1].partition(": ")
    topic = _topic(key)
    if not topic or _ADDRESS.search(value) or not content(value):
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
        question = f"What {_is(key)} {_lowered(key)}?" if near else f"What is the {_lowered(key)} of {about}?"
        yield from draft(chunk, "value", question, _facts(value), lines=_at(chunk, number))


def _of_definitions(chunk: Chunk, text: str) -> Iterator[Draft]:
    for start, end in sentence_spans(text):
        sentence = " ".join(text[start:end].split()).rstrip(". ")
        match = _DEFINES.match(_plain(sentence))
        if match is None or _ADDRESS.search(sentence) or "|" in sentence:
            continue
        topic = _topic(match["topic"])
        if not _named(topic) or match["rest"].split()[0].lower() in ("not", "no", "used"):
            continue
        verb = "are" if match["verb"].lower() == "are" else _is(topic)
        first = chunk.first_line + text.count("\n", 0, start)
        lines = _at(chunk, first, first + text.count("\n", start, end))
        yield from draft(chunk, "definition", f"What {verb} {_lowered(topic)}?", _facts(match["rest"]), lines=lines)


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
    named = [(number, said) for number, text in items if not _ADDRESS.search(text) and (said := phrases(text))]
    if about and len(named) >= 2:
        lines_of = (named[0][0], named[min(len(named), MOST_ITEMS) - 1][0])
        facts = [said for _, said in named[:MOST_ITEMS]]
        yield from draft(chunk, "list", f"What do my notes list under {about}?", facts, lines=_at(chunk, *lines_of))


def _of_prose(chunk: Chunk, text: str) -> Iterator[Draft]:
    """What the first telling sentence under a heading says, by words in a row that say something."""
    about = topic_of(chunk)
    for start, end in sentence_spans(text) if about else ():
        sentence = text[start:end]
        in_heading = text.startswith("#") and "\n" not in text[:start]
        if not in_heading and not _ADDRESS.search(sentence) and len(sentence.split()) >= 6 and "|" not in sentence:
            run = _run(_plain(sentence), apart_from=about)
            if " " in run:
                yield from draft(chunk, "prose", f"What do my notes say about {about}?", [[run]])
                return


def _facts(value: str) -> list[list[str]]:
    """How a value begins, and the first number in it that this has not."""
    head = phrases(value)
    number = next(iter(_NUMBER.findall(_plain(value))), "")
    more = (
        [[number.split()[0], number] if " " in number else [number]]
        if number and not any(number.split()[0] in p for p in head)
        else []
    )
    return ([head] if head else []) + more


def _run(text: str, *, apart_from: str = "") -> str:
    """The first longest run of words that say something, at most three; not of what the question names already."""
    known, best, run = set(content(apart_from)), [""], [""]
    for match in WORD.finditer(text):
        word = match.group()
        joined = bool(run[0]) and text[: match.start()].endswith(f"{run[-1]} ")
        good = is_content(word) and not set(content(word)) <= known
        run = [*run, word] if good and joined else [word] if good else [""]
        best = run if len(run) > len(best) or not best[0] else best
        if len(best) == 3:
            break
    return " ".join(best)


def _topic(text: str) -> str:
    """A text as the topic of a question, empty where it makes none."""
    plain = _plain(text).strip(" .:?!-/")
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


def _telling(phrase: str) -> bool:
    return any(len(word) > 2 for word in content(phrase)) or any(char.isdigit() for char in phrase)


def _lowered(topic: str) -> str:
    """`Data mining` inside a sentence; names and abbreviations stay as they are."""
    first, *rest = topic.split(" ")
    ordinary = first[:1].isupper() and first[1:].islower() and (not rest or not any(part[:1].isupper() for part in rest))
    return topic[:1].lower() + topic[1:] if ordinary and rest else topic


def _is(topic: str) -> str:
    return "are" if re.search(r"[^siu]s$", topic) else "is"


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).split())


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
    return [_plain(cell) for cell in line.strip().strip("|").split("|")]
