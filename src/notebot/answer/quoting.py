"""The best words of the notes for a question, verbatim: what is shown when the model's own words fail the check."""

from __future__ import annotations

from collections.abc import Sequence

from notebot.answer.citations import cite
from notebot.answer.grounding import Evidence, carried_by_sentence, read_words
from notebot.answer.relevance import Focus
from notebot.models.ports import TokenEmbedder
from notebot.types import Passage, Sentence, Span

MOST_QUOTES = 3
FITTING = 0.6  # of the best sentence of its passage: one that fits less is not worth quoting
CLOSE = 0.05  # passages whose similarity is within this of the best are quoted beside it


def best_quotes(
    question: str, passages: Sequence[Passage], evidence: Sequence[Evidence], about: Focus, tokens: TokenEmbedder
) -> tuple[Sentence, ...]:
    """At most three sentences of the passages that speak most of what is asked, each carried by itself."""
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
            spans = [Span(number, *item.sentences[unit], item.text[slice(*item.sentences[unit])]) for unit in kept]
            fresh = spans[: MOST_QUOTES - len(quotes)]
            quotes.extend(Sentence(span.quote, supported=True, score=1.0, citations=(cite(span, passages),)) for span in fresh)
    return tuple(quotes)


def _defining(number: int, item: Evidence, about: Focus) -> range:
    """The first sentences of a passage whose heading already names all that is asked: they say what it is."""
    named = _has_heading(item) and about.share(number, [0]) == 1.0
    return range(1, min(1 + MOST_QUOTES, len(item.sentences))) if named else range(0)


def _fitting(fit: Sequence[float], item: Evidence) -> list[int]:
    """The sentences that fit the question best, in the order of the text; the bare heading only when it is alone."""
    order = sorted(range(int(_has_heading(item)), len(item.sentences)), key=lambda unit: (-fit[unit], unit))
    return sorted(unit for unit in order[:MOST_QUOTES] if fit[unit] >= FITTING * fit[order[0]])


def _has_heading(item: Evidence) -> bool:
    return item.text.startswith("#") and len(item.sentences) > 1
