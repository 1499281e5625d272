"""Outcomes are counted once each, from where the store says, whatever the store goes through."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from confluent_kafka import Message, TopicPartition

from schemas.codec import encode
from scorers.profiles import (
    KINDS,
    ConfigurationMismatchError,
    Identities,
    OutcomeUnit,
    ProfileError,
    Source,
    StoreUnreachableError,
)
from streams.profiles.counting import OutcomeCounter
from tests.factories import make_example
from tests.unit.streams.profiles.fakes import make_message

TOPIC = "parcels.training"


class Log:
    """A consumer of a log with labelled examples."""

    def __init__(self, count: int) -> None:
        features = {"entities": ["1"] * len(KINDS)}
        self.values = [encode(make_example(features=features)) for _ in range(count)]
        self.position = 0

    def assign(self, partitions: list[TopicPartition]) -> None:
        self.position = partitions[0].offset

    def consume(self, _most: int, _seconds: float) -> list[Message]:
        """Return three records at a time."""
        start, end = self.position, min(self.position + 3, len(self.values))
        self.position = end
        return [make_message(self.values[at], at, topic=TOPIC) for at in range(start, end)]


class CountingStore:
    """A store that has counted outcomes up to a position, and fails when told to."""

    def __init__(self) -> None:
        self.position = 0
        self.counted: list[int] = []
        self.errors: list[ProfileError] = []

    def open(self) -> None:
        pass

    def resume_outcomes(self, _source: Source, _position: int, *, begin: bool) -> int:
        assert begin
        return self.position

    def count_outcomes(self, unit: OutcomeUnit) -> None:
        assert unit.start <= self.position
        if self.errors:
            raise self.errors.pop()
        self.counted += [at for at in unit.offsets.tolist() if at >= self.position]
        self.position = unit.next


def counter(log: Log, store: CountingStore) -> OutcomeCounter:
    identities = Identities(b"a secret for tests")
    return OutcomeCounter(log, TOPIC, store, identities)  # type: ignore[arg-type]


def steps(made: OutcomeCounter, count: int) -> Sequence[int]:
    return [made.step(0) for _ in range(count)]


def test_step_counts_what_is_at_hand_once() -> None:
    log, store = Log(7), CountingStore()
    assert steps(counter(log, store), 4) == [3, 3, 1, 0]
    assert store.counted == list(range(7))


def test_step_store_away_tries_the_same_records_again() -> None:
    log, store = Log(7), CountingStore()
    store.errors = [StoreUnreachableError("away")]
    assert steps(counter(log, store), 4) == [0, 3, 3, 1]
    assert store.counted == list(range(7))


def test_step_of_a_second_process_goes_on_where_the_first_stopped() -> None:
    log, store = Log(7), CountingStore()
    counter(log, store).step(0)
    assert steps(counter(log, store), 3) == [3, 1, 0]
    assert store.counted == list(range(7))


def test_step_store_of_another_configuration_gives_up() -> None:
    log, store = Log(3), CountingStore()
    store.errors = [ConfigurationMismatchError("another secret")]
    with pytest.raises(ConfigurationMismatchError):
        counter(log, store).step(0)
