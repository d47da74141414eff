"""Calibration and second voices in words for a terminal, and as data. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from notebot.evals.calibrate import Calibration, Judge, standing, trust
from notebot.evals.labels import Claim
from notebot.evals.metrics import Figure, mean, rate
from notebot.evals.outcome import Outcome
from notebot.evals.said import correct
from notebot.evals.second_voice import PASSING, Verdict
from notebot.render import one_line


def calibration_text(found: Calibration) -> str:
    """What people's labels say of the check and of each judge."""
    return "\n".join(_calibration_lines(found))


def calibration_json(found: Calibration) -> dict[str, object]:
    """The same for programs."""
    judges = [{**asdict(one), "standing": standing(one, found.n)} for one in found.judges]
    return {"schema": 1, **asdict(found), "judges": judges, "trust": trust(found)}


def voice_figures(claims: Sequence[Claim], verdicts: Sequence[Verdict], outcomes: Sequence[Outcome]) -> list[Figure]:
    """Without the judge first, then with it: what it calls faithful and correct, how often it agrees, how often it failed."""
    clusters = {claim.id: claim.cluster for claim in claims}
    claims_by = {claim.id: claim for claim in claims}
    said = [one for one in verdicts if one.faithful is not None and one.about in claims_by]
    scored = [one.score for one in verdicts if one.score is not None]
    shown = [claim for claim in claims if claim.shown]
    faithful = [(one, claims_by[one.about]) for one in said if claims_by[one.about].shown]
    return [
        rate("without: claims shown", [claim.shown for claim in claims]),
        mean("without: word judge", [claim.judge for claim in shown], [claim.cluster for claim in shown]),
        rate("without: correct", [correct(one.case, one.answer) for one in outcomes if one.answer]),
        mean("judge: faithful", [bool(one.faithful) for one, _ in faithful], [clusters[claim.id] for _, claim in faithful]),
        rate("judge: correct", [score >= PASSING for score in scored]),
        rate("judge: agrees with check", [one.faithful == claims_by[one.about].shown for one in said]),
        rate("judge: failed", [bool(one.failure) for one in verdicts]),
    ]


def voice_text(figures: Sequence[Figure], judge: str, *, itself: bool) -> str:
    """The figures, those without the judge first."""
    lines = [f"Judge: {one_line(judge)}. A second voice: believe it as far as calibration says (notebot eval calibrate)."]
    if itself:
        lines.append("It is the model that answered. It judges itself, so expect it to be kind.")
    return "\n".join([*lines, "", *(_line(figure) for figure in figures)])


def _calibration_lines(found: Calibration) -> Iterator[str]:
    yield trust(found)
    yield f"{found.supported} of {found.n} claims are supported, people say."
    if not found.n:
        return
    yield ""
    yield _line(found.auroc) + "   how well the score sorts supported above unsupported"
    yield _line(found.brier) + "   squared distance of score and truth; 0 is perfect"
    yield f"{'calibration error':<26}{'' if found.ece is None else f'{found.ece:.3f}':>7}"
    for one in found.judges:
        yield from ("", f"{one.name}: {standing(one, found.n)}", *(f"  {_line(figure)}" for figure in _of(one)))
    yield from ("", f"{'score':<12}{'claims':>7}{'mean score':>12}{'supported':>11}")
    for part in found.bins:
        if part.score is not None and part.share is not None:
            yield f"{part.low:.1f} to {part.high:.1f}  {part.n:>7}{part.score:>12.2f}{part.share:>11.0%}"
    if found.advice:
        best = found.advice
        yield ""
        yield f"By score alone, believing from {best.threshold:.2f} on is best ({best.low:.2f} to {best.high:.2f}): balanced"
        yield f"accuracy {best.balanced_accuracy:.3f} on these very labels, so expect less on others. The check has rules too."


def _of(one: Judge) -> tuple[Figure, ...]:
    return one.balanced_accuracy, one.kappa, one.recall_supported, one.recall_unsupported, one.precision


def _line(figure: Figure) -> str:
    if figure.value is None:
        return f"{figure.name:<26}{'-':>7}   {'':<16}{figure.n:>5}"
    return f"{figure.name:<26}{figure.value:>7.3f}   {f'{figure.low:.3f} to {figure.high:.3f}':<16}{figure.n:>5}"
