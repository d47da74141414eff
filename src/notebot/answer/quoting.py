"""The best words of the notes for a question, verbatim: what is shown when the model's own words fail the check."""

from __future__ import annotations

from collections.abc import Sequence

from notebot.answer.citations import cite
from notebot.answer.grounding import Evidence, carried_by_sentence, read_words
from notebot.answer.relevance import Focus
from notebot.answer.sentences import LIST_MARK
from notebot.models.ports import TokenEmbedder
from notebot.types import Passage, Sentence, Span

MOST_QUOTES = 3
MOST_ITEMS = 8  # of a list that a quoted sentence leads into
FITTING = 0.6  # of the best sentence of its passage: one that fits less is not worth quoting
CLOSE = 0.05  # passages whose similarity is within this of the best are quoted beside it


def best_quotes(
    question: str, passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus, tokens: TokenEmbedder
) -> tuple[Sentence, ...]:
    """Up to three sentences of the passages that speak most of what is asked, each carried by itself.

    A sentence that leads into a list brings the list.
    """
    if not passages:
        return ()
    said = read_words(question, tokens)
    shares = [about.share(number) for number in range(len(passages))]
    best = min(range(len(passages)), key=lambda number: (-shares[number], -passages[number].score, number))
    quotes: list[Sentence] = []
    for number, passage in sorted(enumerate(passages), key=lambda pair: pair[0] != best):
        beside = shares[number] == shares[best] and passage.similarity >= passages[best].similarity - CLOSE
        if number == best or beside:
            item = evidence[number]
            kept = _defining(number, item, about) or _fitting(carried_by_sentence(said, item), item)
            room = MOST_QUOTES - len(quotes)
            spans = [
                Span(number, *item.sentences[unit], item.text[slice(*item.sentences[unit])]) for unit in _whole(kept[:room], item)
            ]
            quotes.extend(Sentence(span.quote, supported=True, score=1.0, citations=(cite(span, passages),)) for span in spans)
    return tuple(quotes)


def _defining(number: int, item: Evidence, about: Focus) -> list[int]:
    """The first sentences of a passage whose heading already names all that is asked: they say what it is."""
    named = _has_heading(item) and about.share(number, [0]) == 1.0
    return list(range(1, len(item.sentences)))[:MOST_QUOTES] if named else []


def _fitting(fit: Sequence[float], item: Evidence) -> list[int]:
    """The sentences that fit the question best, in the order of the text; the bare heading only when it is alone."""
    order = sorted(range(int(_has_heading(item)), len(item.sentences)), key=lambda unit: (-fit[unit], unit))
    return sorted(unit for unit in order[:MOST_QUOTES] if fit[unit] >= FITTING * fit[order[0]])


def _whole(kept: Sequence[int], item: Evidence) -> list[int]:
    """The sentences, with the list items that directly follow one that is no item itself."""
    units = set(kept)
    for unit in kept:
        following = unit + 1
        while not _is_item(unit, item) and following < len(item.sentences) and _is_item(following, item):
            units.add(following)
            following += 1
            if following - unit > MOST_ITEMS:
                break
    return sorted(units)


def _is_item(unit: int, item: Evidence) -> bool:
    start = item.sentences[unit][0]
    return bool(LIST_MARK.fullmatch(item.text, item.text.rfind("\n", 0, start) + 1, start))


def _has_heading(item: Evidence) -> bool:
    return item.text.startswith("#") and len(item.sentences) > 1
