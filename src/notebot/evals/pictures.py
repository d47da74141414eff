"""The pictures of a report: what is sure, what is right, how long it takes; each with its words and its numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from notebot.evals.calibrate import bins, ece
from notebot.evals.labels import Label, claims_of
from notebot.evals.metrics import Figure, rate
from notebot.evals.outcome import Outcome
from notebot.evals.plots import Alternative, curve, escaped, histogram, reliability, shares
from notebot.evals.report_data import risk_coverage

MOST_ROWS = 20  # of a table of numbers under a picture


def pictures(outcomes: Sequence[Outcome], labels: Sequence[Label] = ()) -> str:
    """All pictures that there is something to draw for, as HTML; empty if there is none."""
    found = [_risk(outcomes), _reliability(outcomes, labels), _latency(outcomes)]
    return "\n".join(one for one in found if one)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """Rows of text and numbers as a table that scrolls by itself where it is too wide. The cells are HTML already."""
    titles = "".join(f'<th scope="col">{escaped(title)}</th>' for title in head)
    body = "".join(
        "<tr>"
        + "".join(f'<th scope="row">{cell}</th>' if at == 0 else f"<td>{cell}</td>" for at, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    told = f"<caption>{escaped(caption)}</caption>" if caption else ""
    label = escaped(caption or ", ".join(head))
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{label}"><table>{told}<thead><tr>{titles}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _risk(outcomes: Sequence[Outcome]) -> str:
    points = risk_coverage(outcomes)
    if not points:
        return ""
    drawn = [(point["coverage"], _share(point["risk"], number)) for number, point in enumerate(points, 1)]
    last, half = points[-1], points[(len(points) - 1) // 2]
    said = (
        f"Answering {last['coverage']:.0%} of the questions, {last['risk']:.0%} of what is shown is not correct; "
        f"answering only the surest {half['coverage']:.0%}, {half['risk']:.0%}."
    )
    words = Alternative("Risk and coverage", said)
    picture = curve(drawn, shares("share of questions answered"), shares("share not correct"), words)
    step = max(1, len(points) // MOST_ROWS)
    rows = [[f"{point['coverage']:.0%}", f"{point['risk']:.0%}"] for point in [*points[:-1:step], points[-1]]]
    return _figure(
        picture, f"{said} The surest come first; the band is the 95 % interval.", table(["answered", "not correct"], rows)
    )


def _share(risk: float, n: int) -> Figure:
    wrong = round(risk * n)
    return rate("risk", [True] * wrong + [False] * (n - wrong))


def _reliability(outcomes: Sequence[Outcome], labels: Sequence[Label]) -> str:
    """By what people say of the claims, where they have; else by the word judge, which is no person."""
    used = [label for label in labels if label.label != "skip"]
    if used:
        found = bins([label.score for label in used], [label.label == "supported" for label in used])
        source = f"by {len(used)} labels that people gave"
    else:
        claims = claims_of(outcomes)
        if not claims:
            return ""
        found = bins([claim.score for claim in claims], [claim.judge for claim in claims])
        source = (
            f"by the word judge, over {len(claims)} claims. It is no person: label some (notebot eval label) for a true picture"
        )
    error = ece(found)
    said = f"Score of the check against the share supported, {source}. Expected calibration error {error or 0:.2f}."
    picture = reliability(found, Alternative("Reliability of the check", said))
    rows = [
        [f"{one.low:.1f} to {one.high:.1f}", str(one.n), f"{one.score:.2f}", f"{one.share:.0%}"]
        for one in found
        if one.score is not None and one.share is not None
    ]
    return _figure(picture, said, table(["score", "claims", "mean score", "supported"], rows))


def _latency(outcomes: Sequence[Outcome]) -> str:
    seconds = sorted(one.seconds for one in outcomes if one.seconds is not None)
    if not seconds:
        return ""
    half, most = (seconds[max(0, -int(-share * len(seconds) // 1) - 1)] for share in (0.5, 0.95))
    last = seconds[-1]
    said = f"Half of the {len(seconds)} answers stood within {half:.1f} s, 95 % within {most:.1f} s, all within {last:.1f} s."
    picture = histogram(seconds, [("p50", half), ("p95", most)], "seconds to the answer", Alternative("Time to the answer", said))
    cached = sum(one.cached for one in outcomes)
    told = f" {cached} were taken from an earlier run, with the time that they took then." if cached else ""
    rows = [["p50", f"{half:.2f}"], ["p95", f"{most:.2f}"], ["longest", f"{last:.2f}"]]
    return _figure(picture, said + told, table(["which", "seconds"], rows))


def _figure(picture: str, caption: str, numbers: str) -> str:
    shown = f"<details><summary>The numbers</summary>{numbers}</details>"
    return f"<figure>{picture}<figcaption>{escaped(caption)}</figcaption>{shown}</figure>"
