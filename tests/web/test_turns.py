"""The line: so many at once, everybody's next question before anybody's second, and no turn lost, whoever leaves when."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notebot.errors import Busy
from notebot.web.turns import GONE, TURN, Ticket, Turns


def two() -> int:
    return 2


def one() -> int:
    return 1


def places(tickets: list[Ticket]) -> list[int]:
    return [ticket.place for ticket in tickets]


def order_of_turns(turns: Turns, tickets: dict[str, Ticket]) -> list[str]:
    """The names in the order in which they have their turns, when each turn ends before the next one begins."""
    done: list[str] = []
    while len(done) < len(tickets):
        name = next(name for name, ticket in tickets.items() if ticket.place == TURN)
        turns.leave(tickets[name])
        done.append(name)
    return done


def test_so_many_at_once_and_the_rest_in_order() -> None:
    turns = Turns(two)
    tickets = [turns.join(party) for party in "abcd"]
    assert places(tickets) == [TURN, TURN, 0, 1]
    assert turns.counts() == (2, 2)
    turns.leave(tickets[1])
    assert places(tickets) == [TURN, GONE, TURN, 0]
    turns.leave(tickets[1])  # once more changes nothing
    assert places(tickets) == [TURN, GONE, TURN, 0]
    turns.leave(tickets[3])  # from the line
    turns.leave(tickets[0])
    assert turns.counts() == (1, 0)


def test_who_asks_ten_does_not_hold_up_another() -> None:
    turns = Turns(one)
    tickets = {f"a{number}": turns.join("a") for number in range(10)}
    tickets["b0"] = turns.join("b")
    assert tickets["b0"].place == 0
    tickets |= {"c0": turns.join("c"), "b1": turns.join("b")}
    expected = sorted(tickets, key=lambda name: tickets[name].place)
    assert (
        order_of_turns(turns, tickets) == expected == ["a0", "b0", "c0", "a1", "b1", *[f"a{number}" for number in range(2, 10)]]
    )


def test_who_has_one_in_the_making_comes_after_who_has_none() -> None:
    turns = Turns(two)
    first = [turns.join("a") for _ in range(3)]
    other = turns.join("b")
    assert places([*first, other]) == [TURN, TURN, 1, 0]
    turns.leave(first[0])
    assert places([first[2], other]) == [0, TURN]


def test_new_parties_do_not_come_before_one_that_has_waited() -> None:
    turns = Turns(one)
    running, waiting = turns.join("a"), turns.join("a")
    for number in range(20):
        fresh = turns.join(f"new {number}")
        turns.leave(running)
        running = waiting if waiting.place == TURN else fresh
        if running is waiting:
            break
    assert number <= 2


def test_giving_up_leaves_the_line_but_ends_no_turn() -> None:
    turns = Turns(one)
    first, second = turns.join("a"), turns.join("b")
    turns.give_up(first)
    turns.give_up(second)
    turns.give_up(second)
    assert places([first, second]) == [TURN, GONE]
    assert turns.counts() == (1, 0)


def test_too_many_are_told_so_and_change_nothing() -> None:
    turns = Turns(two, most_waiting=6, most_each=3)
    mine = [turns.join("a") for _ in range(5)]
    with pytest.raises(Busy, match=r"^3 of your questions are waiting for their turn already. Ask again when one is answered"):
        turns.join("a")
    others = [turns.join(party) for party in "bcd"]
    with pytest.raises(Busy, match=r"^6 questions are waiting for their turn already. Ask again in a minute"):
        turns.join("e")
    assert turns.counts() == (2, 6)
    turns.leave(mine[4])
    assert turns.join("e").place > others[0].place


def test_room_made_by_a_setting_is_used_at_the_next_change() -> None:
    room = [1]
    turns = Turns(lambda: room[0])
    tickets = [turns.join(party) for party in "abc"]
    room[0] = 3
    tickets.append(turns.join("d"))
    assert places(tickets) == [TURN, TURN, TURN, 0]
    room[0] = 1
    turns.leave(tickets[0])
    turns.leave(tickets[1])
    assert places(tickets) == [GONE, GONE, TURN, 0]


def test_waiting_returns_when_the_place_changes_and_not_before() -> None:
    turns = Turns(one)
    first, second, third = (turns.join(party) for party in "abc")
    begin = time.monotonic()
    assert turns.wait(third, 1, 0.2) == 1
    assert time.monotonic() - begin >= 0.2
    heard: list[tuple[int, float]] = []
    thread = threading.Thread(target=lambda: heard.append((turns.wait(third, 1, 30), time.monotonic())))
    thread.start()
    time.sleep(0.05)
    at = time.monotonic()
    turns.leave(second)
    thread.join(5)
    assert heard[0][0] == 0
    assert heard[0][1] - at < 0.5
    turns.leave(first)
    assert turns.wait(third, 0, 30) == TURN


Action = tuple[str, int]
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("join"), st.integers(0, 2)),
        st.tuples(st.just("end"), st.integers(0, 3)),
        st.tuples(st.just("leave"), st.integers(0, 11)),
    ),
    min_size=10,
    max_size=80,
)


@given(actions=ACTIONS, at_once=st.integers(1, 4))
@example(actions=[*[("join", 0)] * 3, ("join", 1), ("end", 0), ("end", 0)], at_once=1)
@settings(max_examples=400, deadline=None)
def test_any_arrivals_and_departures_are_fair(actions: list[Action], at_once: int) -> None:
    turns = Turns(lambda: at_once, most_waiting=12, most_each=6)
    alive: list[Ticket] = []
    since: dict[str, Counter[str]] = {}  # a party that waits with nothing in the making -> turns that others had meanwhile
    for what, which in actions:
        before = {ticket: ticket.place for ticket in alive}
        if what == "join":
            try:
                alive.append(turns.join(str(which)))
            except Busy:
                waiting = [ticket.party for ticket in alive if ticket.place >= 0]
                assert len(waiting) == 12 or waiting.count(str(which)) == 6
        elif these := [ticket for ticket in alive if (ticket.place == TURN) == (what == "end")]:
            ticket = these[which % len(these)]
            turns.give_up(ticket)
            if what == "end":
                assert ticket.place == TURN  # giving up ends no turn
                turns.leave(ticket)
            assert ticket.place == GONE
            alive.remove(ticket)
        begun = [ticket for ticket in alive if ticket.place == TURN and before.get(ticket) != TURN]
        check(turns, alive, at_once)
        fair(alive, begun, since)


def check(turns: Turns, alive: list[Ticket], at_once: int) -> None:
    """Nobody is counted twice or lost, and no turn is free while somebody waits."""
    running = [ticket for ticket in alive if ticket.place == TURN]
    waiting = sorted((ticket for ticket in alive if ticket.place != TURN), key=lambda ticket: ticket.place)
    assert turns.counts() == (len(running), len(waiting))
    assert len(running) == min(at_once, len(alive))
    assert places(waiting) == list(range(len(waiting)))
    for party in {ticket.party for ticket in alive}:  # within a party, in order
        own = [ticket.arrived for ticket in waiting if ticket.party == party]
        assert own == sorted(own)
        assert all(ticket.arrived < own[0] for ticket in running if ticket.party == party and own)


def fair(alive: list[Ticket], begun: list[Ticket], since: dict[str, Counter[str]]) -> None:
    """While a party waits with nothing in the making, every other party gets at most one turn."""
    for ticket in begun:
        since.pop(ticket.party, None)
    for party, had in since.items():
        had.update(ticket.party for ticket in begun)
        assert max(had.values(), default=0) <= 1, (party, had)
    running = {ticket.party for ticket in alive if ticket.place == TURN}
    waiting = {ticket.party for ticket in alive if ticket.place >= 0} - running
    for party in list(since):
        if party not in waiting:
            del since[party]
    for party in waiting:
        since.setdefault(party, Counter())


def test_threads_that_come_go_and_give_up_lose_no_turn() -> None:
    turns = Turns(lambda: 3, most_waiting=100, most_each=100)
    now, most, served = [0], [0], Counter[str]()
    lock = threading.Lock()

    def ask(number: int) -> None:
        rng = random.Random(number)  # noqa: S311 - a test's own
        for _ in range(25):
            ticket = turns.join(f"party {number % 5}")
            if rng.random() < 0.3:
                threading.Timer(rng.random() / 100, turns.give_up, [ticket]).start()
            place = ticket.place
            while place >= 0:
                place = turns.wait(ticket, place, 60)  # a lost wake-up would hang here
            if place == TURN:
                with lock:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                    served[ticket.party] += 1
                time.sleep(rng.random() / 500)
                with lock:
                    now[0] -= 1
            turns.leave(ticket)

    run_all([lambda number=number: ask(number) for number in range(20)])  # type: ignore[misc]
    assert turns.counts() == (0, 0)
    assert most[0] == 3
    assert len(served) == 5


def run_all(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 40
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    assert not any(thread.is_alive() for thread in threads)
