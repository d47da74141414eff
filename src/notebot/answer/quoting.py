"""The best words of the notes for a question, verbatim: what is shown when the model's own words fail the check."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from notebot.answer.alignment import Evidence, table_heads
from notebot.answer.citations import cite
from notebot.answer.relevance import Focus
from notebot.retrieve.vocabulary import content, stem
from notebot.types import Passage, Sentence, Span

MOST_QUOTES = 3  # of one passage
MOST_PASSAGES = 3
MOST_ITEMS = 12  # of a list that is quoted as a whole
FITTING = 0.6  # of the best sentence of its passage: one that fits less is not worth quoting
CLOSE = 0.05  # passages that speak of as much, and whose similarity is within this of the best, are quoted beside it
ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]")
FOR_EXAMPLE = re.compile(r"\b(?:e\.g\.|for example|for instance|such as|like)", re.I)
EXAMPLES_ASKED = re.compile(r"\bexamples?\b", re.I)
# "Which kinds ...", "what are the steps", "list ...": one of them is no answer.
SEVERAL_ASKED = re.compile(
    r"^\W*(?:(?:so|and|please)\W+)*(?:list|name|enumerate)\b"
    r"|\b(?:which|what)\s+(?:are|were)\b"
    r"|\b(?:which|what)\s+(?!(?:am|can|could|did|does?|had|has|have|is|its|may|must|should|this|was|will|would)\b)"
    r"(?:[\w-]+\s+)?(?!(?:does|has|is|its|this|was)\b)[\w-]+[^\Ws]s\b",
    re.I,
)
ASKED = 0.5  # of the words of a question for several things, in a list and what leads into it: it is the list of them
NAME_ASKED = re.compile(r"\b(?:stands? for|short for|abbreviat\w+|acronym|spelled out)\b", re.I)


def best_quotes(passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus) -> tuple[Sentence, ...]:
    """Up to three sentences of each passage that speaks of what is asked, each carried by itself.

    A passage is added while it speaks of words that those before it do not. The sentence that most likely answers the question is
    there if its passage is, or if it can be relied on. A sentence that leads into a list brings the list, and a row of a table
    its head.
    """
    quotes: list[Sentence] = []
    chosen = {number: _chosen(number, evidence[number], about) for number in _covering(passages, about)}
    answer = about.answered
    if answer.at and answer.at[0] < len(passages) and (answer.at[0] in chosen or answer.prose or answer.reliable):
        number, unit = answer.at
        chosen[number] = sorted({*chosen.get(number, []), unit})
    for number, units in chosen.items():
        item = evidence[number]
        quotes.extend(_quoted(number, _with_heads(_whole(units, item), item), item, passages))
    return tuple(quotes)


def left_out(
    own: Sequence[Sentence], passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus
) -> tuple[Sentence, ...]:
    """What sentences in a model's words leave out of the lists that they take from, where the question asks for all of one."""
    if not SEVERAL_ASKED.search(about.question):
        return ()
    said = set(content(" ".join(sentence.text for sentence in own)))
    cited = {(citation.passage_id, citation.start) for sentence in own for citation in sentence.citations}
    quotes: list[Sentence] = []
    for number, (passage, item) in enumerate(zip(passages, evidence, strict=False)):
        for items in _lists(item):
            lines = {_line(unit, item) for unit in items if (passage.chunk.id, item.sentences[unit][0]) in cited}
            if lines and _is_asked_for(items, number, passage, about):
                rest = [unit for unit in sorted(items) if _line(unit, item) not in lines and not _named(unit, item, said)]
                quotes.extend(_quoted(number, rest, item, passages))
    return tuple(quotes)


def _is_asked_for(items: set[int], number: int, passage: Passage, about: Focus) -> bool:
    """Whether a list is of what is asked, all of it: its lead says so, and no word of the question tells its items apart."""
    spoken = about.by_sentence[number]
    lead = {word for word in about.words if stem(word) in content(" ".join(passage.chunk.heading))}
    lead |= spoken[min(items) - 1] if min(items) else frozenset()
    some = frozenset().union(*(spoken[unit] for unit in items))
    every = frozenset(some).intersection(*(spoken[unit] for unit in items))
    whole = lead | every
    return len(items) <= MOST_ITEMS and bool(lead) and some <= whole and len(whole) >= ASKED * len(about.words)


