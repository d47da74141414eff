"""The support check: does this evidence carry this claim, on which words does that rest, and what is missing?

A claim is aligned with the evidence word by word: the vectors of a word's tokens in context are compared with those of
every token of the evidence, and the word counts as far as its best match does. That finds the sentences that a claim rests
on; whether they say it, the support model decides, which reads them together with the claim (eval/train says how it came
about, eval/README.md how well it does). Numbers and names are compared by rule as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from notebot.answer.alignment import Alignment, Evidence, align
from notebot.answer.contradiction import contradiction
from notebot.answer.roles import misattributed, of_another, siblings, stitched, turned_round
from notebot.models.ports import SupportModel, TokenEmbedder
from notebot.types import Span, Support

SUPPORTED = 0.70  # the claim's words are carried as a whole
DOUBTED = 0.3  # the most that a claim scores against which a rule speaks
READ = 0.5  # the support model's probability
WINDOW = 100  # words that the support model reads around what a claim rests on
CARRIED = 0.45  # one word is carried; below, it stands for something that the evidence does not say


def check(claim: str, evidence: Sequence[Evidence], tokens: TokenEmbedder, *, support: SupportModel | None = None) -> Support:
    """How far the evidence carries the claim. `Span.evidence` counts from 0 in the order given.

    The score is the support model's probability; without one, the mean of how well the words are carried.
    """
    aligned = align(claim, evidence, tokens)
    if aligned is None:
        return Support(0.0, False, (), "there is nothing in it that the notes could carry")
    spans = tuple(Span(number, start, end, evidence[number].text[start:end]) for number, start, end in aligned.units)
    doubt = _doubt(claim, aligned, spans, evidence)
    if support is None:
        score = min(aligned.score, DOUBTED) if doubt else aligned.score
        return _judged(score, SUPPORTED, spans, doubt or _unsaid(aligned) or _heading_only(spans, evidence))
    score = support.carried([(claim, window(aligned.units, evidence, WINDOW))])[0]
    return _judged(score, READ, spans, doubt or _unsaid(aligned) or _heading_only(spans, evidence))


def _judged(score: float, enough: float, spans: tuple[Span, ...], reason: str) -> Support:
    """Supported if the score is enough and nothing speaks against it; a score that is not enough is never without a reason."""
    if reason:
        return Support(min(score, enough - 0.01), False, spans, reason)
    return Support(score, score >= enough, spans, "" if score >= enough else "the notes do not say it in this way")


def _doubt(claim: str, aligned: Alignment, spans: Sequence[Span], evidence: Sequence[Evidence]) -> str:
    """What a rule sees against the claim: another number, a "not", another subject."""
    quotes = [span.quote for span in spans]
    roles = (_wrong_role(claim, unit, evidence) for unit in aligned.units)
    return contradiction(claim, " ".join(quotes)) or next(filter(None, roles), "") or stitched(claim, quotes)


def _unsaid(aligned: Alignment) -> str:
    """Which words of the claim nothing in the evidence says."""
    said = zip(aligned.words.texts, aligned.best, aligned.words.weights, strict=True)
    missing = dict.fromkeys(word for word, carried, weight in said if weight >= 1 and carried < CARRIED)
    return f"the notes do not say: {', '.join(missing)}" if missing else ""


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
