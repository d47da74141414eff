"""Labels of points: within the frame, upon nothing, each name once."""

from __future__ import annotations

import random

from notebot.web.page.labels import HIGH, LETTER, MOST, labels


def box(label: object) -> tuple[float, float, float, float]:
    long = len(label.text) * LETTER  # type: ignore[attr-defined]
    left = label.x if label.anchor == "start" else label.x - long  # type: ignore[attr-defined]
    return left, label.y - 4 - HIGH / 2, left + long, label.y - 4 + HIGH / 2  # type: ignore[attr-defined]


def test_labels_lie_upon_nothing() -> None:
    rng = random.Random(1)  # noqa: S311 - points, no secrets
    points = [(rng.uniform(0, 1000), rng.uniform(0, 600)) for _ in range(400)]
    found = labels(points, [f"name {n}" for n in range(400)], width=1000, height=600)
    assert 20 < len(found) <= MOST
    boxes = [box(label) for label in found]
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert left >= 0
        assert right <= 1000
        assert not any(left < x < right and top < y < bottom for x, y in points)
        for other in boxes[number + 1 :]:
            assert not (left < other[2] and right > other[0] and top < other[3] and bottom > other[1])


def test_a_name_is_written_once() -> None:
    found = labels([(100, 100), (500, 300), (900, 500)], ["same"] * 3, width=1000, height=600)
    assert len(found) == 1


def test_no_points_have_no_labels() -> None:
    assert labels([], [], width=100, height=100) == []
