"""Two runs of one set -> what changed, and whether that can be chance. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from notebot.errors import UsageError
from notebot.evals.figures import FIGURES, clusters, per_case
from notebot.evals.outcome import Outcome
from notebot.evals.paired import Delta, delta, holm
from notebot.evals.report import failure, shown
from notebot.evals.store import Run
from notebot.render import one_line

ALPHA = 0.05
NOT_PAIRED = ("first_word_p95", "seconds_p95", "answerable_auroc")  # of the seconds, the mean of each case is compared once


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that went well in one run only. `better`: in the second. Both outcomes as they were the first time."""

    case: str
    better: bool
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side. `headline` is the figure that flips and tags are about; the p of tags are raised after Holm.

    `differences` says in words what was not the same but the answers.
    """

    before: str
    after: str
    headline: str
    differences: tuple[str, ...]
    deltas: tuple[Delta, ...]
    by_tag: tuple[tuple[str, Delta], ...]
    flips: tuple[Flip, ...]


def compare(before: Run, after: Run) -> Comparison:
    """The comparison over the cases that both runs have. Raises UsageError where there are none."""
    common = {one.case.id for one in before.outcomes} & {one.case.id for one in after.outcomes}
    if not common:
        raise UsageError(f"{before.folder} and {after.folder} have no case in common: compare two runs of one set.")
    first = [one for one in before.outcomes if one.case.id in common]
    second = [one for one in after.outcomes if one.case.id in common]
    groups = clusters(second)
    answered = all(any(one.answer for one in outcomes) for outcomes in (first, second))
    headline = "correct" if answered else "hit@1"
    return Comparison(
        before=before.folder.name,
        after=after.folder.name,
        headline=headline,
        differences=tuple(_differences(before, after)),
        deltas=tuple(_deltas(first, second, groups)),
        by_tag=tuple(_by_tag(headline, first, second, groups)),
        flips=tuple(_flips(headline, first, second)),
    )


def verdict(found: Delta) -> str:
    """What a difference shows, in words."""
    if found.p < ALPHA and (found.low > 0 or found.high < 0):
        way = "more" if found.delta > 0 else "less"
        better = FIGURES[found.name].better
        return way if not better else "better" if way == better else "worse"
    if found.detectable is None or (found.test == "mcnemar" and found.detectable > 1):
        return "no difference shown, and too few cases to show any" if found.detectable else "no difference shown"
    return f"no difference shown; this set could show {_points(found.name, found.detectable)}"


def comparison_text(found: Comparison) -> str:
    """The comparison as a person reads it."""
    lines = [f"{one_line(found.before)} -> {one_line(found.after)}"]
    lines += [f"Not the same: {', '.join(found.differences)}."] if found.differences else []
    lines += ["", f"{'figure':<20}{'before':>8}{'after':>8}{'change':>9}   {'95 % interval':<19}{'p':>7}{'n':>5}{'+':>4}{'-':>4}"]
    lines += [_row(one, one.name) for one in found.deltas]
    if found.by_tag:
        lines += ["", f"{found.headline} by tag (p after Holm)"]
        lines += [_row(one, tag) for tag, one in found.by_tag]
    lines += ["", f"Questions that changed sides ({found.headline}): {len(found.flips)}"]
    for flip in found.flips:
        lines += [f"{'better' if flip.better else 'worse '} {flip.case}: {one_line(flip.before.case.question)}"]
        lines += [f"    before: {_said(flip.before)}", f"    after:  {_said(flip.after)}"]
    return "\n".join(lines)


def comparison_json(found: Comparison) -> dict[str, object]:
    """The same for programs."""
    return {
        "schema": 1,
        "before": found.before,
        "after": found.after,
        "headline": found.headline,
        "differences": list(found.differences),
        "figures": [{**asdict(one), "verdict": verdict(one)} for one in found.deltas],
        "tags": {tag: {**asdict(one), "verdict": verdict(one)} for tag, one in found.by_tag},
        "flips": [
            {
                "case": flip.case,
                "question": flip.before.case.question,
                "better": flip.better,
                "before": {"failure": failure(flip.before) or None, "shown": _said(flip.before)},
                "after": {"failure": failure(flip.after) or None, "shown": _said(flip.after)},
            }
            for flip in found.flips
        ],
    }


def _differences(before: Run, after: Run) -> Iterator[str]:
    if before.manifest.set_digest != after.manifest.set_digest:
        yield "the question set"
    yield from before.manifest.asker.differences(after.manifest.asker)


def _deltas(first: Sequence[Outcome], second: Sequence[Outcome], groups: dict[str, str]) -> Iterator[Delta]:
    for name in FIGURES:
        if name not in NOT_PAIRED and (found := delta(name, per_case(name, first), per_case(name, second), groups)):
            yield found


def _by_tag(
    name: str, first: Sequence[Outcome], second: Sequence[Outcome], groups: dict[str, str]
) -> Iterator[tuple[str, Delta]]:
    rows: list[tuple[str, Delta]] = []
    before, after = per_case(name, first), per_case(name, second)
    for tag in sorted({tag for one in second for tag in one.case.tags}):
        tagged = {one.case.id for one in second if tag in one.case.tags}
        kept = {case: value for case, value in after.items() if case in tagged}
        if found := delta(name, before, kept, groups):
            rows.append((tag, found))
    raised = holm([found.p for _, found in rows])
    yield from ((tag, replace(found, p=p)) for (tag, found), p in zip(rows, raised, strict=True))


def _flips(name: str, first: Sequence[Outcome], second: Sequence[Outcome]) -> Iterator[Flip]:
    """The cases of which the mean went up or down, the worse first."""
    before, after = per_case(name, first), per_case(name, second)
    was, now = ({one.case.id: one for one in reversed(outcomes)} for outcomes in (first, second))
    changed = [case for case in now if case in before and case in after and before[case] != after[case]]
    for case in sorted(changed, key=lambda case: (after[case] > before[case], case)):
        yield Flip(case, after[case] > before[case], was[case], now[case])


def _row(one: Delta, label: str) -> str:
    interval = f"{one.low:+.3f} to {one.high:+.3f}"
    numbers = f"{one.before:>8.3f}{one.after:>8.3f}{one.delta:>+9.3f}   {interval:<19}{one.p:>7.3f}"
    return f"{one_line(label):<20}{numbers}{one.n:>5}{one.wins:>4}{one.losses:>4}   {verdict(one)}"


def _points(name: str, value: float) -> str:
    match FIGURES[name].unit:
        case "s":
            return f"{value:.2f} s"
        case "tokens":
            return f"{value:,.0f} tokens"
        case _:
            return f"{100 * value:.1f} points"


def _said(outcome: Outcome) -> str:
    reason = failure(outcome)
    return " | ".join(filter(None, [one_line(reason), shown(outcome.answer) if outcome.answer else ""])) or "right"
