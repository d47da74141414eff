"""Two places in the notes that cannot both be right: another number or date, a "not", an opposite word, for the same thing.

Being wrong here accuses the notes. So two statements must be about the same thing by all their words, headings and notes
included, and differ in one; where a word could make the difference (about, until, her, in 2023), nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import PurePosixPath

from notebot.answer.alignment import Evidence, table_heads
from notebot.answer.citations import cite
from notebot.answer.clauses import STATES, clauses
from notebot.answer.contradiction import NEGATION, OPPOSITES
from notebot.answer.relevance import Focus
from notebot.answer.statements import NOT_ONLY, Reading, Statement, read
from notebot.retrieve.vocabulary import WORD, stem, words
from notebot.types import Answer, Citation, Passage, Sentence, Span, Status

Table = tuple[int, int] | None  # a passage, and the sentence of it that is the table's head
TO_THE_POINT = 0.6  # of the question's words that a statement and its heading must speak of
MOST_STATEMENTS = 24  # compared with each other
MOST_SHOWN = 4

BOUND = re.compile(
    r"\b(?:at (?:least|most)|up to|more than|less than|fewer than|no more|under|over|between|about|around|almost|nearly|"
    r"approx\w*|roughly|minimum|maximum|from|some|e\.g\.)(?!\w)|[~<>≤≥+–]|\d-\d",
    re.I,
)
ORDERED = re.compile(r"\b(?:must|should|ought to|ha(?:s|ve) to|needs? (?:to\b|\w+ing\b))", re.I)
PLANNED = re.compile(r"\b(?:is|are|will|due|starts?|begins?|ends?|opens?|closes?|expires?|deadline|moved)\b", re.I)
HARMLESS = frozenset(
    map(
        stem,
        """now currently today still already finally final official officially exactly exact total overall fixed set scheduled
        planned due agreed confirmed moved changed postponed pushed new actually really just note nb definitely always""".split(),
    )
)
MODAL = frozenset("can could may might must should need needs shall want wants will would have try".split())
NOT_ALL = re.compile(r"\bnot (?:all|every|each|always|necessarily) (\w+)", re.I)
ALL = re.compile(r"\b(?:all|every|each|always) (\w+)", re.I)
# Opposites that tell two kinds of a thing apart as often as they say something of one are left out.
NAMING = frozenset("supervised input first before one more best specific minimum labeled structured".split())
PREDICATES = tuple((one, other) for one, other in OPPOSITES if not (one | other) & NAMING)
SAYS = re.compile(
    r"\b(?:is|are|was|were|be|stays?|gets?|runs?|works?|use|uses?|keep|make|makes|needs?|do|does|should|must|can|will)\b|[:=]|\w+s\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two stretches of the passages that cannot both be true, and in words why not.

    Not `sure`: they stand under headings of different things, and the question names neither, so either may be meant.
    """

    one: Span
    other: Span
    reason: str
    sure: bool = True


def shown_apart(answer: Answer, passages: Sequence[Passage], evidence: Sequence[Evidence], asked: Sequence[Focus]) -> Answer:
    """The answer as it is; or, where it rests on one of two places that disagree, both of them, verbatim, and what else it says.

    `passages` and `evidence` go together, and `asked` are the questions in the question, as in `settle`.
    """
    cited = [citation for sentence in answer.sentences if sentence.supported for citation in sentence.citations]
    pairs = [
        pair
        for about in asked
        for pair in disagreements(passages, evidence, about)
        if any(_touches(citation, span, passages) for citation in cited for span in (pair.one, pair.other))
    ]
    if not pairs:
        return answer
    spans = list(dict.fromkeys(span for pair in pairs for span in (pair.one, pair.other)))[:MOST_SHOWN]
    quotes = tuple(Sentence(span.quote, supported=True, score=1.0, citations=(cite(span, passages),)) for span in spans)
    rest = tuple(
        sentence
        for sentence in answer.sentences
        if sentence.supported and not any(_touches(citation, span, passages) for citation in sentence.citations for span in spans)
    )
    listed = "\n".join(f"- {quote.text}" for quote in quotes)
    quoted = answer.status is Status.QUOTED
    more = "\n".join(f"- {sentence.text}" for sentence in rest) if quoted else " ".join(sentence.text for sentence in rest)
    what = "disagree" if all(pair.sure for pair in pairs) else "say different things"
    text = f"{_who(quotes)} {what}:\n{listed}" + (f"\n\n{more}" if more else "")
    return replace(answer, status=Status.DISAGREE, text=text, sentences=(*quotes, *rest))


