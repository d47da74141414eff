"""The cases that went worst: what was expected, what was said, and a first guess at why, as HTML. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from notebot.evals.blame import MEANING, Reason, blame
from notebot.evals.outcome import Outcome, citations
from notebot.evals.plots import escaped
from notebot.evals.report import failure
from notebot.evals.said import fact_recall
from notebot.evals.wording import states
from notebot.render import clean, place_text
from notebot.types import Answer

MOST = 10
LONGEST = 1_200  # characters of an answer that are shown
# The worst first: what misleads, then what is lost, then what fails.
ORDER: tuple[Reason, ...] = (
    "obeyed", "invented", "wrong citation", "wrong refusal", "withheld", "ignored", "cut by the budget", "ranked low",
    "not retrieved", "not indexed", "beside the point", "wrong silence", "failed", "",
)  # fmt: skip


def worst(outcomes: Sequence[Outcome], most: int = MOST) -> list[Outcome]:
    """The cases that failed or that something is to be said of, the worst first, each once; of repeats the worst."""
    bad = [one for one in outcomes if failure(one) or blame(one)]
    kept: dict[str, Outcome] = {}
    for outcome in sorted(bad, key=_badness):
        kept.setdefault(outcome.case.id, outcome)
    return list(kept.values())[:most]


def worst_html(outcomes: Sequence[Outcome]) -> str:
    """The worst ten, one after the other."""
    found = worst(outcomes)
    return "\n".join(_article(one) for one in found) or "<p>No case failed.</p>"


def _badness(outcome: Outcome) -> tuple[bool, bool, int, float, str]:
    facts = fact_recall(outcome.answer, outcome.case.facts) if outcome.answer and outcome.case.facts else 0.0
    return not outcome.crashed, False not in outcome.quotes_exist, ORDER.index(blame(outcome)), facts, outcome.case.id


def _article(outcome: Outcome) -> str:
    case, reason = outcome.case, blame(outcome)
    tags = " ".join(f'<span class="tag">{escaped(tag)}</span>' for tag in case.tags)
    guess = f"{reason}: {MEANING[reason]}" if reason else "none"
    rows = [
        ("case", f"<code>{escaped(case.id)}</code> {tags}"),
        ("what failed", escaped(failure(outcome) or "nothing by the figures")),
        ("first guess", escaped(guess)),
        ("expected", _expected(outcome)),
        ("said", _said(outcome)),
    ]
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    return f"<article><h3>{escaped(case.question)}</h3><dl>{listed}</dl></article>"


def _expected(outcome: Outcome) -> str:
    case = outcome.case
    lines = [escaped(" or ".join(case.expect))]
    text = "\n".join(sentence.text for sentence in outcome.answer.sentences if sentence.supported) if outcome.answer else ""
    for group in case.facts:
        mark = "said" if any(states(text, phrase) for phrase in group) else "missing"
        lines.append(f"{mark}: {escaped(' / '.join(group))}")
    lines += [f"at {escaped(str(place))}" for place in case.gold]
    return "\n".join(lines)


def _said(outcome: Outcome) -> str:
    answer = outcome.answer
    if answer is None:
        return escaped(outcome.error or "no answer was asked for")
    lines = [escaped(answer.status), *_sentences(answer)]
    places = dict.fromkeys(place_text(at.source, at.first_line, at.last_line, unit=at.unit) for at in citations(answer))
    return "\n".join([*lines, *(f"cites {escaped(place)}" for place in places)])


def _sentences(answer: Answer) -> Iterator[str]:
    """What a person saw, and what was withheld with the reason."""
    text = clean(answer.text)
    yield html.escape(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
    for sentence in answer.sentences:
        if not sentence.supported:
            yield f'withheld ({escaped(sentence.reason)}): <span class="withheld">{escaped(sentence.text)}</span>'