def _named(unit: int, item: Evidence, said: set[str]) -> bool:
    """Whether an item, or its label, has been said."""
    label = set(content(re.split(r"[:(,;–]", item.text[slice(*item.sentences[unit])])[0]))
    return label <= said


def _quoted(number: int, units: Sequence[int], item: Evidence, passages: Sequence[Passage]) -> Iterator[Sentence]:
    for unit in units:
        span = Span(number, *item.sentences[unit], item.text[slice(*item.sentences[unit])])
        yield Sentence(span.quote, supported=True, score=1.0, citations=(cite(span, passages),))


def _covering(passages: Sequence[Passage], about: Focus) -> list[int]:
    """The passages that together speak of as many of the words as possible, the one that speaks of most first."""
    spoken = [frozenset().union(*sentences) for sentences in about.by_sentence[: len(passages)]]
    chosen: list[int] = []
    left = set(about.words)
    while len(chosen) < min(MOST_PASSAGES, len(passages)):
        others = [number for number in range(len(passages)) if number not in chosen]
        best = min(others, key=lambda number: (-len(left & spoken[number]), -passages[number].score, number))
        if chosen and not left & spoken[best]:
            break
        chosen.append(best)
        left -= spoken[best]
    first = chosen[0] if chosen else 0
    beside = [
        number
        for number, passage in enumerate(passages)
        if number not in chosen and spoken[number] == spoken[first] and passage.similarity >= passages[first].similarity - CLOSE
    ]
    return (chosen + beside)[:MOST_PASSAGES]


def _chosen(number: int, item: Evidence, about: Focus) -> list[int]:
    """The sentences to quote of one passage, in the order of the text; its bare heading only when that is asked for, or alone."""
    heading = item.bare_heading
    heads = set(table_heads(item).values())  # they come with their rows
    units = [unit for unit in range(1 if heading else 0, len(item.sentences)) if unit not in heads]
    if heading and NAME_ASKED.search(about.question):
        return [0, *units][:MOST_QUOTES]
    if EXAMPLES_ASKED.search(about.question):
        examples = [unit for unit in units if FOR_EXAMPLE.search(item.text, *item.sentences[unit])]
        if examples:
            return examples[:MOST_QUOTES]
    if heading and about.share(number, [0]) == 1.0:  # the heading names all that is asked: what follows says what it is
        return max(units[:MOST_QUOTES], _whole([0], item)[1:], key=len)
    return _fitting(units, about.by_sentence[number])


def _fitting(units: Sequence[int], spoken: Sequence[frozenset[str]]) -> list[int]:
    """The sentences that speak of most. A word that many sentences of the passage share tells them apart less."""
    common = Counter(word for sentence in spoken for word in sentence)
    fit = {unit: math.fsum(1 / common[word] for word in spoken[unit]) for unit in units}  # the same in whatever order
    order = sorted(units, key=lambda unit: (-fit[unit], unit))[:MOST_QUOTES]
    return sorted(unit for unit in order if fit[unit] >= FITTING * fit[order[0]])


def _whole(kept: Sequence[int], item: Evidence) -> list[int]:
    """The sentences, with the list that directly follows one, and the whole of a list where more of its items may be left out."""
    units = set(kept)
    for items in _lists(item):
        led = not items.isdisjoint(unit + 1 for unit in units if not _is_item(unit, item))
        cut = len(items) <= MOST_ITEMS and len({_line(unit, item) for unit in items & units}) >= MOST_QUOTES
        if led or cut:
            units |= set(sorted(items)[:MOST_ITEMS])
    return sorted(units)


def _lists(item: Evidence) -> list[set[int]]:
    """The sentences of each list: items with nothing between them."""
    found: list[set[int]] = []
    for unit in range(len(item.sentences)):
        if _is_item(unit, item):
            if found and unit - 1 in found[-1]:
                found[-1].add(unit)
            else:
                found.append({unit})
    return found


def _with_heads(kept: Sequence[int], item: Evidence) -> list[int]:
    """The sentences, each row of a table behind the head that says what its cells are."""
    heads = table_heads(item)
    return sorted({*kept, *(heads[unit] for unit in kept if unit in heads)})


def _is_item(unit: int, item: Evidence) -> bool:
    return bool(ITEM.match(item.text, _line(unit, item)))


def _line(unit: int, item: Evidence) -> int:
    """Where the line of a sentence begins."""
    return item.text.rfind("\n", 0, item.sentences[unit][0]) + 1
