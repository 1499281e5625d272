"""Queues of holds in a store that may be away."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from redis.exceptions import ConnectionError as StoreConnectionError

from streams.queueing import InspectionQueue
from tests.unit.streams.clocks import Clock

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = int(NOON.timestamp()) // 3_600
"""The part of time that it is at noon: an eighth of eight hours."""


class Store:
    """Hashes and a clock in memory; `away` refuses every call, `calls` counts them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.counts: Counter[bytes] = Counter()
        self.away = False
        self.calls = 0

    def pipeline(self, **_options: object) -> Pipeline:
        return Pipeline(self)

    def hdel(self, _key: str, *fields: bytes) -> None:
        for field in fields:
            del self.counts[field]

    def hgetall(self, _key: str) -> dict[bytes, bytes]:
        self.answer()
        return {office: str(count).encode() for office, count in self.counts.items()}

    def time(self) -> tuple[int, int]:
        self.answer()
        return int(NOON.timestamp() + self.clock.now), 0

    def answer(self) -> None:
        self.calls += 1
        if self.away:
            raise StoreConnectionError("refused")


class Pipeline:
    """Changes that are made together when executed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changes: Counter[bytes] = Counter()

    def hincrby(self, _key: str, office: str, change: int) -> None:
        self._changes[office.encode()] += change

    def execute(self) -> None:
        self._store.answer()
        self._store.counts.update(self._changes)


@pytest.fixture
def store() -> Store:
    return Store()


def make_queue(store: Any) -> InspectionQueue:
    return InspectionQueue(store, store.clock, hours=8)


def test_waiting_is_holds_less_outcomes_by_office(store: Store) -> None:
    queue = make_queue(store)
    queue.add({"A": 5, "B": 2})
    queue.add({"A": -3})
    assert queue.waiting() == {"A": 2, "B": 2}


def test_waiting_of_more_outcomes_than_holds_is_none(store: Store) -> None:
    queue = make_queue(store)
    queue.add({"A": -3})
    assert queue.waiting() == {"A": 0}


def test_waiting_looks_every_half_second_at_most(store: Store) -> None:
    clock = store.clock
    queue = make_queue(store)
    queue.waiting()
    store.counts[f"A|{HOUR}|+".encode()] = 7
    assert queue.waiting() == {}
    clock.now += 0.5
    assert queue.waiting() == {"A": 7}


def test_add_of_nothing_asks_no_store(store: Store) -> None:
    make_queue(store).add({})
    assert store.calls == 0


def test_add_while_the_store_is_away_counts_when_it_is_back(store: Store) -> None:
    clock = store.clock
    queue = make_queue(store)
    store.away = True
    for _ in range(10):
        queue.add({"A": 1})
    assert store.calls == 1  # it is left alone for a while
    store.away = False
    clock.now += 5
    queue.add({"A": 1})
    assert store.counts == {f"A|{HOUR}|+".encode(): 11}


def test_waiting_while_the_store_is_away_is_what_was_known(store: Store) -> None:
    clock = store.clock
    queue = make_queue(store)
    queue.add({"A": 4})
    queue.waiting()
    store.away = True
    for _ in range(10):
        clock.now += 0.5
        assert queue.waiting() == {"A": 4}
    assert store.calls == 4  # the time, the counts, and twice in vain


def test_waiting_of_holds_without_an_outcome_ends_after_their_hours(store: Store) -> None:
    clock = store.clock
    queue = make_queue(store)
    queue.add({"A": 5})
    clock.now += 3 * 3_600
    queue.add({"A": 4})
    queue.add({"A": -2})
    seen = []
    for _ in range(3):
        seen.append(queue.waiting()["A"])
        clock.now += 3 * 3_600
    # Those that waited longest were inspected first; the rest of them runs out.
    assert seen == [7, 7, 4]
    assert queue.waiting()["A"] == 0


def test_waiting_forgets_counts_that_say_nothing_any_more(store: Store) -> None:
    clock = store.clock
    queue = make_queue(store)
    queue.add({"A": 5})
    clock.now += 17 * 3_600
    queue.waiting()
    assert not store.counts


def test_waiting_after_late_outcomes_of_holds_that_ran_out_counts_the_new_ones(
    store: Store,
) -> None:
    clock = store.clock
    queue = make_queue(store)
    queue.add({"A": 5})
    clock.now += 12 * 3_600
    queue.add({"A": 6})
    queue.add({"A": -2})
    assert queue.waiting() == {"A": 4}


def test_counts_of_a_clock_that_was_days_ahead_are_dropped_and_the_others_stay(
    store: Store,
) -> None:
    queue = make_queue(store)
    queue.add({"A": 5})
    store.counts[f"A|{HOUR + 240}|+".encode()] = 900
    queue.waiting()
    store.clock.now += 0.5
    assert queue.waiting() == {"A": 5}


def test_store_is_asked_for_the_time_once_a_minute(store: Store) -> None:
    queue = make_queue(store)
    for _ in range(10):
        store.clock.now += 6
        queue.add({"A": 1})
    assert store.calls == 11
    store.clock.now += 6
    queue.add({"A": 1})
    assert store.calls == 13
