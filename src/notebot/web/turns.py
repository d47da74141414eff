"""Whose turn it is: so many answers at once, and the rest in a line where everybody has a turn before anybody has two."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from notebot.errors import Busy

MOST_WAITING = 64
MOST_EACH = MOST_WAITING // 2  # waiting questions of one party: it leaves room for others

TURN = -1  # a place: it is being answered
GONE = -2  # a place: it has left, or was told to


@dataclass(slots=True, eq=False)
class Ticket:
    """A question's place: how many wait before it, or `TURN`, or `GONE`. Only `Turns` changes it."""

    party: str
    arrived: int
    place: int = 0


class Turns:
    """A fair line. Safe to share between threads; nobody in it looks more often than something changes.

    Parties (users, tabs) take turns. Who has the fewest questions in the making goes first, then who has waited longest since
    it asked or was last answered: so after its turn a party goes to the back of the line. Within a party, questions stay in
    order. `at_once` is asked anew at each change. While a party waits with none of its questions being answered, every other
    party gets at most one turn.
    """

    def __init__(self, at_once: Callable[[], int], *, most_waiting: int = MOST_WAITING, most_each: int = MOST_EACH) -> None:
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._most_each = most_each
        self._changed = threading.Condition()
        self._clock = 0  # counts arrivals and ends of turns
        self._waiting: list[Ticket] = []  # in the order of their turns, as far as it is known
        self._answering: set[Ticket] = set()
        self._last_end: dict[str, int] = {}  # of parties that wait

    def join(self, party: str) -> Ticket:
        """A place in the line; perhaps its turn at once. Who takes it must `leave`. Raises Busy when too many wait."""
        with self._changed:
            free = len(self._answering) < self._at_once()
            own = sum(ticket.party == party for ticket in self._waiting)
            if not free and own >= self._most_each:
                raise Busy(f"{own} of your questions are waiting for their turn already. Ask again when one is answered.")
            if not free and len(self._waiting) >= self._most_waiting:
                raise Busy(f"{len(self._waiting)} questions are waiting for their turn already. Ask again in a minute.")
            ticket = Ticket(party, self._tick())
            self._waiting.append(ticket)
            self._arrange()
            return ticket

    def wait(self, ticket: Ticket, known: int, seconds: float) -> int:
        """The ticket's place, as soon as it is another than `known`; after `seconds`, in any case."""
        with self._changed:
            self._changed.wait_for(lambda: ticket.place != known, seconds)
            return ticket.place

    def leave(self, ticket: Ticket) -> None:
        """End the turn, or leave the line. The next one's turn begins with it. Idempotent."""
        with self._changed:
            if ticket in self._answering:
                self._answering.remove(ticket)
                self._last_end[ticket.party] = self._tick()
            elif ticket.place != GONE:
                self._waiting.remove(ticket)
            ticket.place = GONE
            self._arrange()

    def give_up(self, ticket: Ticket) -> None:
        """Leave the line if it still waits; a turn that has begun goes on."""
        with self._changed:
            if ticket.place >= 0:
                self.leave(ticket)

    def counts(self) -> tuple[int, int]:
        """How many are being answered, and how many wait."""
        with self._changed:
            return len(self._answering), len(self._waiting)

    def _tick(self) -> int:
        self._clock += 1
        return self._clock

    def _arrange(self) -> None:
        """Put the line in order, begin the turns there is room for, and tell everybody whose place has changed."""
        self._sort()
        while self._waiting and len(self._answering) < self._at_once():
            ticket = self._waiting.pop(0)
            ticket.place = TURN
            self._answering.add(ticket)
            self._sort()
        for place, ticket in enumerate(self._waiting):
            ticket.place = place
        parties = {ticket.party for ticket in self._waiting}
        self._last_end = {party: end for party, end in self._last_end.items() if party in parties}
        self._changed.notify_all()

    def _sort(self) -> None:
        ahead = Counter(ticket.party for ticket in self._answering)
        keys: dict[Ticket, tuple[int, int, int]] = {}
        for ticket in sorted(self._waiting, key=lambda ticket: ticket.arrived):
            due = max(ticket.arrived, self._last_end.get(ticket.party, 0))
            keys[ticket] = ahead[ticket.party], due, ticket.arrived
            ahead[ticket.party] += 1
        self._waiting.sort(key=keys.__getitem__)
