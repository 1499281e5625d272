"""The trainer: lets contestants fold the training log and publishes snapshots of our models."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from schemas.codec import RecordError, decode_example
from schemas.example import LabelledExample
from scorers.features.batch import Floats
from scorers.model.model import Model
from streams import metrics
from streams.clock import MonotonicClock
from streams.contest.closed import Closed, Contestant
from streams.contest.lineage import Lineage
from streams.kafka.records import coordinates

log = logging.getLogger(__name__)

_PARTITION: Final = 0
_FETCH: Final = 5_000
_CHALLENGERS_SELDOMER: Final = 10
"""A challenger's snapshot spares work after a restart; nobody waits for it."""


class Observer(Protocol):
    """Is told what was learnt, and what each contestant had said of it."""

    def observe(self, closed: Closed, chances: Mapping[str, Floats]) -> None:
        """Take note of mini-batches, with chances by contestant's name."""

    def report(self) -> None:
        """Let people see how well all contestants do."""

    def metrics_of(self, name: str) -> dict[str, float]:
        """Return what is known of how well a contestant does."""

    @property
    def champion(self) -> str:
        """What decides: a lineage, a version, or the rules."""


class Schedule:
    """When snapshots are due, and when one is kept as a version."""

    def __init__(self, every: float, versions_every: float, now: MonotonicClock) -> None:
        self._every = every
        self._versions_every = versions_every
        self._now = now
        self._next = self._next_challenger = now()
        self._next_version = now() + versions_every

    def snapshot_due(self) -> bool:
        """Tell whether a snapshot is due; from then on the next one is awaited."""
        due = self._now() >= self._next
        if due:
            self._next = self._now() + self._every
        return due

    def challengers_due(self) -> bool:
        """Tell whether snapshots of challengers are due, likewise."""
        due = self._now() >= self._next_challenger
        if due:
            self._next_challenger = self._now() + self._every * _CHALLENGERS_SELDOMER
        return due

    def version_due(self) -> bool:
        """Tell whether a version is due, likewise."""
        due = self._now() >= self._next_version
        if due:
            self._next_version = self._now() + self._versions_every
        return due


class Trainer:
    """Reads the training log from where the contestants are, and lets them learn."""

    def __init__(
        self,
        consumer: Consumer,
        topic: str,
        main: Lineage,
        challengers: Sequence[Contestant],
        observer: Observer,
        schedule: Schedule,
        keep_versions: int,
        utc_now: Callable[[], datetime],
        memory: int = 0,
    ) -> None:
        """`memory` is how much of what is known already is read again for the observer."""
        self._consumer = consumer
        self._main = main
        self._contestants: list[Contestant] = [main, *challengers]
        self._observer = observer
        self._schedule = schedule
        self._keep_versions = keep_versions
        self._utc_now = utc_now
        self._open: list[tuple[int, LabelledExample]] = []
        start = max(0, min(one.next_offset for one in self._contestants) - memory)
        consumer.assign([TopicPartition(topic, _PARTITION, start or OFFSET_BEGINNING)])

    @property
    def model(self) -> Model:
        """The main model as learnt so far."""
        return self._main.model

    def step(self, wait_seconds: float) -> int:
        """Learn what is at hand; return the number of examples read."""
        messages = self._consumer.consume(_FETCH, wait_seconds)
        self._learn([message for message in messages if message.error() is None])
        if self._main.has_news and self._schedule.snapshot_due():
            self._publish([one for one in self._lineages() if self._is_awaited(one)])
        if self._schedule.challengers_due():
            self._observer.report()
            self._publish([one for one in self._lineages() if not self._is_awaited(one)])
        return len(messages)

    def close(self) -> None:
        """Publish what was learnt since the last snapshots, and leave."""
        self._publish(self._lineages())
        self._consumer.close()

    def _lineages(self) -> list[Lineage]:
        return [one for one in self._contestants if isinstance(one, Lineage)]

    def _is_awaited(self, lineage: Lineage) -> bool:
        """Tell whether workers may be waiting for a newer snapshot."""
        return lineage.name in (self._main.name, self._observer.champion)

    def _publish(self, lineages: Sequence[Lineage]) -> None:
        """Publish snapshots of closed mini-batches; what decides is kept as a version if due."""
        for one in lineages:
            if not one.has_news:
                continue
            now = self._utc_now()
            snapshot = one.publish(now, self._observer.metrics_of(one.name))
            if one is self._main:
                metrics.MODEL_MADE.set(now.timestamp())
            if one.name == self._observer.champion and self._schedule.version_due():
                one.keep(snapshot, self._keep_versions)
        metrics.MODEL_LABELS.set(self.model.labels)

    def _learn(self, messages: Sequence[Message]) -> None:
        read = [(coordinates(one)[2], _decoded(one)) for one in messages]
        self._open += [(offset, example) for offset, example in read if example is not None]
        closed = self._closed()
        if not len(closed):
            return
        for offset, example in zip(closed.offsets, closed.examples, strict=True):
            if offset >= self._main.next_offset:
                _count(example)
        chances: dict[str, Floats] = {}
        for one in self._contestants:
            chances |= one.learn(closed)
        self._observer.observe(closed, chances)

    def _closed(self) -> Closed:
        """Return the mini-batches that are complete; the rest stays open."""
        ends = [place for place, (_, one) in enumerate(self._open, start=1) if one.closes_batch]
        cut = ends[-1] if ends else 0
        closed, self._open = self._open[:cut], self._open[cut:]
        return Closed([offset for offset, _ in closed], [example for _, example in closed])


def _decoded(message: Message) -> LabelledExample | None:
    """Return an example, or None for a record that is none.

    Only the join step writes this topic: somebody else did, and no model may take it in.
    """
    try:
        return decode_example(message.value())
    except RecordError as error:
        log.error("training log, %s:%d:%d: %s; skipped", *coordinates(message), error)  # noqa: TRY400
        return None


def _count(example: LabelledExample) -> None:
    metrics.LABELS.labels("violation" if example.label else "compliant", example.arm).inc()
