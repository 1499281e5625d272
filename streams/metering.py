"""What an exactly-once loop tells of itself: stages, batches, lag, heartbeat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from confluent_kafka import Message

from streams import metrics
from streams.clock import MonotonicClock, UtcClock
from streams.health import Health

_LOOK_SECONDS: Final = 1.0
"""Between two looks at lag and membership, which ask the client's other threads."""

_MILLISECONDS: Final = 1000.0


class Watched(Protocol):
    """A loop that can say how far it is."""

    def lag(self) -> int:
        """Return how many records wait."""

    @property
    def joined(self) -> bool:
        """Whether it is a member of its group."""


class LoopMeter:
    """Times the stages of one loop, once a batch, and looks at the rest once a second."""

    def __init__(self, loop: str, health: Health, now: MonotonicClock, utc_now: UtcClock) -> None:
        self._loop = loop
        self._health = health
        self._now = now
        self._utc_now = utc_now
        self._next_look = now()
        self._newest = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage."""
        began = self._now()
        try:
            yield
        finally:
            metrics.STAGE_SECONDS.labels(self._loop, name).observe(self._now() - began)

    def aborted(self) -> None:
        """Count an aborted transaction."""
        metrics.ABORTS.labels(self._loop).inc()

    def committed(self, records: int, newest: Message, seconds: float) -> None:
        """Count a batch that took `seconds` from its begin, and its newest record."""
        self._newest = newest.timestamp()[1] / _MILLISECONDS
        metrics.BATCH_SECONDS.labels(self._loop).observe(seconds)
        metrics.BATCH_RECORDS.labels(self._loop).observe(records)

    def went_round(self, loop: Watched) -> None:
        """Note a sign of life, and once a second how far the loop is."""
        if self._now() < self._next_look:
            return
        self._next_look = self._now() + _LOOK_SECONDS
        self._health.beat(self._loop)
        self._health.note("transactions", True)
        self._health.note("joined", loop.joined)
        lag = loop.lag()
        behind = self._utc_now().timestamp() - self._newest if lag and self._newest else 0.0
        metrics.LAG.labels(self._loop).set(lag)
        metrics.LAG_SECONDS.labels(self._loop).set(max(behind, 0.0))
