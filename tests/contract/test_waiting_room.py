"""Holds and outcomes meet once, on each store, whatever order they come in and come again."""

from __future__ import annotations

import itertools
import random

import pytest

from streams.embedded import StoreServer
from streams.settings import StoreSettings
from streams.store import connect
from streams.waiting import Arrival, Match, WaitingRoom

_positions = itertools.count()


@pytest.fixture
def room(store: StoreServer) -> WaitingRoom:
    """An empty waiting room."""
    client = connect(StoreSettings(url=store.url))
    client.flushdb()
    return WaitingRoom(client, keep_seconds=60)


def hold(decision: str) -> Arrival:
    """Return a hold read at a position of its own."""
    return Arrival(True, decision, f"hold:0:{next(_positions)}", b"hold of " + decision.encode())


def outcome(decision: str) -> Arrival:
    """Return an outcome read at a position of its own."""
    place = next(_positions)
    return Arrival(False, decision, f"outcomes:0:{place}", b"outcome %d" % place)


def decisions(matches: list[Match]) -> list[str]:
    """Return what was matched."""
    return [match.arrival.decision_id for match in matches]


def test_meet_outcome_after_hold_matches(room: WaitingRoom) -> None:
    assert room.meet([hold("d")]) == []
    late = outcome("d")
    assert room.meet([late]) == [Match(late, b"hold of d", late.value)]


def test_meet_outcome_before_hold_matches_when_the_hold_comes(room: WaitingRoom) -> None:
    early, held = outcome("d"), hold("d")
    assert room.meet([early]) == []
    assert room.meet([held]) == [Match(held, held.value, early.value)]


@pytest.mark.parametrize("hold_first", [True, False])
def test_meet_both_in_one_batch_matches_once(room: WaitingRoom, hold_first: bool) -> None:
    pair = [hold("d"), outcome("d")]
    assert decisions(room.meet(pair if hold_first else pair[::-1])) == ["d"]


def test_meet_second_outcome_is_none(room: WaitingRoom) -> None:
    room.meet([hold("d"), outcome("d")])
    assert room.meet([outcome("d")]) == []
    room.forget(["d"])
    assert room.meet([outcome("d")]) == []


def test_meet_same_batch_again_gives_the_same_matches(room: WaitingRoom) -> None:
    batch = [outcome("a"), hold("b"), hold("a"), outcome("b"), outcome("a")]
    assert room.meet(batch) == room.meet(batch) != []


def test_meet_unknown_outcome_waits(room: WaitingRoom) -> None:
    assert room.meet([outcome("nobody")]) == []


def test_meet_in_any_order_with_batches_repeated_matches_each_decision_once(
    room: WaitingRoom,
) -> None:
    rng = random.Random(7)
    arrivals = [make(str(n)) for n in range(200) for make in (hold, outcome, outcome)]
    rng.shuffle(arrivals)
    committed: list[str] = []
    position = 0
    while position < len(arrivals):
        # A transaction fails: the same records come again, in batches cut elsewhere.
        for _ in range(rng.randrange(3)):
            room.meet(arrivals[position : position + rng.randrange(1, 40)])
        size = rng.randrange(1, 40)
        matches = room.meet(arrivals[position : position + size])
        committed += decisions(matches)
        if rng.random() < 0.5:
            room.forget(decisions(matches))
        position += size
    assert sorted(committed) == sorted(str(n) for n in range(200))
