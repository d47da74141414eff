"""Numbers -> pictures as SVG: curves, dots, bars and intervals, drawn with plain shapes. Pure.

Every picture is one image with a title and a description for whoever does not see it. Colours are classes of page.css. All text
in it is escaped here.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from notebot.evals.calibrate import Bin
from notebot.evals.metrics import Figure, rate
from notebot.render import one_line

WIDTH, HEIGHT = 360, 250  # of a picture; text is 12 high, and still read where the page is 360 wide
LEFT, RIGHT, TOP, BOTTOM = 54, 20, 12, 42
MOST_TICKS = 6
HISTOGRAM_BARS = 16


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a picture: what is counted, from where to where, and where a line is drawn."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    percent: bool = False

    def said(self, value: float) -> str:
        return f"{value:.0%}" if self.percent else f"{value:g}"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A picture in words: its name, and what can be seen in it."""

    title: str
    description: str


def escaped(text: str) -> str:
    """Text from anywhere as HTML shows it: on one line, nothing in it carried out."""
    return html.escape(one_line(text), quote=True)


def axis(label: str, high: float) -> Axis:
    """From 0 to a round number that is at least `high`, with a line at each round step."""
    high = high if high > 0 and math.isfinite(high) else 1.0
    magnitude = 10 ** math.floor(math.log10(high / MOST_TICKS))
    step = next(factor * magnitude for factor in (1, 2, 5, 10, 20) if factor * magnitude * MOST_TICKS >= high)
    count = math.ceil(high / step - 1e-9)
    return Axis(label, 0.0, count * step, tuple(round(step * number, 10) for number in range(count + 1)))


def shares(label: str) -> Axis:
    """From 0 to 100 %."""
    return Axis(label, 0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), percent=True)


def curve(points: Sequence[tuple[float, Figure]], x: Axis, y: Axis, words: Alternative) -> str:
    """A line through points with their values, and a band for their intervals."""
    known = [(at, one.value, one.low or 0.0, one.high or 0.0) for at, one in points if one.value is not None]
    top = [(_x(at, x), _y(high, y)) for at, _, _, high in known]
    below = [(_x(at, x), _y(low, y)) for at, _, low, _ in reversed(known)]
    line = [(_x(at, x), _y(value, y)) for at, value, _, _ in known]
    body = _shape("polygon", [*top, *below], "band") + _shape("polyline", line, "line")
    body += "".join(_dot(at, 2.5, "dot") for at in (line if len(line) <= 12 else line[-1:]))
    return _picture(body, x, y, words)


def reliability(bins: Sequence[Bin], words: Alternative) -> str:
    """Mean score against share for each bin, larger for more claims, with intervals; on the diagonal all is as it says."""
    x, y = shares("score of the check"), shares("share supported")
    body = _shape("polyline", [(_x(0, x), _y(0, y)), (_x(1, x), _y(1, y))], "diagonal")
    most = max((one.n for one in bins), default=0) or 1
    for one in bins:
        if one.score is None or one.share is None:
            continue
        share = rate("", [True] * round(one.share * one.n) + [False] * (one.n - round(one.share * one.n)))
        at = _x(one.score, x)
        body += _shape("polyline", [(at, _y(share.low or 0, y)), (at, _y(share.high or 0, y))], "whisker")
        body += _dot((at, _y(one.share, y)), 2.5 + 5 * math.sqrt(one.n / most), "dot")
    return _picture(body, x, y, words)


def histogram(values: Sequence[float], marks: Sequence[tuple[str, float]], label: str, words: Alternative) -> str:
    """How many values lie where; a line with its name for each mark."""
    x = axis(label, max(values, default=1.0))
    width = x.high / HISTOGRAM_BARS
    counts = [0] * HISTOGRAM_BARS
    for value in values:
        counts[min(int(value / width), HISTOGRAM_BARS - 1)] += 1
    y = axis("questions", max(counts))
    body = ""
    for number, count in enumerate(counts):
        left, right, top = _x(number * width, x), _x((number + 1) * width, x), _y(count, y)
        body += _box(left + 0.5, top, right - left - 1, _y(0, y) - top, "bar") if count else ""
    for number, (name, value) in enumerate(marks):
        at = _x(min(value, x.high), x)
        anchor = "end" if at > WIDTH * 0.7 else "start"
        body += _shape("polyline", [(at, TOP), (at, HEIGHT - BOTTOM)], "mark")
        body += _text(at + (-4 if anchor == "end" else 4), TOP + 11 + 14 * number, f"{name} {value:.1f} s", anchor, "strong")
    return _picture(body, x, y, words)


def strip(figure: Figure, *, high: float = 1.0) -> str:
    """A value from 0 to `high` with its interval, small enough for a line of a table. The table says it in words."""
    if figure.value is None or figure.low is None or figure.high is None:
        return ""
    at, low, end = (4 + 112 * min(max(part / high, 0), 1) for part in (figure.value, figure.low, figure.high))
    body = _box(4, 9, 112, 2, "track") + _box(4, 7, max(at - 4, 0), 6, "bar")
    body += _shape("polyline", [(low, 10), (end, 10)], "whisker") + _dot((at, 10), 3.5, "dot")
    return f'<svg class="strip" viewBox="0 0 120 20" width="120" height="20" aria-hidden="true">{body}</svg>'


def _picture(body: str, x: Axis, y: Axis, words: Alternative) -> str:
    """The body with its axes, and what it shows in words."""
    grid = ""
    for value in y.ticks:
        at = _y(value, y)
        grid += _shape("polyline", [(LEFT, at), (WIDTH - RIGHT, at)], "grid") + _text(LEFT - 6, at + 4, y.said(value), "end")
    for value in x.ticks:
        at = _x(value, x)
        grid += _shape("polyline", [(at, HEIGHT - BOTTOM), (at, HEIGHT - BOTTOM + 4)], "axis")
        grid += _text(at, HEIGHT - BOTTOM + 17, x.said(value), "middle")
    grid += _shape("polyline", [(LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM)], "axis")
    middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
    grid += _text(LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 5, x.label, "middle", "strong")
    grid += f'<g transform="rotate(-90 11 {middle:.1f})">{_text(11, middle, y.label, "middle", "strong")}</g>'
    told = f"<title>{escaped(words.title)}</title><desc>{escaped(words.description)}</desc>"
    label = escaped(f"{words.title}. {words.description}")
    return f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">{told}{grid}{body}</svg>'


def _x(value: float, along: Axis) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (value - along.low) / (along.high - along.low)


def _y(value: float, along: Axis) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - along.low) / (along.high - along.low)


def _shape(kind: str, points: Sequence[tuple[float, float]], style: str) -> str:
    listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<{kind} class="{style}" points="{listed}"/>' if points else ""


def _dot(at: tuple[float, float], radius: float, style: str) -> str:
    return f'<circle class="{style}" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:.1f}"/>'


def _box(x: float, y: float, width: float, height: float, style: str) -> str:
    return f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, style: str = "") -> str:
    named = f' class="{style}"' if style else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escaped(text)}</text>'
