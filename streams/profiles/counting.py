"""Counting outcomes in the profiles of the inspected parcels' parties, addresses and lanes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

import numpy as np
from confluent_kafka import Consumer, Message, TopicPartition

from schemas.codec import RecordError, decode_example
from schemas.example import LabelledExample
from scorers.profiles import KINDS, OutcomeUnit, ProfileError, ProfileStore, Source
from streams.kafka.records import coordinates

log = logging.getLogger(__name__)

_FETCH: Final = 5_000
_BASE: Final = 16


class OutcomeCounter:
    """Follows the training log by itself: what it has counted stands in the store, not in Kafka."""

    def __init__(self, consumer: Consumer, topic: str, store: ProfileStore) -> None:
        self._consumer = consumer
        self._store = store
        self._source = Source(topic, 0)
        self._next: int | None = None

    def step(self, wait_seconds: float) -> int:
        """Count what is at hand; return how many records were read. A store that is away waits."""
        try:
            if self._next is None:
                self._resume()
            return self._count(self._consumer.consume(_FETCH, wait_seconds))
        except ProfileError as error:
            log.warning("outcomes are not counted in profiles for now: %s", error)
            self._next = None
            return 0

    def close(self) -> None:
        """Leave."""
        self._consumer.close()

    def _resume(self) -> None:
        self._store.open()
        position = self._store.resume_outcomes(self._source, 0, begin=True)
        self._consumer.assign([TopicPartition(self._source.topic, 0, position)])
        self._next = position

    def _count(self, messages: Sequence[Message]) -> int:
        read = [message for message in messages if message.error() is None]
        if not read or self._next is None:
            return 0
        examples = [(coordinates(one)[2], _entities(one)) for one in read]
        known = [(offset, *found) for offset, found in examples if found is not None]
        end = examples[-1][0] + 1
        self._store.count_outcomes(
            OutcomeUnit(
                self._source,
                self._next,
                end,
                np.array([offset for offset, _, _ in known], dtype=np.int64),
                np.array([ids for _, ids, _ in known], dtype=np.uint64).reshape(-1, len(KINDS)).T,
                np.array([violation for _, _, violation in known], dtype=np.bool_),
            )
        )
        self._next = end
        return len(read)


def _entities(message: Message) -> tuple[list[int], bool] | None:
    """Return the keys of an example's entities and its label; None if it was held without them."""
    try:
        example = decode_example(message.value())
    except RecordError:
        return None
    return _keys(example)


def _keys(example: LabelledExample) -> tuple[list[int], bool] | None:
    found = example.features.get("entities")
    if not isinstance(found, list) or len(found) != len(KINDS):
        return None
    return [int(key, _BASE) for key in found], example.label
