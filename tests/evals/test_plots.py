"""Pictures as SVG: well formed, in their frame, with words, and nothing of a hostile text carried out."""

import xml.etree.ElementTree as ET

import pytest

from notebot.evals.calibrate import bins
from notebot.evals.metrics import Figure, rate
from notebot.evals.plots import HEIGHT, WIDTH, Alternative, axis, curve, histogram, reliability, shares, strip

WORDS = Alternative("A <b>name</b>", "what & why")
PICTURES = {
    "curve": curve([(0.2, rate("r", [False])), (0.5, rate("r", [True, False]))], shares("x"), shares("y"), WORDS),
    "reliability": reliability(bins([0.1, 0.9, 0.95], [False, True, True]), WORDS),
    "histogram": histogram([0.1, 0.2, 3.0], [("p50", 0.2), ("p95", 3.0)], "seconds", WORDS),
    "nothing": reliability(bins([], []), WORDS),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_well_formed_named_and_inside_its_frame(name):
    root = ET.fromstring(PICTURES[name])  # noqa: S314 - made here
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "A <b>name</b>. what & why"
    assert root.findtext("title") == "A <b>name</b>"
    for shape in root.iter():
        for pair in shape.attrib.get("points", "").split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_the_bars_hold_every_value():
    root = ET.fromstring(PICTURES["histogram"])  # noqa: S314 - made here
    bars = [shape for shape in root if shape.attrib.get("class") == "bar"]
    heights = sorted(float(bar.attrib["height"]) for bar in bars)
    assert sum(heights) == pytest.approx(3 * heights[0]) or len(bars) == 3


@pytest.mark.parametrize(
    ("high", "top", "step"), [(1.0, 1.0, 0.2), (3.1, 4.0, 1.0), (250, 250, 50), (0, 1.0, 0.2), (0.034, 0.04, 0.01)]
)
def test_axes_end_at_round_numbers(high, top, step):
    found = axis("x", high)
    assert found.high == pytest.approx(top)
    assert found.ticks[1] == pytest.approx(step)


def test_a_strip_shows_where_value_and_interval_lie():
    assert strip(Figure("x", None, 0, None, None)) == ""
    assert 'points="32.0,10.0 88.0,10.0"' in strip(Figure("x", 0.5, 4, 0.25, 0.75))
    assert 'cx="116.0"' in strip(Figure("x", 99.0, 1, 99.0, 99.0), high=3.0)
