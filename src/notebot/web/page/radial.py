"""Where the nodes of a tree stand on a round map: ends on the outer ring, each with room for its label, and all by arithmetic."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from notebot.web.page.tree import Node

SLOT = 16.0  # units along the outer ring for one label
LEAST_RADIUS = 220.0
INNERMOST = 0.45  # of the radius, for the first ring: further in, labels would lie upon each other
ROUND_ONE = 0.75  # the same round a single note in the middle
MIDDLE = 46.0  # units that are kept free there
LABEL_ROOM = 250.0  # units outside the ring, for the labels of the ends, at most
LETTER = 7.2  # units that a character takes on average
BOLD = 8.4  # the same of a note, which is written larger


@dataclass(frozen=True, slots=True)
class Spot:
    """A node in its place: `angle` in degrees clockwise from the top, `radius` from the centre. An inner label has `room`."""

    node: Node
    angle: float
    radius: float
    labelled: bool
    room: float = LABEL_ROOM

    @property
    def x(self) -> float:
        return self.radius * math.sin(math.radians(self.angle))

    @property
    def y(self) -> float:
        return -self.radius * math.cos(math.radians(self.angle))


@dataclass(frozen=True, slots=True)
class Placed:
    """Spots in the order of the tree, and the branches between them as pairs of their numbers. `reach` is half the side."""

    spots: tuple[Spot, ...]
    branches: tuple[tuple[int, int], ...]
    radius: float

    @property
    def reach(self) -> float:
        longest = max((len(spot.node.label) for spot in self.spots if not spot.node.children), default=0)
        return self.radius + min(LABEL_ROOM, 24.0 + LETTER * longest)


class _Round:
    """A walk round the tree that gives each end the next place on the ring."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        slots = sum(node.ends for node in nodes) + (len(nodes) if len(nodes) > 1 else 0)  # a gap after each note
        self.step = 360.0 / max(1, slots)
        self.radius = max(LEAST_RADIUS, slots * SLOT / math.tau)
        self.depth = max(map(_depth, nodes), default=1)
        self.innermost, self.middle = INNERMOST, 0.0
        self.next = 0.0
        self.found: list[tuple[Node, float, float, int]] = []  # with angle, radius, depth
        self.branches: list[tuple[int, int]] = []

    def place(self, node: Node, depth: int) -> int:
        """Put `node` and all below it; its number."""
        number = len(self.found)
        self.found.append((node, 0.0, 0.0, depth))
        if not node.children:
            angle, radius = self.next, self.radius
            self.next += self.step
        else:
            below = [self.place(child, depth + 1) for child in node.children]
            self.branches += [(number, child) for child in below]
            angle = (self.found[below[0]][1] + self.found[below[-1]][1]) / 2
            radius = self.ring(depth)
        self.found[number] = (node, angle, radius, depth)
        return number

    def ring(self, depth: int) -> float:
        if depth == 0:
            return 0.0
        inner = self.depth - 1  # rings of what has something below it
        return self.radius * (self.innermost + (1 - self.innermost) * (depth - 1) / max(1, inner))


def placed(nodes: Sequence[Node]) -> Placed:
    """Places for `nodes`: a single note stands in the middle, several round it."""
    walk = _Round(nodes)
    if len(nodes) == 1:
        walk.depth -= 1
        walk.innermost, walk.middle = ROUND_ONE, MIDDLE
        walk.place(nodes[0], 0)
    else:
        for node in nodes:
            walk.place(node, 1)
            walk.next += walk.step
    return Placed(tuple(_labelled(walk)), tuple(walk.branches), walk.radius)


def _labelled(walk: _Round) -> list[Spot]:
    """Ends have labels, and of what stands on an inner ring as much as has room."""
    last: dict[int, float] = defaultdict(lambda: -math.inf)
    spots = []
    for node, angle, radius, depth in walk.found:
        if not node.children:
            spots.append(Spot(node, angle, radius, True))
            continue
        far = math.radians(angle - last[depth]) * radius
        shown = radius == 0 or far >= SLOT
        if shown:
            last[depth] = angle
        room = walk.ring(depth) - (walk.ring(depth - 1) if depth > 1 else walk.middle)
        spots.append(Spot(node, angle, radius, shown, max(40.0, room - 16.0)))
    return spots


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, node.children), default=0)