def disagreements(passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus) -> tuple[Disagreement, ...]:
    """The pairs among the sentences that speak of what is asked, those of the best passages first."""
    found = list(_statements(passages, evidence, about))[:MOST_STATEMENTS]
    asked = frozenset(map(stem, about.words))
    pairs = []
    for (one, first, table), (other, second, same) in combinations(found, 2):
        if one == other or (table and table == same):
            continue  # each clause, each row is about something else, named in it
        sure = disagree(first, second)
        if reason := sure or unsettled(first, second, asked):
            pairs.append(Disagreement(one, other, reason, sure=bool(sure)))
    return tuple(pairs)


def disagree(one: Statement, other: Statement) -> str:
    """Why the two cannot both be true; empty where they can, or where nothing shows that they are about the same thing."""
    first, second = read(one), read(other)
    if not (first.claims and second.claims) or all(_elsewhere(first, second)):
        return ""  # the heading or note of each names something that the other knows nothing of
    return _values_differ(first, second) or _denied(first, second) or _opposed(first, second)


def unsettled(one: Statement, other: Statement, asked: frozenset[str]) -> str:
    """In what two places differ that say the same but for a value, where a question (its stems) chooses neither.

    Their headings are about different things, so both may be right: "the fee is 30" of a gym and of a club. But who asks for the
    fee has to hear of both.
    """
    first, second = read(one), read(other)
    elsewhere = _elsewhere(first, second)
    if (
        not (first.claims and second.claims and all(elsewhere))
        or asked & (elsewhere[0] | elsewhere[1])
        or first.said - second.context != second.said - first.context
    ):
        return ""
    return _values_differ(first, second)


def _elsewhere(one: Reading, other: Reading) -> tuple[frozenset[str], frozenset[str]]:
    """What the heading and note of each name that the other knows nothing of."""
    return one.context - other.context - other.said, other.context - one.context - one.said


def _statements(
    passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus
) -> Iterator[tuple[Span, Statement, Table]]:
    """The statements that speak of what is asked, clause by clause, each with the table that it is a row of."""
    asked = set(map(stem, about.words))
    for number, (passage, item) in enumerate(zip(passages, evidence, strict=False)):
        chunk, heads = passage.chunk, table_heads(item)
        heading = " ".join(chunk.heading or (chunk.title,))
        named = {stem(word) for word in words(heading)}
        for unit, (start, end) in enumerate(item.sentences):
            spoken = about.by_sentence[number][unit] | {word for word in about.words if stem(word) in named}
            if about.words and len(spoken) >= TO_THE_POINT * len(about.words):
                quote = item.text[start:end]
                table = (number, heads[unit]) if unit in heads else None
                for clause in _most_asked(clauses(quote), asked):
                    yield Span(number, start, end, quote), Statement(clause, heading, PurePosixPath(chunk.source).stem), table


def _most_asked(parts: Sequence[str], asked: Set[str]) -> Iterator[str]:
    """The clauses that have the most of what is asked."""
    there = [len(asked & set(map(stem, words(part)))) for part in parts]
    return (part for part, count in zip(parts, there, strict=True) if count == max(there))


def _touches(citation: Citation, span: Span, passages: Sequence[Passage]) -> bool:
    same = citation.passage_id == passages[span.evidence].chunk.id
    return same and citation.start < span.end and span.start < citation.end


def _who(quotes: Sequence[Sentence]) -> str:
    pages = [citation.url is not None for quote in quotes for citation in quote.citations]
    if not any(pages):
        return "Your notes"
    return "Pages that your notes link to" if all(pages) else "Your notes and pages that they link to"


