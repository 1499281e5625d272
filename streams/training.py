"""The trainer: folds the training log into the model and publishes snapshots of it."""

from __future__ import annotations

import logging
from typing import Final

import numpy as np
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from schemas.codec import RecordError, decode_example
from schemas.example import LabelledExample
from scorers.features.extractor import Extractor
from scorers.features.rows import RowTable
from scorers.model.ftrl import FTRLSettings
from scorers.model.model import Model
from scorers.model.snapshot import SnapshotError
from streams import metrics
from streams.clock import MonotonicClock
from streams.kafka.records import coordinates
from streams.snapshots import SnapshotStore

log = logging.getLogger(__name__)

_PARTITION: Final = 0
_FETCH: Final = 5_000


class Fold:
    """A model as a function of the training log: equal logs give equal models, bit for bit.

    The log says where a mini-batch ends, so how its records arrive makes no difference.
    """

    def __init__(self, extractor: Extractor, model: Model) -> None:
        self._extractor = extractor
        self.model = model
        self._open: list[LabelledExample] = []

    def add(self, example: LabelledExample) -> bool:
        """Take the next example; return whether it closed a mini-batch, which is learnt then."""
        self._open.append(example)
        if not example.closes_batch:
            return False
        rows = RowTable([taken.features for taken in self._open], self._extractor.spec)
        labels = np.array([taken.label for taken in self._open], dtype=np.float64)
        propensities = np.array([taken.propensity for taken in self._open])
        self.model.learn(self._extractor.extract(rows), labels, propensities)
        self._open.clear()
        return True


class Trainer:
    """Reads the training log from where the last snapshot left it, and learns."""

    def __init__(
        self,
        consumer: Consumer,
        topic: str,
        extractor: Extractor,
        snapshots: SnapshotStore,
        settings: FTRLSettings,
        every_seconds: float,
        now: MonotonicClock,
    ) -> None:
        self._consumer = consumer
        self._snapshots = snapshots
        self._every = every_seconds
        self._now = now
        model, self._next_offset = self._resume(extractor.bits, settings)
        self._fold = Fold(extractor, model)
        self._published = model.labels
        self._next_snapshot = now()
        start = self._next_offset or OFFSET_BEGINNING
        consumer.assign([TopicPartition(topic, _PARTITION, start)])

    @property
    def model(self) -> Model:
        """The model as learnt so far."""
        return self._fold.model

    def step(self, wait_seconds: float) -> int:
        """Learn what is at hand; return the number of examples read."""
        messages = self._consumer.consume(_FETCH, wait_seconds)
        for message in messages:
            if message.error() is None:
                self._take(message)
        if self.model.labels > self._published and self._now() >= self._next_snapshot:
            self.publish()
        return len(messages)

    def publish(self) -> None:
        """Publish a snapshot of the last closed mini-batch."""
        self._snapshots.publish(self.model, self._next_offset)
        self._published = self.model.labels
        self._next_snapshot = self._now() + self._every
        metrics.MODEL_LABELS.set(self.model.labels)

    def close(self) -> None:
        """Publish what was learnt since the last snapshot, and leave."""
        if self.model.labels > self._published:
            self.publish()
        self._consumer.close()

    def _take(self, message: Message) -> None:
        _, _, offset = coordinates(message)
        try:
            example = decode_example(message.value())
        except RecordError as error:
            # Only the join step writes this topic: somebody else did, and no model may eat it.
            log.error("training log, offset %d: %s; skipped", offset, error)  # noqa: TRY400
            return
        metrics.LABELS.labels("violation" if example.label else "compliant").inc()
        if self._fold.add(example):
            self._next_offset = offset + 1

    def _resume(self, bits: int, settings: FTRLSettings) -> tuple[Model, int]:
        """Return the model to go on with and the offset to go on from."""
        pointer = self._snapshots.pointer()
        if pointer is None:
            return Model(bits, settings), 0
        try:
            model = self._snapshots.load(pointer)
        except SnapshotError as error:
            log.warning("%s; the model is rebuilt from the training log", error)
            return Model(bits, settings), 0
        if (model.ftrl.bits, model.ftrl.settings) != (bits, settings):
            log.warning("model settings changed; the model is rebuilt from the training log")
            return Model(bits, settings), 0
        log.info("resuming at offset %d with %d labels", pointer.next_offset, model.labels)
        return model, pointer.next_offset
