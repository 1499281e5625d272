"""How long calls that may be repeated are repeated, and after which pauses, by a made clock."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from confluent_kafka import KafkaException

from streams.kafka import transactions
from streams.kafka.transactions import TransactionFatalError
from tests.unit.streams.kafka.broker import RETRY, Broker
from tests.unit.streams.kafka.test_exactly_once import Running

FOR_EVER = range(1_000)


@dataclass
class Pauses:
    """A clock that goes only while somebody sleeps."""

    seconds: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Return the seconds slept so far."""
        return sum(self.seconds)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    """Let the library that repeats calls sleep by that clock, and draw the longest jitter."""
    made = Pauses()
    monkeypatch.setattr(time, "monotonic", made.now)
    monkeypatch.setattr(time, "sleep", made.seconds.append)
    monkeypatch.setattr(random, "uniform", lambda _, most: most)
    return made


@pytest.mark.parametrize("call", ["begin", "commit"])
def test_call_that_fails_for_a_minute_ends_the_loop(pauses: Pauses, call: str) -> None:
    broker = Broker(range(3))
    broker.fail(call, RETRY, *FOR_EVER)
    running = Running(broker)
    with pytest.raises(TransactionFatalError, match=r"^_FAIL: again$"):
        running.loop.step(10, 0.0)
    assert 60.0 <= pauses.now() < 62.0
    assert broker.outputs == []


def test_call_that_fails_at_the_start_for_a_minute_is_told(pauses: Pauses) -> None:
    broker = Broker(range(3))
    broker.fail("init", RETRY, *FOR_EVER)
    with pytest.raises(KafkaException, match="again"):
        Running(broker)
    assert 60.0 <= pauses.now() < 62.0


def test_pauses_between_calls_double_up_to_two_seconds(pauses: Pauses) -> None:
    broker = Broker(range(3))
    broker.fail("commit", RETRY, *range(8))
    assert Running(broker).steps(1) == [3]
    assert pauses.seconds == pytest.approx([0.15, 0.2, 0.3, 0.5, 0.9, 1.7, 2.0, 2.0])


def test_pauses_between_calls_differ_by_chance(
    pauses: Pauses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda least, _: least)
    broker = Broker(range(3))
    broker.fail("commit", RETRY, 0, 1)
    assert Running(broker).steps(1) == [3]
    assert pauses.seconds == pytest.approx([0.05, 0.1])


def test_offsets_have_the_time_of_a_transaction_and_two_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[float, str]] = []

    def noting(function: Callable[[], object], seconds: float, name: str) -> object:
        asked.append((seconds, name))
        return function()

    monkeypatch.setattr(transactions, "in_time", noting)
    assert Running(Broker(range(3))).steps(1) == [3]
    assert asked == [(32.0, "sending offsets")]
