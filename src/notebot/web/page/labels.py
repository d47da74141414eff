"""Which of many points get a label: as many as lie upon nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

MOST = 60
LETTER = 6.6  # units that a character takes on average
HIGH = 15.0  # units from line to line
AWAY = 10.0  # units from a point to its label

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """Text with the end of its line that stands at `x`, and its base line."""

    text: str
    x: float
    y: float
    anchor: Literal["start", "end"]


def labels(points: Sequence[tuple[float, float]], names: Sequence[str], *, width: float, height: float) -> list[Label]:
    """Labels beside their points that lie within the frame and upon no other point or label. Those far out come first."""
    places = np.array(points, dtype=np.float64).reshape(-1, 2)
    far = np.hypot(places[:, 0] - width / 2, places[:, 1] - height / 2)
    boxes: list[Box] = []
    found: list[Label] = []
    named: set[str] = set()
    for number in sorted(range(len(points)), key=lambda number: (-far[number], number)):
        if len(found) == MOST:
            break
        name, (x, y) = names[number], points[number]
        long = len(name) * LETTER
        anchors: tuple[Literal["start", "end"], ...] = ("start", "end") if x < width / 2 else ("end", "start")
        for anchor in anchors if name not in named else ():
            left = x + AWAY if anchor == "start" else x - AWAY - long
            box = (left, y - HIGH / 2, left + long, y + HIGH / 2)
            if _free(box, boxes, places, (width, height)):
                boxes.append(box)
                named.add(name)
                found.append(Label(name, x + AWAY if anchor == "start" else x - AWAY, y + 4, anchor))
                break
    return found


def _free(
    box: Box, boxes: Sequence[Box], at: np.ndarray[tuple[int, int], np.dtype[np.float64]], frame: tuple[float, float]
) -> bool:
    left, top, right, bottom = box
    if left < 0 or top < 0 or right > frame[0] or bottom > frame[1]:
        return False
    if any(left < r and right > a and top < b and bottom > t for a, t, r, b in boxes):
        return False
    x, y = at[:, 0], at[:, 1]
    return not bool(((x > left - 5) & (x < right + 5) & (y > top - 4) & (y < bottom + 4)).any())
