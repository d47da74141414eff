"""The support check: does this evidence carry this claim, on which words does that rest, and what is missing?

A claim is aligned with the evidence word by word: the vectors of a word's tokens in context are compared with those of
every token of the evidence, and the word counts as far as its best match does. That finds the sentences that a claim rests
on; whether they say it, the support model decides, which reads them together with the claim (eval/train says how it came
about, eval/README.md how well it does). Numbers and names are compared by rule as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from notebot.answer.alignment import Alignment, Evidence, align
from notebot.answer.contradiction import contradiction
from notebot.answer.roles import misattributed, of_another, other_subject, other_value, siblings, stitched, turned_round
from notebot.models.ports import SupportModel, TokenEmbedder
from notebot.types import Span, Support

SUPPORTED = 0.70  # without a support model: the claim's words are carried as a whole
CARRIED = 0.45  # one word is carried; below, it stands for something that the evidence does not say
DOUBTED = 0.3  # the most that a claim scores against which a rule speaks

# Log-odds that evidence carries a claim, fitted by eval/train/weights.py to claims on articles that the support model has not
# seen and to WiCE: of the model's own, with the sentences around and without; of the alignment above SAID; of a word unsaid.
BIAS, AMONG, ALONE, ALIGNED, UNSAID = -0.31, 0.49, 0.34, 3.99, 0.15
SAID = 0.8
ENOUGH = 0.4  # where every word is carried and no rule speaks against the claim
SURE = 0.7  # where a word is said in other words
WINDOW = 100  # words that the support model reads around what a claim rests on


def check(claim: str, evidence: Sequence[Evidence], tokens: TokenEmbedder, *, support: SupportModel | None = None) -> Support:
    """How far the evidence carries the claim. `Span.evidence` counts from 0 in the order given.

    With a support model, the score is the probability that it is carried, from what the model makes of the sentences that it
    rests on, alone and with those around them, and from the alignment; without one, how well the words are carried. A sentence
    of the evidence, word for word, is carried whatever they make of it.
    """
    aligned = align(claim, evidence, tokens)
    if aligned is None:
        return Support(0.0, False, (), "there is nothing in it that the notes could carry")
    if same := _verbatim(claim, evidence):
        return Support(1.0, True, (same,), "")
    spans = tuple(Span(number, start, end, evidence[number].text[start:end]) for number, start, end in aligned.units)
    unsaid = _unsaid(aligned)
    doubt = _doubt(claim, aligned, spans, evidence) or _other_subject(claim, spans, unsaid)
    reason = doubt or (f"the notes do not say: {', '.join(unsaid)}" if unsaid else "") or _heading_only(spans, evidence)
    if support is None:
        score, enough = aligned.score, SUPPORTED
    else:
        score, enough = _read_together(claim, aligned, evidence, support, unsaid=bool(unsaid)), ENOUGH
        if unsaid and reason != doubt and score >= SURE and not _exact(unsaid, aligned):
            reason = _heading_only(spans, evidence)  # other words for the same: the model has read them together
    if reason:
        return Support(min(score, DOUBTED if doubt else enough - 0.01), False, spans, reason)
    return Support(score, score >= enough, spans, "" if score >= enough else "the notes do not say it in this way")


def _verbatim(claim: str, evidence: Sequence[Evidence]) -> Span | None:
    """The sentence of the evidence that the claim is, but for capitals, spaces and a full stop; no heading with text under it."""
    said = _plain(claim)
    for number, item in enumerate(evidence):
        for start, end in item.sentences:
            quote = item.text[start:end]
            if quote != item.bare_heading and _plain(quote) == said:
                return Span(number, start, end, quote)
    return None


def _plain(sentence: str) -> str:
    return " ".join(sentence.casefold().split()).rstrip(".")


def _read_together(claim: str, aligned: Alignment, evidence: Sequence[Evidence], support: SupportModel, *, unsaid: bool) -> float:
    """The probability that the evidence carries the claim."""
    windows = [window(aligned.units, evidence, size) for size in (WINDOW, 0)]
    among, alone = (math.log(p / (1 - p)) for p in np.clip(support.carried([(claim, text) for text in windows]), 1e-4, 1 - 1e-4))
    said = aligned.score - SAID
    odds = BIAS + AMONG * among + ALONE * alone + ALIGNED * said + (UNSAID if unsaid else 0.0)
    return 1 / (1 + math.exp(-odds))


def _exact(words: Sequence[str], aligned: Alignment) -> bool:
    """Whether one of the words is a name or a number: these have no other words."""
    exact = zip(aligned.words.texts, aligned.words.names, aligned.words.values, strict=True)
    return any(text in words and (name or value is not None) for text, name, value in exact)


def _doubt(claim: str, aligned: Alignment, spans: Sequence[Span], evidence: Sequence[Evidence]) -> str:
    """What a rule sees against the claim: another number, a "not", another subject."""
    quotes = [span.quote for span in spans]
    roles = (_wrong_role(claim, unit, evidence) for unit in aligned.units)
    spoken_against = contradiction(claim, " ".join(quotes)) or next(filter(None, roles), "")
    return spoken_against or stitched(claim, quotes) or other_value(claim, quotes)


def _other_subject(claim: str, spans: Sequence[Span], unsaid: Sequence[str]) -> str:
    return next(filter(None, (other_subject(claim, span.quote, unsaid) for span in spans)), "") if unsaid else ""


def _unsaid(aligned: Alignment) -> list[str]:
    """The words of the claim that nothing in the evidence says."""
    said = zip(aligned.words.texts, aligned.best, aligned.words.weights, strict=True)
    return list(dict.fromkeys(word for word, carried, weight in said if weight >= 1 and carried < CARRIED))


def window(units: Sequence[tuple[int, int, int]], evidence: Sequence[Evidence], longest: int) -> str:
    """What the support model reads: the sentences that a claim rests on, with their headings, and with those around them.

    Sentences are added on both sides while the whole has at most `longest` words.
    """
    parts = []
    share = longest // len({number for number, _, _ in units})
    for number in sorted({number for number, _, _ in units}):
        item = evidence[number]
        kept = {item.sentences.index((start, end)) for at, start, end in units if at == number}
        kept |= _around(kept, item, share)
        parts.append(_joined(sorted(kept), item))
    return "\n\n".join(parts)


def _around(kept: set[int], item: Evidence, longest: int) -> set[int]:
    """The sentences next to those that are kept, the nearest first, while there is room."""
    sizes = [len(item.text[start:end].split()) for start, end in item.sentences]
    room = longest - sum(sizes[unit] for unit in kept)
    added: set[int] = set()
    for unit in sorted(set(range(len(sizes))) - kept, key=lambda unit: (min(abs(unit - own) for own in kept), unit)):
        if sizes[unit] > room:
            break
        added.add(unit)
        room -= sizes[unit]
    return added


def _joined(units: Sequence[int], item: Evidence) -> str:
    """Sentences as they stand in the text, and a new line where something is left out. The heading leads."""
    pieces = [item.text[: item.sentences[0][1]]] if item.text.startswith("#") and 0 not in units else []
    for unit in units:
        start, end = item.sentences[unit]
        if pieces and unit - 1 in units:
            pieces[-1] += item.text[item.sentences[unit - 1][1] : end]
        else:
            pieces.append(item.text[0 if unit == 0 else start : end])
    return "\n".join(pieces)


def _wrong_role(claim: str, unit: tuple[int, int, int], evidence: Sequence[Evidence]) -> str:
    number, start, end = unit
    item = evidence[number]
    main = item.text[start:end]
    others = [item.text[a:b] for a, b in item.sentences if (a, b) != (start, end) and item.text[a:b] != item.heading]
    return (
        misattributed(claim, main, others)
        or of_another(claim, main, item.heading)
        or siblings(claim, main)
        or turned_round(claim, main, item.heading)
    )


def _heading_only(spans: Sequence[Span], evidence: Sequence[Evidence]) -> str:
    """Whether a claim takes nothing from some passage but its bare heading, though there is text under it."""
    for number in {span.evidence for span in spans}:
        bare = evidence[number].bare_heading
        if bare and [span.quote for span in spans if span.evidence == number] == [bare]:
            return "the notes have a heading for it, and do not say it"
    return ""