# --- what cannot both be true -------------------------------------------------------------------------------------


def _same_subject(one: Reading, other: Reading, *, least: int) -> bool:
    """Whether all the words of each are words of the other, or of its headings."""
    beside = (one.said - other.said - other.context) | (other.said - one.said - one.context)
    shared = (one.said & other.said) | ((one.said | one.context) & (other.said | other.context))
    return one.turning == other.turning and not beside - HARMLESS and len(shared - HARMLESS) >= least


def _values_differ(one: Reading, other: Reading) -> str:
    """Another number, date, day or time where all else is the same."""
    texts = (one.text, other.text)
    if any(map(NEGATION.search, texts)) or not _same_subject(one, other, least=1):
        return ""
    if not (_states(one, other) and _states(other, one)):
        return ""
    apart = [kind for kind in one.values if _apart(kind, one, other)]
    if bool(one.values["number"]) != bool(other.values["number"]) or (len(apart) > 1 and "number" in apart):
        return ""  # two things that change together: "5 in 2023, 7 in 2024"
    dated = one.dated and other.dated and one.dated != other.dated
    if not apart or (dated and ("number" in apart or not all(map(PLANNED.search, texts)))):
        return ""  # a diary: each day has its own
    return f"{one.values[apart[0]][0][0]} or {other.values[apart[0]][0][0]}"


def _states(one: Reading, other: Reading) -> bool:
    """Whether it is a statement, or an order to do what the other says has to be done ("Clean it every 20 hours")."""
    order = words(one.text)[:1]
    ordered = ORDERED.search(other.text) and any(stem(word) in other.said and not word.endswith(("ed", "ing")) for word in order)
    return bool(STATES.search(one.text) or ordered)


def _apart(kind: str, one: Reading, other: Reading) -> bool:
    """Whether each has one value of a kind, and not the same."""
    if len(one.values[kind]) != 1 or len(other.values[kind]) != 1:
        return False
    first, second = one.values[kind][0][1], other.values[kind][0][1]
    if kind == "number":
        signs = [set(re.findall(r"[%$€£]", text)) for text in (one.text, other.text)]
        return first != second and signs[0] == signs[1] and not BOUND.search(one.text) and not BOUND.search(other.text)
    return any(a != b and (kind != "date" or (a and b)) for a, b in zip(first, second, strict=True))


def _denied(one: Reading, other: Reading) -> str:
    """What one says and the other denies in the same words, values included; "not all" against "all"."""
    texts = [NOT_ONLY.sub(" ", reading.text) for reading in (one, other)]
    denied = [bool(NEGATION.search(text)) for text in texts]
    if denied[0] == denied[1] or not one.same_values(other) or not _same_subject(one, other, least=2):
        return ""
    no, yes = texts if denied[0] else texts[::-1]
    modal = [{word for word in words(text) if word in MODAL} for text in texts]
    found = NEGATION.findall(no)
    if modal[0] != modal[1] or len(found) > 1:
        return ""
    if not_all := NOT_ALL.search(no):
        every = ALL.search(yes)
        return f"“{not_all.group()}” or “{every.group()}”" if every and every[1].lower() == not_all[1].lower() else ""
    return f"one says “{found[0]}”, the other does not"


def _opposed(one: Reading, other: Reading) -> str:
    """An opposite word said of the same thing."""
    if NEGATION.search(one.text) or NEGATION.search(other.text) or not one.same_values(other):
        return ""
    first, second = _predicate(one.text), _predicate(other.text)
    for left, right in (*PREDICATES, *(pair[::-1] for pair in PREDICATES)):
        if first & left and second & right and not first & right and not second & left:
            stems = {stem(word) for word in left | right}
            alike = replace(one, said=one.said - stems), replace(other, said=other.said - stems)
            if _same_subject(*alike, least=1):
                return f"“{min(first & left)}” or “{min(second & right)}”"
    return ""


def _predicate(text: str) -> set[str]:
    """The words from the first on that says something of what stands before it."""
    match = SAYS.search(text)
    return {word.group().lower() for word in WORD.finditer(text, match.start())} if match else set()
