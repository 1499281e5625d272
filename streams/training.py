"""The trainer: folds the training log into the model and publishes snapshots of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import pairwise
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

    def add(self, examples: Sequence[LabelledExample]) -> int:
        """Take the next examples; return how many of them stand before the end of a mini-batch.

        So many are learnt now, with what was open before; the rest waits for the batch's end.
        Features of all are made together, since a batch of one costs as much as one of a hundred.
        """
        ends = [place for place, one in enumerate(examples, start=1) if one.closes_batch]
        if not ends:
            self._open += examples
            return 0
        before = len(self._open)
        closed = [*self._open, *examples[: ends[-1]]]
        self._open = list(examples[ends[-1] :])
        rows = RowTable([example.features for example in closed], self._extractor.spec)
        features = self._extractor.extract(rows)
        labels = np.array([example.label for example in closed], dtype=np.float64)
        propensities = np.array([example.propensity for example in closed])
        for start, end in pairwise([0, *(before + end for end in ends)]):
            part = features.part(start, end)
            self.model.learn(part, labels[start:end], propensities[start:end])
        return ends[-1]


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
        self._learn([message for message in messages if message.error() is None])
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

    def _learn(self, messages: Sequence[Message]) -> None:
        read = [(coordinates(one)[2], _decoded(one)) for one in messages]
        examples = [(offset, example) for offset, example in read if example is not None]
        for _, example in examples:
            metrics.LABELS.labels("violation" if example.label else "compliant").inc()
        learnt = self._fold.add([example for _, example in examples])
        if learnt:
            self._next_offset = examples[learnt - 1][0] + 1

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


def _decoded(message: Message) -> LabelledExample | None:
    """Return an example, or None for a record that is none.

    Only the join step writes this topic: somebody else did, and no model may take it in.
    """
    try:
        return decode_example(message.value())
    except RecordError as error:
        log.error("training log, %s:%d:%d: %s; skipped", *coordinates(message), error)  # noqa: TRY400
        return None
