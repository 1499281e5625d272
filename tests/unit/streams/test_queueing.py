"""Queues of holds in a store that may be away."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from redis.exceptions import ConnectionError as StoreConnectionError

from streams.queueing import InspectionQueue
from tests.unit.streams.clocks import Clock


class Store:
    """Hashes in memory; `away` refuses every call, `calls` counts them."""

    def __init__(self) -> None:
        self.counts: Counter[bytes] = Counter()
        self.away = False
        self.calls = 0

    def pipeline(self, **_options: object) -> Pipeline:
        return Pipeline(self)

    def hgetall(self, _key: str) -> dict[bytes, bytes]:
        self.answer()
        return {office: str(count).encode() for office, count in self.counts.items()}

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


def make_queue(store: Any, clock: Clock) -> InspectionQueue:
    return InspectionQueue(store, clock)


def test_waiting_is_holds_less_outcomes_by_office(store: Store) -> None:
    clock = Clock()
    queue = make_queue(store, clock)
    queue.add({"A": 5, "B": 2})
    queue.add({"A": -3})
    assert queue.waiting() == {"A": 2, "B": 2}


def test_waiting_of_more_outcomes_than_holds_is_none(store: Store) -> None:
    queue = make_queue(store, Clock())
    queue.add({"A": -3})
    assert queue.waiting() == {"A": 0}


def test_waiting_looks_every_half_second_at_most(store: Store) -> None:
    clock = Clock()
    queue = make_queue(store, clock)
    queue.waiting()
    store.counts[b"A"] = 7
    assert queue.waiting() == {}
    clock.now += 0.5
    assert queue.waiting() == {"A": 7}


def test_add_of_nothing_asks_no_store(store: Store) -> None:
    make_queue(store, Clock()).add({})
    assert store.calls == 0


def test_add_while_the_store_is_away_counts_when_it_is_back(store: Store) -> None:
    clock = Clock()
    queue = make_queue(store, clock)
    store.away = True
    for _ in range(10):
        queue.add({"A": 1})
    assert store.calls == 1  # it is left alone for a while
    store.away = False
    clock.now += 5
    queue.add({"A": 1})
    assert store.counts == {b"A": 11}


def test_waiting_while_the_store_is_away_is_what_was_known(store: Store) -> None:
    clock = Clock()
    queue = make_queue(store, clock)
    queue.add({"A": 4})
    queue.waiting()
    store.away = True
    for _ in range(10):
        clock.now += 0.5
        assert queue.waiting() == {"A": 4}
    assert store.calls == 3
